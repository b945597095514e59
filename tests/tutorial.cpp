#include "tests/tutorial.h"

#include <fmt/format.h>

#include <sstream>

#include "base/error.h"
#include "base/files.h"

namespace pbn {
namespace {

// "Save this as `x.yaml`, with ...:" names x.yaml.
std::string file_named_in(const std::string& paragraph) {
  const std::string mark = "ave this as `";
  const auto begin = paragraph.rfind(mark);
  if (begin == std::string::npos) return "";
  const auto name = begin + mark.size();
  return paragraph.substr(name, paragraph.find('`', name) - name);
}

}  // namespace

std::vector<TutorialBlock> blocks_of(const std::filesystem::path& tutorial) {
  std::istringstream lines(read_file(tutorial));
  std::vector<TutorialBlock> blocks;
  std::string paragraph;
  bool is_open = false;
  int number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    if (line.starts_with("```")) {
      if (!is_open) blocks.push_back({line.substr(3), "", file_named_in(paragraph), number + 1});
      is_open = !is_open;
      paragraph.clear();
    } else if (is_open) {
      blocks.back().text += line + "\n";
    } else if (line.empty()) {
      paragraph.clear();
    } else {
      paragraph += line + "\n";
    }
  }
  if (is_open) throw data_error(tutorial.string(), "", "its last block has no end");
  return blocks;
}

TutorialOutcome follow(const std::filesystem::path& tutorial, const std::filesystem::path& folder,
                       const std::function<TutorialStep(const std::string& commands)>& run) {
  TutorialOutcome outcome;
  for (const TutorialBlock& block : blocks_of(tutorial)) {
    if (!block.file.empty()) write_atomically(folder / block.file, block.text);
    if (block.language != "sh") continue;
    const TutorialStep step = run(block.text);
    outcome.output += step.output;
    if (step.exit_code == 0) continue;
    outcome.failure = fmt::format("{}:{}: exit code {}\n{}\n{}", tutorial.filename().string(), block.line,
                                  step.exit_code, block.text, step.output);
    break;
  }
  return outcome;
}

}  // namespace pbn
