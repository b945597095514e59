// What a file is that should have been a photograph, and was named like one.
#pragma once

#include <string>
#include <string_view>

#include "base/file_kind.h"

namespace pbn {

// By the first bytes: formats of images that are not read, and all that base/file_kind.h knows. `where` is the file in
// the hint's command.
FileKind unread_format(std::string_view bytes, const std::string& where);

}  // namespace pbn
