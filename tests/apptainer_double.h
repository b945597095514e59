// A double of Apptainer: notes its words in a file and runs those after the image image.sif here.
#pragma once

#include <algorithm>
#include <filesystem>
#include <string>

#include "base/files.h"

namespace pbn {

// Writes the program apptainer into `folder`, which goes first in PATH. The words of each call are a line of
// `folder`/calls and of standard error.
inline void write_apptainer_double(const std::filesystem::path& folder) {
  std::filesystem::create_directories(folder);
  write_atomically(folder / "apptainer",
                   "#!/bin/bash\necho \"apptainer $*\" | tee -a '" + (folder / "calls").string() +
                       "' >&2\nwhile [ \"$1\" != image.sif ]; do shift; done\nshift\nexec \"$@\"\n");
  std::filesystem::permissions(folder / "apptainer", std::filesystem::perms::owner_all);
}

// Whether a call shares the path, or a folder that it is in, with the container.
inline bool is_shared_by(const std::string& call, const std::filesystem::path& path) {
  const std::string option = " --bind=";
  for (auto at = call.find(option); at != std::string::npos; at = call.find(option, at + 1)) {
    const auto begin = at + option.size();
    const std::string shared =
        call.substr(begin, std::min(call.find(option, begin), call.find(" image.sif", begin)) - begin);
    if ((path.string() + "/").starts_with(shared + "/")) return true;
  }
  return false;
}

}  // namespace pbn
