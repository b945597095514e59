// Runs the commands of a tutorial in docs/ exactly as written.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace pbn {

// A fenced block of a Markdown text. ```sh is run; ```console is shown only, since it needs data or machines that tests
// lack; any other block is a file's content if the paragraph before names the file: Save this as `x.yaml`:
struct TutorialBlock {
  std::string language, text;
  std::string file;  // empty: not a file's content
  int line = 0;      // number of the first line
};

// Throws an environment error if the file cannot be read, and a data error if its last block has no end.
std::vector<TutorialBlock> blocks_of(const std::filesystem::path& tutorial);

struct TutorialStep {
  int exit_code = 0;
  std::string output;
};

struct TutorialOutcome {
  std::string failure;  // the place and output of the block that failed; empty: none
  std::string output;   // of all blocks
};

// Writes the tutorial's files into `folder` and passes every ```sh block to `run`, which must run it there in a shell
// that stops at the first failing command. Stops at the first block that fails.
TutorialOutcome follow(const std::filesystem::path& tutorial, const std::filesystem::path& folder,
                       const std::function<TutorialStep(const std::string& commands)>& run);

}  // namespace pbn
