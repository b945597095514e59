// People found and drawn in MPII's photographs by a trained network.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <filesystem>

#include "shell.h"
#include "tests/places.h"

namespace pbn {
namespace {

TEST(Photographs, OfMpiiHaveTheirPeopleDrawnAtTheAnnotatedPlaces) {
  const std::string sample = shared_data().string() + "/mpii_sample";
  if (!std::filesystem::exists(sample)) GTEST_SKIP() << "needs real data at " << sample;
  const Workplace place;
  const std::string run = place / "run", out = place / "found";
  const Answer train = shell(
      fmt::format("{} --train {} --validation {} --out {} --model.features 16 --train.epochs 1 --train.global_batch 8",
                  worker_on(1), small_people(place, "train", 40), small_people(place, "validation", 10), run));
  ASSERT_EQ(train.exit_code, 0) << train.text;
  const Answer predict = shell(fmt::format("pbn predict --checkpoint {} {} --boxes {}/test_mpii.json --flip --out {}",
                                           run, sample, sample, out));
  ASSERT_EQ(predict.exit_code, 0) << predict.text;
  const Json coco = read_json(out + "/predictions.json");
  EXPECT_EQ(coco["images"].size(), 5u);
  ASSERT_EQ(coco["annotations"].size(), 5u);
  for (const Json& person : coco["annotations"]) {
    const Json& box = person["bbox"];
    for (std::size_t part = 0; part < 16; ++part) {  // a network finds nothing outside its square
      const double x = person["keypoints"][3 * part], left = box[0], width = box[2];
      EXPECT_GE(x, left);
      EXPECT_LE(x, left + width);
    }
  }
  EXPECT_TRUE(std::filesystem::exists(out + "/004645041.jpg"));
}

}  // namespace
}  // namespace pbn
