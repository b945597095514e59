// What a file is, whatever it is called, for the error of a reader that wanted another kind.
#pragma once

#include <string>
#include <string_view>

namespace pbn {

struct FileKind {
  std::string name;  // "a gzip archive"; empty where nobody knows
  std::string hint;  // what to do about it, with a command where there is one
};

// By the first bytes: containers of data, archives, encodings of text, and what downloads leave behind (pointers of
// git-LFS and git-annex, web pages).
FileKind kind_by_first_bytes(std::string_view bytes);

}  // namespace pbn
