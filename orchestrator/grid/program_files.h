// The files of an external worker's program, whose content is part of its runs' identity.
//
//   worker: {script: "python3 train.py --lr {lr}", files: [train.py, "lib/**.py"]}
//
// Paths are relative to a folder: the grid's, or worker.folder. In a pattern *, ? and [...] stand for characters of a
// name, ** for any number of folders: lib/**.py and lib/**/*.py are all Python files in lib and below. Patterns leave
// out names that begin with a dot, __pycache__, and the folders of a store.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace pbn::grid {

struct FilePattern {
  std::string text;
  std::string where;  // file:line:column
};

struct ProgramFiles {
  std::string digest;                        // of all paths and contents; empty: the grid lists no files
  std::filesystem::path folder;              // absolute
  std::map<std::string, std::string> files;  // SHA-256 of each by its path in the folder (base/path_text.h)
  std::uintmax_t bytes = 0;                  // of all files

  bool is_listed() const { return !digest.empty(); }
  bool contains(const std::string& path) const;  // as it is written in a command: ./train.py is train.py
};

// The files that match. Throws usage errors at a pattern's place if it leaves the folder, matches nothing, or names
// more than a program has: 64 MiB or 5,000 files in all.
ProgramFiles find_program_files(const std::filesystem::path& folder, const std::vector<FilePattern>& patterns);

// The paths of the files that have another content now, or are gone.
std::vector<std::string> changed_files(const ProgramFiles& program);

// The paths whose files differ between two lists; those in one of them alone differ.
std::vector<std::string> differing_files(const std::map<std::string, std::string>& a,
                                         const std::map<std::string, std::string>& b);

// "train.py", "train.py and lib/a.py", "train.py, lib/a.py and 3 more".
std::string names_in_words(const std::vector<std::string>& paths);
inline const char* differs_or_differ(const std::vector<std::string>& paths) {
  return paths.size() == 1 ? " differs" : " differ";
}

}  // namespace pbn::grid
