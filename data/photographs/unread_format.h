// Recognising files that are not photographs in a supported format.
#pragma once

#include <string>
#include <string_view>

#include "base/file_kind.h"

namespace pbn::data {

// Recognises by their first bytes image formats that are not supported, and everything that base/file_kind.h knows.
// `where` is the file name in the command of the hint.
FileKind unread_format(std::string_view bytes, const std::string& where);

}  // namespace pbn::data
