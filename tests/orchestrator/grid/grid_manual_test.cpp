// The examples of docs/grids.md are grids that make what their first lines say.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "base/counted.h"
#include "base/files.h"
#include "tests/orchestrator/grid/grid_text.h"
#include "tests/orchestrator/study.h"
#include "tests/places.h"
#include "tests/tutorial.h"

namespace pbn::grid {
namespace {

std::filesystem::path grid_manual() { return source_folder() / "docs/grids.md"; }

TEST(GridManual, EveryExampleMakesTheCellsAndRunsThatItSays) {
  const TemporaryFolder folder;
  int examples = 0;
  for (const TutorialBlock& block : blocks_of(grid_manual())) {
    const std::string file = block.file.empty() ? "example.yaml" : block.file;
    if (block.language == "yaml" || !block.file.empty()) write_atomically(folder / file, block.text);
    if (!block.text.starts_with("# ")) continue;
    const Sweep sweep = plan_sweep(read_grid(folder / file));
    const std::string cells = "# " + counted(sweep.cells.size(), "cell");
    const std::string runs = ", " + counted(sweep.cells.size() * sweep.grid.seeds.size(), "run");
    const std::string said = block.text.substr(0, block.text.find('\n'));
    EXPECT_TRUE(said == cells || said == cells + runs) << "line " << block.line << ": " << said << ", not " << cells;
    ++examples;
  }
  EXPECT_EQ(examples, 9);
}

TEST(GridManual, ItsCommandsWork) {
  const TemporaryFolder folder;
  const TutorialOutcome outcome = follow(grid_manual(), folder.path(), [&](const std::string& commands) {
    const std::string pbn = std::filesystem::path(built_program("pbn")).parent_path().string();
    const auto [code, output] = run_program(
        {"sh", "-c", fmt::format("set -e; cd '{}'; PATH='{}':$PATH\n{}", folder.path().string(), pbn, commands)});
    return TutorialStep{code, output};
  });
  EXPECT_EQ(outcome.failure, "");
  EXPECT_THAT(outcome.output, testing::HasSubstr("15 runs"));
}

}  // namespace
}  // namespace pbn::grid
