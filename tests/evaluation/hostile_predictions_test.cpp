// Malformed prediction files: each gives an Error that names the file and the dataset.
#include <gmock/gmock.h>

#include "base/files.h"
#include "evaluation/predictions.h"
#include "tests/data/error_of.h"
#include "tests/data/hdf5_edit.h"
#include "tests/temporary_folder.h"

namespace pbn::evaluation {
namespace {

using testing::StartsWith;

TEST(HostilePredictions, TheErrorNamesTheFileAndTheDataset) {
  const TemporaryFolder folder;
  const std::filesystem::path file = folder / "preds.h5";
  const auto expect_refusal = [&](const auto& edit) {
    std::filesystem::remove(file);
    {
      data::Hdf5Edit hdf5(file);
      edit(hdf5);
    }
    const Error error = data::error_of([&] { read_predictions(file); });
    EXPECT_EQ(error.blame, Blame::data) << error.what();
    EXPECT_THAT(error.what(), StartsWith(file.string() + ": preds: "));
  };
  expect_refusal([](data::Hdf5Edit& hdf5) { hdf5.put("predictions", {1, 16, 3}, std::vector<float>(48)); });
  for (const std::vector<hsize_t>& shape : {std::vector<hsize_t>{48}, {3, 16}, {3, 16, 1}, {3, 16, 4}, {3, 0, 2}}) {
    expect_refusal([&](data::Hdf5Edit& hdf5) { hdf5.put("preds", shape, std::vector<float>(200)); });
  }
  for (const hid_t type : {H5T_C_S1, H5T_STD_REF_OBJ, H5T_NATIVE_B8}) {
    expect_refusal([&](data::Hdf5Edit& hdf5) { hdf5.claim("preds", type, {3, 16, 2}); });
  }
  for (const hsize_t people : {hsize_t{1} << 30, hsize_t{1} << 60}) {
    expect_refusal([&](data::Hdf5Edit& hdf5) { hdf5.claim("preds", H5T_NATIVE_FLOAT, {people, 16, 3}); });
    expect_refusal([&](data::Hdf5Edit& hdf5) {
      hdf5.claim("preds", H5T_NATIVE_FLOAT, {people, 16, 3}, data::packed({1, 16, 3}));
    });
  }
}

TEST(HostilePredictions, TruncatedFilesAreRefusedByName) {
  const TemporaryFolder folder;
  write_predictions(folder / "whole.h5", {16, {32, {1, 2}}, std::vector<float>(32, 0.5F)});
  const std::string bytes = read_file(folder / "whole.h5");
  for (std::size_t sixteenth = 0; sixteenth < 16; ++sixteenth) {
    write_atomically(folder / "cut.h5", bytes.substr(0, bytes.size() * sixteenth / 16));
    const Error error = data::error_of([&] { read_predictions(folder / "cut.h5"); });
    EXPECT_EQ(error.blame, Blame::data) << error.what();
    EXPECT_THAT(error.what(), StartsWith((folder / "cut.h5").string() + ": is "));
  }
}

}  // namespace
}  // namespace pbn::evaluation
