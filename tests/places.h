#pragma once

#include <filesystem>
#include <string>

namespace pbn {

// Where tests and benchmarks find things. The paths are compiled into places.cpp alone, so that every other object is
// the same in each checkout and comes from the compiler's cache.
std::string built_program(const std::string& name);  // built_program("pbn") is BUILD/bin/pbn
std::filesystem::path programs_folder();
std::filesystem::path source_folder();  // the root of this checkout
std::filesystem::path shared_data();    // real data sets, which need not be there: tests that need them are skipped
std::filesystem::path libtorch_folder();

}  // namespace pbn
