# Run at every build: writes OUTPUT, the definitions of base/build_version.h, where what git says has changed. Only that
# one file is compiled again.
cmake_minimum_required(VERSION 3.25)
execute_process(COMMAND git -C ${SOURCE} describe --always --abbrev=10 --dirty OUTPUT_VARIABLE described
  OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE failed)
execute_process(COMMAND git -C ${SOURCE} rev-parse --show-toplevel OUTPUT_VARIABLE checkout
  OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
file(REAL_PATH ${SOURCE} source)
if(failed OR NOT checkout STREQUAL source)  # an unpacked archive inside of another project's checkout
  set(described ${VERSION})
endif()
file(CONFIGURE OUTPUT ${OUTPUT} @ONLY CONTENT
"// Made by cmake/BuildVersion.cmake.
#include \"base/build_version.h\"

namespace pbn {

const char* program_version() { return \"@VERSION@\"; }
const char* build_version() { return \"@described@\"; }

}  // namespace pbn
")
