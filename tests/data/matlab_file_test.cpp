#include "data/matlab/matlab_file.h"

#include <fstream>
#include <random>

#include "base/files.h"
#include "error_of.h"
#include "matlab_array.h"
#include "matlab_value.h"
#include "tests/temporary_folder.h"

namespace pbn::data {
namespace {

TEST(MatlabFile, IndicesRunAsInMatlabButFromZero) {
  const TemporaryFolder folder;
  add_matlab_array(folder / "a.mat", "a", {2, 3}, {11, 21, 12, 22, 13, 23});
  const MatlabArray array = read_matlab_array(folder / "a.mat", "a");
  EXPECT_THAT(array.shape, testing::ElementsAre(2, 3));
  EXPECT_EQ(array.at({1, 0}), 21);
  EXPECT_EQ(array.at({0, 2}), 13);
}

// matio reads zeros where a cut file lacks data.
TEST(MatlabFile, AFileCutAnywhereIsRefusedAndNeverReadAsZeros) {
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

TEST(MatlabFile, AbsentFilesAndVariablesAreDistinguished) {
  const TemporaryFolder folder;
  add_matlab_array(folder / "a.mat", "a", {1, 1}, {1});
  const Error error = error_of([&] { read_matlab_array(folder / "a.mat", "b"); });
  EXPECT_EQ(error.blame, Blame::data);
  EXPECT_THAT(error.what(), testing::HasSubstr("a.mat: b: there is no such variable"));
  EXPECT_THROW(is_matlab_file(folder / "b.mat"), Error);
}

// zlib's checksum protects the content; the lengths are checked against each other.
TEST(MatlabFile, DamagedBytesOfACompressedFileAreNeverReadAsOtherValues) {
  const TemporaryFolder folder;
  add_matlab_array(folder / "a.mat", "a", {2, 3}, {11, 21, 12, 22, 13, 23}, MAT_COMPRESSION_ZLIB);
  const std::string bytes = read_file(folder / "a.mat");
  constexpr std::size_t text_before_the_version = 124;
  for (std::size_t i = text_before_the_version + 2; i < bytes.size(); ++i) {
    std::string damaged = bytes;
    damaged[i] = static_cast<char>(damaged[i] ^ 0x10);
    std::ofstream(folder / "b.mat", std::ios::binary) << damaged;
    try {  // a few bits have no meaning
      EXPECT_THAT(read_matlab_array(folder / "b.mat", "a").values, testing::ElementsAre(11, 21, 12, 22, 13, 23));
    } catch (const Error& error) {
      EXPECT_EQ(error.blame, Blame::data) << "byte " << i;
    }
  }
}

TEST(MatlabFile, Version73IsReadToo) {
  const TemporaryFolder folder;
  std::vector<double> values{11, 21, 12, 22, 13, 23};
  std::size_t shape[2] = {2, 3};
  mat_t* mat = Mat_CreateVer((folder / "a.mat").c_str(), nullptr, MAT_FT_MAT73);
  matvar_t* variable = Mat_VarCreate("a", MAT_C_DOUBLE, MAT_T_DOUBLE, 2, shape, values.data(), 0);
  Mat_VarWrite(mat, variable, MAT_COMPRESSION_NONE);
  Mat_VarFree(variable);
  Mat_Close(mat);
  const MatlabArray array = read_matlab_array(folder / "a.mat", "a");
  EXPECT_THAT(array.shape, testing::ElementsAre(2, 3));
  EXPECT_EQ(array.at({0, 2}), 13);
  EXPECT_THROW(read_matlab_array(folder / "a.mat", "b"), Error);

  testing::internal::CaptureStderr();
  std::filesystem::resize_file(folder / "a.mat", std::filesystem::file_size(folder / "a.mat") / 2);
  EXPECT_THROW(read_matlab_array(folder / "a.mat", "a"), Error);
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "") << "HDF5 must print nothing";
}

// The variable house: two rooms, the first with a size and a name, the second with a nested struct.
void write_house(const std::filesystem::path& file, matio_compression compression) {
  matvar_t* door = matlab_structs({{{"width", matlab_int16(90)}}});
  matvar_t* house = matlab_structs({{{"size", matlab_single(12.5F)}, {"name", matlab_text("kitchen")}},
                                    {{"door", door},
                                     {"colours", matlab_numbers<std::uint8_t>(MAT_C_UINT8, MAT_T_UINT8, {3, 4})},
                                     {"lists", matlab_cells({matlab_empty(), matlab_number(5)})}}},
                                   "house");
  write_matlab_variable(file, house, compression);
}

TEST(MatlabStructs, FieldsAreReadByNameAndAbsentOnesAreEmpty) {
  const TemporaryFolder folder;
  for (const auto compression : {MAT_COMPRESSION_NONE, MAT_COMPRESSION_ZLIB}) {
    write_house(folder / "a.mat", compression);
    const MatlabStructs house = read_matlab_structs(folder / "a.mat", "house");
    ASSERT_EQ(house.size(), 2U);
    EXPECT_EQ(house.number(0, "size"), 12.5);
    EXPECT_EQ(house.text(0, "name"), "kitchen");
    EXPECT_TRUE(house.is_text(0, "name"));
    EXPECT_EQ(house.number(1, "size"), std::nullopt);
    EXPECT_EQ(house.number(1, "windows"), std::nullopt);
    EXPECT_EQ(house.text(1, "windows"), "");
    EXPECT_EQ(house.structs(0, "door").size(), 0U);
    EXPECT_EQ(house.structs(1, "door").number(0, "width"), 90);
    EXPECT_THAT(house.numbers(1, "colours"), testing::ElementsAre(3, 4));
    EXPECT_THAT(house.cells_of_numbers(1, "lists"), testing::ElementsAre(testing::IsEmpty(), testing::ElementsAre(5)));
  }
}

TEST(MatlabStructs, FieldsOfAnotherKindAreNamedAsInMatlab) {
  const TemporaryFolder folder;
  write_house(folder / "a.mat", MAT_COMPRESSION_ZLIB);
  const MatlabStructs house = read_matlab_structs(folder / "a.mat", "house");
  const auto message = [](const auto& action) { return std::string(error_of(action).what()); };
  EXPECT_THAT(message([&] { house.number(0, "name"); }), testing::HasSubstr("a.mat: house(1).name: is not a number"));
  EXPECT_THAT(message([&] { house.number(1, "colours"); }), testing::HasSubstr("house(2).colours: holds 2 numbers"));
  EXPECT_THAT(message([&] { house.text(0, "size"); }), testing::HasSubstr("house(1).size: is not a text"));
  EXPECT_THAT(message([&] { house.structs(0, "size"); }), testing::HasSubstr("house(1).size: is not a struct"));
  EXPECT_THAT(message([&] { house.structs(1, "door").text(0, "width"); }),
              testing::HasSubstr("house(2).door.width: is not a text"));
  EXPECT_THAT(message([&] { read_matlab_structs(folder / "a.mat", "tent"); }),
              testing::HasSubstr("a.mat: tent: there is no such variable"));
}

void read_all(const MatlabStructs& house) {
  for (std::size_t i = 0; i < std::min<std::size_t>(house.size(), 10); ++i) {
    house.number(i, "size");
    house.text(i, "name");
    house.numbers(i, "colours");
    house.cells_of_numbers(i, "lists");
    house.structs(i, "door").number(0, "width");
  }
}

// Random lengths, shapes, classes and names give an Error or other numbers.
TEST(MatlabStructs, MutatedFilesBringAnErrorOrOtherValuesButNeverACrash) {
  const TemporaryFolder folder;
  write_house(folder / "a.mat", MAT_COMPRESSION_NONE);
  const std::string bytes = read_file(folder / "a.mat");
  std::mt19937 random(1);
  int refused = 0;
  for (int n = 0; n < 2000; ++n) {
    std::string mutated = bytes;
    for (int flips = 0; flips < 3; ++flips)
      mutated[128 + random() % (bytes.size() - 128)] = "\0\1\x7f\xff"[random() % 4];
    try {
      read_all(parse_matlab_structs(mutated, "b.mat", "house"));
    } catch (const Error& error) {
      EXPECT_EQ(error.blame, Blame::data);
      ++refused;
    }
  }
  EXPECT_GT(refused, 1000);
}

}  // namespace
}  // namespace pbn::data
