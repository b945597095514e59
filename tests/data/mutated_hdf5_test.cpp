// HDF5 files with some bytes changed open or give one Error. They neither crash nor hang nor exhaust the memory.
#include <sys/resource.h>

#include <fstream>

#include "base/files.h"
#include "base/random.h"
#include "data/sources/newell.h"
#include "error_of.h"
#include "evaluation/predictions.h"
#include "hdf5_edit.h"
#include "small_pose_file.h"

namespace pbn::data {
namespace {

namespace fs = std::filesystem;

// Extreme values of the bytes of sizes and addresses find most errors.
std::string mutated(std::string bytes, std::uint32_t number) {
  Random random(20, 0, number, Purpose::synthetic);
  constexpr char extremes[] = {'\0', '\1', '\x7F', '\x80', '\xFF'};
  const int changes = 1 + static_cast<int>(random.next() % 4);
  for (int change = 0; change < changes; ++change) {
    const std::size_t place = random.next() % bytes.size();
    const std::uint32_t kind = random.next();
    bytes[place] = kind % 2 == 0 ? extremes[(kind >> 8) % std::size(extremes)] : static_cast<char>(kind >> 8);
  }
  return bytes;
}

long peak_mebibytes(int who) {
  rusage usage{};
  ::getrusage(who, &usage);
  return usage.ru_maxrss / 1024;
}

// Reads many mutations of a file and returns how many were refused.
template <typename Read>
int refusals(const fs::path& file, std::uint32_t mutations, const Read& read) {
  const std::string whole = read_file(file);
  int refused = 0;
  for (std::uint32_t number = 0; number < mutations; ++number) {
    std::ofstream(file, std::ios::binary) << mutated(whole, number);
    try {
      read(file);
    } catch (const Error& error) {
      ++refused;
      EXPECT_EQ(error.blame, Blame::data) << "mutation " << number << ": " << error.what();
      EXPECT_THAT(error.what(), testing::StartsWith(file.string() + ": ")) << "mutation " << number;
    }
  }
  EXPECT_LT(peak_mebibytes(RUSAGE_SELF), 256);
  EXPECT_LT(peak_mebibytes(RUSAGE_CHILDREN), 256);
  return refused;
}

TEST(MutatedHdf5, PoseFiles) {
  const TemporaryFolder folder;
  PoseFileInfo info = small_info();
  info.jpeg_quality = 60;  // small, so that most bytes are structure
  write_small_pose_file(folder / "a.h5", 1, info);
  EXPECT_GT(refusals(folder / "a.h5", 1000, [](const fs::path& file) { PoseFile opened(file); }), 200);
}

// The old format, which other programs write, has no checksums of its structure.
TEST(MutatedHdf5, AnnotationsInTheOldFormat) {
  const TemporaryFolder folder;
  {
    Hdf5Edit file(folder / "a.h5");
    file.put("scale", {2}, std::vector<double>{1, 2});
    file.put("center", {2, 2}, std::vector<double>{1, 2, 3, 4});
    file.put("part", {2, 16, 2}, std::vector<double>(64, 5));
  }
  EXPECT_GT(refusals(folder / "a.h5", 1000, [](const fs::path& file) { read_newell_annotations(file); }), 200);
}

TEST(MutatedHdf5, PackedPredictionsInTheOldFormat) {
  const TemporaryFolder folder;
  {
    Hdf5Edit file(folder / "a.h5");
    std::vector<float> values;
    for (int i = 0; i < 4 * 16 * 3; ++i) values.push_back(static_cast<float>(i % 17));
    file.put("preds", {4, 16, 3}, values, packed({1, 16, 3}));
    file.put_attribute("model", "of somebody else");
  }
  EXPECT_GT(refusals(folder / "a.h5", 1000, [](const fs::path& file) { evaluation::read_predictions(file); }), 200);
}

}  // namespace
}  // namespace pbn::data
