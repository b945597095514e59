#pragma once

#include <filesystem>
#include <string>

namespace pbn {

// Paths for tests and benchmarks. They are compiled into places.cpp only, so that every other object is the same in
// each checkout and can come from ccache.
std::string built_program(const std::string& name);  // built_program("pbn") is BUILD/bin/pbn
std::filesystem::path programs_folder();
std::filesystem::path source_folder();  // the root of this checkout
std::filesystem::path shared_data();    // real data sets; tests are skipped if they are missing
std::filesystem::path libtorch_folder();

}  // namespace pbn
