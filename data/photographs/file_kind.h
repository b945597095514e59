// What a file is that should have been a photograph, and was named like one.
#pragma once

#include <string>
#include <string_view>

namespace pbn {

struct FileKind {
  std::string name;  // "a WebP image"; empty where nobody knows
  std::string hint;  // what to do about it, with a command where there is one
};

// By the first bytes, whatever the file is called: other image formats, and what downloads leave behind (pointers of
// git-LFS and git-annex, web pages, nothing at all). `where` is the file in the hint's command.
FileKind file_kind(std::string_view bytes, const std::string& where);

}  // namespace pbn
