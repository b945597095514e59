#include "tests/places.h"

namespace pbn {

std::string built_program(const std::string& name) { return PBN_BIN "/" + name; }
std::filesystem::path programs_folder() { return PBN_BIN; }
std::filesystem::path source_folder() { return PBN_SOURCE; }
std::filesystem::path shared_data() { return PBN_SHARED_DATA; }
std::filesystem::path libtorch_folder() { return PBN_LIBTORCH_PLACE; }

}  // namespace pbn
