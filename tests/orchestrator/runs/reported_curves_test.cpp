// Curves of any worker's metrics.jsonl, and TensorBoard's event files.
#include "orchestrator/runs/reported_curves.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "base/error.h"
#include "base/files.h"
#include "orchestrator/runs/event_file.h"
#include "tests/orchestrator/store_example.h"
#include "tests/orchestrator/study.h"
#include "tests/python.h"

namespace pbn::runs {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::Pair;
using testing::UnorderedElementsAre;

std::string hexadecimal(std::string_view bytes) {
  std::string digits;
  for (const char byte : bytes) digits += fmt::format("{:02x}", static_cast<unsigned char>(byte));
  return digits;
}

// The bytes that tensorboard 2.21 writes for the same events.
TEST(EventFile, HasTheBytesThatTensorboardWrites) {
  EventFile file(1.5);
  file.add("progress/loss", 300, 0.25);
  EXPECT_EQ(hexadecimal(file.content()),
            "1800000000000000a37f4b2209000000000000f83f1a0d627261696e2e4576656e743a322a28646c2400000000000000422b804d"
            "09000000000000f83f10ac022a160a140a0d70726f67726573732f6c6f7373150000803edb7a22ba");
  EXPECT_EQ(crc32c("123456789"), 0xe3069283U);
  EXPECT_EQ(crc32c(""), 0U);
}

// A curve with these points.
template <typename... Points>
auto has(Points... points) {
  return testing::Field(&ReportedCurve::points, ElementsAre(points...));
}

class Curves : public testing::Test {
 protected:
  ReportedCurves curves_of(const std::string& metrics) const {
    example_.write(a_, "metrics.jsonl", metrics);
    return reported_curves(example_.store(), a_);
  }
  std::vector<std::string> files_in(const fs::path& folder) const {
    std::vector<std::string> files;
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
      if (entry.is_regular_file()) files.push_back(entry.path().lexically_relative(folder).string());
    }
    return files;
  }

  StoreExample example_;
  TemporaryFolder folder_;
  const std::string a_ = example_.id(1), b_ = example_.id(2);
};

TEST_F(Curves, CountStepsOverAllEpochs) {
  EXPECT_THAT(
      curves_of("{\"kind\": \"progress\", \"epoch\": 1, \"epochs\": 2, \"step\": 5, \"steps\": 10, \"loss\": 4}\n"
                "{\"kind\": \"progress\", \"epoch\": 2, \"epochs\": 2, \"step\": 5, \"steps\": 10, \"loss\": 3}\n"
                "{\"kind\": \"epoch\", \"epoch\": 2, \"steps\": 10, \"training_loss\": 2}\n"
                "{\"kind\": \"validation\", \"epoch\": 2, \"figures\": {\"pck20.all14\": 50}}\n"),
      ElementsAre(Pair("epoch/training_loss", has(Pair(2, 2.0))),
                  Pair("progress/loss", has(Pair(5, 4.0), Pair(15, 3.0))),
                  Pair("validation/pck20.all14", has(Pair(2, 50.0)))));
}

TEST_F(Curves, TakeAnyNumbersOfAnyLines) {
  EXPECT_THAT(
      curves_of("{\"loss\": 1, \"note\": \"a text\", \"flag\": true, \"list\": [1], \"nothing\": null}\n"
                "not JSON\n[1]\n{\"loss\": 2, \"gpu\": {\"memory\": 7}}\n{\"step\": 9, \"speed\": 3}\n"
                "{\"step\": 1e300, \"loss\": 3}\n{\"loss\": 5, \"to"),
      ElementsAre(Pair("gpu/memory", has(Pair(0, 7.0))), Pair("loss", has(Pair(0, 1.0), Pair(1, 2.0), Pair(2, 3.0))),
                  Pair("speed", has(Pair(9, 3.0)))));
}

TEST_F(Curves, CountARepeatedStepOnceWithItsLastValue) {
  EXPECT_THAT(curves_of("{\"step\": 1, \"loss\": 4}\n{\"step\": 2, \"loss\": 3}\n{\"step\": 1, \"loss\": 2}\n"),
              ElementsAre(Pair("loss", has(Pair(1, 2.0), Pair(2, 3.0)))));
}

TEST_F(Curves, KnowWhatCountsThem) {
  const ReportedCurves curves = curves_of(
      "{\"loss\": 3}\n{\"kind\": \"epoch\", \"epoch\": 1, \"loss\": 2}\n{\"iteration\": 40, \"epoch\": 1, \"error\": "
      "1}\n");
  EXPECT_EQ(curves.at("loss").over, "report");
  EXPECT_EQ(curves.at("epoch/loss").over, "epoch");
  EXPECT_EQ(curves.at("error").over, "iteration");
  EXPECT_THAT(curves.at("error"), has(Pair(40, 1.0)));
}

TEST_F(Curves, OfSomeNamesAreTheSameAsAmongAll) {
  const std::string lines =
      "{\"step\": 1, \"loss\": 4, \"speed\": 1}\n{\"step\": 2, \"speed\": 2}\n{\"step\": 3, \"loss\": 2}\n";
  EXPECT_EQ(curves_of(lines).size(), 2u);
  EXPECT_THAT(reported_curves(example_.store(), a_, {"loss"}),
              ElementsAre(Pair("loss", has(Pair(1, 4.0), Pair(3, 2.0)))));
}

TEST_F(Curves, HaveTheFiguresOfTheResult) {
  example_.complete(a_);
  EXPECT_THAT(reported_curves(example_.store(), a_).at("result/auc.all16"), has(Pair(0, 50.0)));
  Json result = example_.result_of(a_);
  result["outcome"]["final_epoch"] = 7;
  example_.write(a_, "result.json", result.dump());
  EXPECT_THAT(reported_curves(example_.store(), a_).at("validation/auc.all16"), has(Pair(7, 50.0)));
}

TEST_F(Curves, AreExportedIntoAFolderForEachRunThatHasSome) {
  example_.write(a_, "metrics.jsonl", "{\"step\": 1, \"loss\": 4}\n");
  example_.complete(b_);
  const std::string a = a_.substr(0, 12), b = b_.substr(0, 12), c = example_.id(3).substr(0, 12);
  const ExportedCurves exported =
      export_for_tensorboard(example_.store(), {{a, "../x/y, seed 1"}, {b, "same"}, {c, "same"}}, folder_ / "curves");
  EXPECT_EQ(exported.runs, 2u);
  EXPECT_EQ(exported.curves, 4u);
  EXPECT_EQ(exported.points, 4u);
  const auto files = UnorderedElementsAre("_._x_y, seed 1/events.out.tfevents." + a,
                                          fmt::format("same ({0})/events.out.tfevents.{0}", b));
  EXPECT_THAT(files_in(folder_ / "curves"), files);
  example_.write(a_, "metrics.jsonl", "{\"step\": 1, \"loss\": 4}\n{\"step\": 2, \"loss\": 4}\n");
  EXPECT_EQ(export_for_tensorboard(example_.store(), {{a, "../x/y, seed 1"}}, folder_ / "curves").points, 2u);
  EXPECT_THAT(files_in(folder_ / "curves"), files) << "the second export replaces the file of the first";
}

TEST_F(Curves, AFolderThatCannotBeWrittenIsNamed) {
  write_atomically(folder_ / "file", "");
  try {
    export_for_tensorboard(example_.store(), {}, folder_ / "file");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.blame, Blame::environment);
    EXPECT_THAT(error.what(), testing::HasSubstr("file"));
  }
}

TEST_F(Curves, AreReadByTensorboard) {
  const std::string python = python_with("tensorboard");
  if (python.empty()) GTEST_SKIP() << "needs a python3 with tensorboard (pip install tensorboard)";
  example_.write(a_, "metrics.jsonl",
                 "{\"kind\": \"progress\", \"step\": 1, \"loss\": 0.25}\n"
                 "{\"kind\": \"progress\", \"step\": 300, \"loss\": 0.125, \"é\": -3}\n");
  export_for_tensorboard(example_.store(), {{a_.substr(0, 12), "D1, seed 1"}}, folder_ / "curves");
  const CommandOutcome read =
      run_program({python, "-c",
                   "import json, sys\n"
                   "from tensorboard.backend.event_processing.event_multiplexer import EventMultiplexer\n"
                   "events = EventMultiplexer().AddRunsFromDirectory(sys.argv[1]).Reload()\n"
                   "print(json.dumps({run: {tag: [[e.step, e.value] for e in events.Scalars(run, tag)] for tag in "
                   "tags['scalars']}\n"
                   "                  for run, tags in events.Runs().items()}))\n",
                   (folder_ / "curves").string()});
  ASSERT_EQ(read.code, 0) << read.output;
  const Json expected =
      Json::parse(R"({"D1, seed 1": {"progress/loss": [[1, 0.25], [300, 0.125]], "progress/é": [[300, -3.0]]}})");
  EXPECT_EQ(Json::parse(read.output.substr(read.output.rfind("\n{") + 1)), expected) << read.output;
}

}  // namespace
}  // namespace pbn::runs
