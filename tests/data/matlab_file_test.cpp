#include "data/matlab_file.h"

#include "error_of.h"
#include "matlab_array.h"
#include "tests/temporary_folder.h"

namespace pbn {
namespace {

TEST(MatlabFile, IndicesRunAsInMatlabButFromZero) {
  const TemporaryFolder folder;
  add_matlab_array(folder / "a.mat", "a", {2, 3}, {11, 21, 12, 22, 13, 23});
  const MatlabArray array = read_matlab_array(folder / "a.mat", "a");
  EXPECT_THAT(array.shape, testing::ElementsAre(2, 3));
  EXPECT_EQ(array.at({1, 0}), 21);
  EXPECT_EQ(array.at({0, 2}), 13);
}

// matio itself fills up with zeros what a cut file lacks.
TEST(MatlabFile, CutAnywhereItIsRefusedAndNeverReadAsZeros) {
  const TemporaryFolder folder;
  for (const auto compression : {MAT_COMPRESSION_NONE, MAT_COMPRESSION_ZLIB}) {
    const auto file = folder / (compression == MAT_COMPRESSION_NONE ? "plain.mat" : "packed.mat");
    add_matlab_array(file, "a", {3, 4}, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}, compression);
    add_matlab_array(file, "b", {1, 2}, {1, 2}, compression);
    EXPECT_EQ(read_matlab_array(file, "a").at({2, 3}), 12);
    for (auto bytes = std::filesystem::file_size(file); bytes-- > 0;) {
      std::filesystem::resize_file(file, bytes);
      EXPECT_THROW(read_matlab_array(file, "b"), Error) << bytes << " bytes";
    }
  }
}

TEST(MatlabFile, AbsentFilesAndVariablesAreToldApart) {
  const TemporaryFolder folder;
  add_matlab_array(folder / "a.mat", "a", {1, 1}, {1});
  const Error error = error_of([&] { read_matlab_array(folder / "a.mat", "b"); });
  EXPECT_EQ(error.blame, Blame::data);
  EXPECT_THAT(error.what(), testing::HasSubstr("a.mat: b: there is no such variable"));
  EXPECT_THROW(is_matlab_file(folder / "b.mat"), Error);
}

}  // namespace
}  // namespace pbn
