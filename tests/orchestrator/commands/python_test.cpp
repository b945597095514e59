// Files that Python writes as docs/file-formats.md describes them (docs/examples/pose_files.py), and files that Python
// reads.
#include <gmock/gmock.h>

#include "base/digest.h"
#include "base/files.h"
#include "base/json.h"
#include "data/photographs/image.h"
#include "evaluation/predictions.h"
#include "orchestrator/grid/group_file.h"
#include "tests/data/small_pose_file.h"
#include "tests/orchestrator/study.h"
#include "tests/places.h"
#include "tests/python.h"

namespace pbn::commands {
namespace {

using testing::ElementsAre;
using testing::SizeIs;

class Python : public testing::Test {
 protected:
  void SetUp() override {
    if (python_.empty()) GTEST_SKIP() << "needs a python3 with h5py (Debian: python3-h5py)";
  }

  CommandOutcome run(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), python_);
    return run_program(std::move(arguments));
  }
  std::string example(const std::string& command) const {
    const auto [code, printed] =
        run({source_folder() / "docs/examples/pose_files.py", command, folder_.path().string()});
    EXPECT_EQ(code, 0) << printed;
    return printed;
  }

  const TemporaryFolder folder_;
  const std::string python_ = python_with("h5py");
};

TEST_F(Python, WritesFilesThatPbnReads) {
  const std::string jpeg = data::encode_jpeg({96, 96, std::vector<std::uint8_t>(96 * 96 * 3, 77)}, 95);
  write_atomically(folder_ / "crop.jpg", jpeg);
  example("write");
  for (const std::string name : {"raw.h5", "jpeg.h5"}) {
    const data::PoseFile file(folder_ / name);
    EXPECT_EQ(file.info().dataset, "example");
    EXPECT_EQ(file.info().crop_pixels(), 96);
    EXPECT_EQ(file.info().given_people_sha256, file.info().people_sha256) << "made as docs/file-formats.md says";
    ASSERT_THAT(file.people(), SizeIs(2));
    const data::Person& person = file.people()[1];
    EXPECT_THAT(person.joints[2], ElementsAre(2.25F, 11));
    EXPECT_FALSE(person.labelled[3]);
    EXPECT_EQ(file.people()[0].occluded[2], data::Occlusion::occluded);
    EXPECT_THAT(person.joint_in_image(2), ElementsAre(104.5, 222));
    EXPECT_EQ(person.image_name, "bb.jpg");
    EXPECT_EQ(person.reference_length, 30);
    std::vector<std::uint8_t> crop(96 * 96 * 3);
    file.read_crop(1, crop);
    EXPECT_EQ(crop[1], name == "raw.h5" ? (96 * 96 * 3 + 1) % 256 : 77);
  }
  const evaluation::Predictions predictions = evaluation::read_predictions(folder_ / "preds.h5");
  EXPECT_EQ(predictions.people(), 2);
  EXPECT_THAT(predictions.joints[14 + 2], ElementsAre(104.5F, 222));
  EXPECT_EQ(predictions.confidence[0], 0.5F);
  EXPECT_THAT(grid::related_groups({folder_ / "groups.json"}, 2, config::lsp14()),
              ElementsAre(ElementsAre(0, 1, 2, 3, 4, 5), ElementsAre(6, 7, 8, 9, 10, 11, 12, 13)));
}

TEST_F(Python, ReadsFilesThatPbnWrites) {
  data::PoseFileInfo info = data::small_info();
  data::write_small_pose_file(folder_ / "raw.h5", 2, info);
  info.jpeg_quality = 90;
  data::write_small_pose_file(folder_ / "jpeg.h5", 2, info);
  evaluation::write_predictions(folder_ / "preds.h5", {1, {{1, 2}, {3, 4}}, {0.5F, 0.25F}});
  write_json(folder_ / "groups.json", {{"format", "pbn-groups"}, {"groups", {{"r-ankle"}, {"neck", "head-top"}}}});
  const Json read = parse_json(example("read"), "Python");
  for (const std::string name : {"raw", "jpeg"}) {
    const data::PoseFile file(folder_ / (name + ".h5"));
    const Json& seen = read[name];
    EXPECT_EQ(seen["attributes"]["skeleton"], "lsp14");
    EXPECT_EQ(seen["attributes"]["fingerprint"], file.info().fingerprint);
    EXPECT_EQ(seen["people_sha256"], seen["attributes"]["people_sha256"]);
    EXPECT_EQ(seen["attributes"]["extent"], 1.5);
    EXPECT_EQ(seen["names"], Json({"im0.jpg", "im1.jpg"}));
    EXPECT_EQ(seen["people"]["joints"][1], Json(file.people()[1].joints));
    EXPECT_EQ(seen["people"]["labelled"][1], Json(std::vector<int>(14, 1)));
    info.jpeg_quality = name == "raw" ? 0 : 90;
    const std::vector<std::uint8_t> crop = data::stored_crop(info, data::random_crop(96, 1));
    EXPECT_EQ(seen["crops"][1], sha256_hex(std::string(crop.begin(), crop.end())));
  }
  EXPECT_EQ(read["preds"], Json({{{1, 2, 0.5}}, {{3, 4, 0.25}}}));
  EXPECT_EQ(read["groups"][1][1], "head-top");
}

}  // namespace
}  // namespace pbn::commands
