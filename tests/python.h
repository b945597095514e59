// The Python that the tests of files and examples are tried with.
#pragma once

#include <filesystem>
#include <string>

#include "base/files.h"
#include "base/process.h"

namespace pbn {

// Debian's python3, else the one in PATH, whichever has the module; empty where neither does.
inline std::string python_with(const std::string& module) {
  const TemporaryPath output(std::filesystem::temp_directory_path() / ("pbn-python-" + std::to_string(::getpid())));
  for (const char* candidate : {"/usr/bin/python3", "python3"}) {
    if (find_program(candidate).empty()) continue;
    ProcessOptions options;
    options.command = {candidate, "-c", "import " + module};
    options.output = output.path();
    if (Process(options).wait() == 0) return candidate;
  }
  return "";
}

}  // namespace pbn
