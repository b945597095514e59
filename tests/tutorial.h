// Follows a tutorial of docs/ to the letter: what it says is what is run.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace pbn {

// A fenced block of a Markdown text. ```sh is to be run; ```console is shown, but cannot be run here (it needs data or
// machines that are not there); any other is a file's content, where the line before names it: Save this as `x.yaml`:
struct TutorialBlock {
  std::string language, text;
  std::string file;  // empty: none is named
  int line = 0;      // of its first line
};

// Throws a data error for a file that cannot be read or has an open fence.
std::vector<TutorialBlock> blocks_of(const std::filesystem::path& tutorial);

struct TutorialStep {
  int exit_code = 0;
  std::string output;
};

// Writes its files into `folder` and hands every ```sh block to `run`, which is to run it there by a shell that stops
// at the first command that fails. Stops at the first block that fails. Gives back that failure in words with its
// place, or nothing, and all that was printed.
struct TutorialOutcome {
  std::string failure;
  std::string output;
};
TutorialOutcome follow(const std::filesystem::path& tutorial, const std::filesystem::path& folder,
                       const std::function<TutorialStep(const std::string& commands)>& run);

}  // namespace pbn
