// The Python interpreter for tests of files and examples.
#pragma once

#include <filesystem>
#include <string>

#include "base/files.h"
#include "base/process.h"

namespace pbn {

// Debian's python3 if it has the module, else the python3 in PATH if it has it, else empty.
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
