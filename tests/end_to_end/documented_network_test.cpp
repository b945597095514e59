// The network in docs/file-formats.md, run from the page's own text, finds the same joints as pbn_worker.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <filesystem>
#include <vector>

#include "base/files.h"
#include "tests/end_to_end/small_training.h"
#include "tests/places.h"
#include "tests/python.h"

namespace pbn {
namespace {

// The Python blocks in the page's section on weights.
std::vector<std::string> blocks_of_the_page() {
  const std::string page = read_file(source_folder() / "docs/file-formats.md"), begin = "```python\n", end = "```";
  std::vector<std::string> blocks;
  for (auto place = page.find(begin, page.find("## Weights")); place != std::string::npos;
       place = page.find(begin, place)) {
    place += begin.size();
    const auto length = page.find(end, place) - place;
    blocks.push_back(page.substr(place, length));
    place += length + end.size();
  }
  return blocks;
}

// Appended to the page's second block: compares its joints with the run's files.
constexpr const char* comparison = R"(
import json
with h5py.File("predictions.h5") as file:
    predictions = file["preds"][:]
with open("result.json") as file:
    digest = json.load(file)["outcome"]["weights_sha256"]
assert network.weights_sha256() == digest, "another digest"
distance = numpy.abs(joints - predictions[:, :, :2]).max()
assert distance < 1e-3, f"joints {distance} pixels apart"
height = numpy.abs(confidence - predictions[:, :, 2]).max()
assert height < 1e-6, f"confidence {height} apart"
)";

class DocumentedNetwork : public testing::TestWithParam<const char*> {};

TEST_P(DocumentedNetwork, FindsTheSameJointsFromTheWeightsAlone) {
  const std::string python = python_with("numpy, h5py");
  if (python.empty()) GTEST_SKIP() << "needs a python3 with numpy and h5py (Debian: python3-numpy, python3-h5py)";
  const SmallTraining training;
  const auto run = training.start(
      2, "run", fmt::format("--train.precision fp64 --train.epochs 1 --model.gamma uniform {}", GetParam()));
  ASSERT_EQ(run->wait(), 0) << training.output("run");
  const std::filesystem::path folder = training.path("run");
  std::filesystem::copy(training.path("validation.h5"), folder / "validation.h5");
  const std::vector<std::string> blocks = blocks_of_the_page();
  ASSERT_EQ(blocks.size(), 2u);
  write_atomically(folder / "pose_network.py", blocks[0]);
  write_atomically(folder / "compare.py", blocks[1] + comparison);
  const std::string command = fmt::format("cd '{}' && {} compare.py > said 2>&1", folder.string(), python);
  EXPECT_EQ(std::system(command.c_str()), 0) << read_file(folder / "said");
}

INSTANTIATE_TEST_SUITE_P(, DocumentedNetwork,
                         testing::Values("--model.head plain", "--model.head deep --model.stacks 2",
                                         "--model.head pbn --model.width 8 --model.depth 2",
                                         "--model.head pbn --model.width 8 --model.stacks 2 --model.fusion specific",
                                         "--model.head pbn --model.width 8 --model.depth 0 --train.average 0.9"));

}  // namespace
}  // namespace pbn
