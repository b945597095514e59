// The corpus as a test: every file of the given folder goes through the target once.
#include <cstdio>
#include <filesystem>

#include "base/files.h"
#include "fuzz/target.h"

int main(int argc, char** argv) {
  int files = 0;
  for (int i = 1; i < argc; ++i) {
    for (const auto& entry : std::filesystem::directory_iterator(argv[i])) {
      std::printf("%s\n", entry.path().c_str());
      std::fflush(stdout);  // the last line names the file that ends the program
      pbn::fuzz(pbn::read_file(entry.path()));
      ++files;
    }
  }
  std::printf("%d files\n", files);
  return files > 0 ? 0 : 1;
}
