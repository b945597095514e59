// The kind of a file, recognised by its content, for readers that expect another kind.
#pragma once

#include <string>
#include <string_view>

namespace pbn {

struct FileKind {
  std::string name;  // "a gzip archive"; empty: unknown
  std::string hint;  // what to do about it, if possible with a command
};

// Recognises data containers, archives, text encodings, and leftovers of failed downloads (pointers of git-LFS and
// git-annex, web pages).
FileKind kind_by_first_bytes(std::string_view bytes);

}  // namespace pbn
