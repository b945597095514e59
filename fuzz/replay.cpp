// Replays the corpus as a test: runs the target once on every file of the given folders.
#include <cstdio>
#include <filesystem>

#include "base/files.h"
#include "fuzz/target.h"

int main(int argc, char** argv) {
  int files = 0;
  for (int i = 1; i < argc; ++i) {
    for (const auto& entry : std::filesystem::directory_iterator(argv[i])) {
      std::printf("%s\n", entry.path().c_str());
      std::fflush(stdout);  // if the program crashes, the last line names the file
      pbn::fuzz(pbn::read_file(entry.path()));
      ++files;
    }
  }
  std::printf("%d files\n", files);
  return files > 0 ? 0 : 1;
}
