// Files that are not what their name says, or say what they do not hold: refused before anything is allocated.
#include <sys/stat.h>

#include "base/files.h"
#include "data/hdf5.h"
#include "error_of.h"
#include "hdf5_edit.h"
#include "tests/temporary_folder.h"

namespace pbn {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;

void expect_error(Blame blame, const fs::path& file, const std::string& words) {
  const Error error = error_of([&] { Hdf5Reader reader(file); });
  EXPECT_EQ(error.blame, blame) << error.what();
  EXPECT_THAT(error.what(), AllOf(HasSubstr(file.string()), HasSubstr(words)));
}

// Reading the dataset `preds` of a file that was edited.
template <typename Edit>
Error refusal_of(const TemporaryFolder& folder, const Edit& edit) {
  const fs::path file = folder / "hostile.h5";
  fs::remove(file);
  { edit(Hdf5Edit(file)); }
  const Hdf5Reader reader(file);
  const Error error = error_of([&] { reader.read<float>("preds"); });
  EXPECT_EQ(error.blame, Blame::data);
  EXPECT_THAT(error.what(), HasSubstr("hostile.h5: preds: "));
  return error;
}

TEST(HostileHdf5, WhatIsNoFileIsToldApartAndNothingWaitsForIt) {
  const TemporaryFolder folder;
  ::mkfifo((folder / "fifo").c_str(), 0600);
  fs::create_symlink("loop", folder / "loop");
  expect_error(Blame::environment, folder / "none", "there is no such file");
  expect_error(Blame::environment, folder / "", "is not a file");
  expect_error(Blame::environment, folder / "fifo", "is not a file");
  expect_error(Blame::environment, folder / "loop", "Too many levels of symbolic links");
}

TEST(HostileHdf5, OtherContentIsNotHdf5) {
  const TemporaryFolder folder;
  write_atomically(folder / "empty", "");
  write_atomically(folder / "text", "name,x,y\n");
  write_atomically(folder / "signature", "\x89HDF\r\n\x1a\n");
  expect_error(Blame::data, folder / "empty", "is not an HDF5 file");
  expect_error(Blame::data, folder / "text", "is not an HDF5 file");
  expect_error(Blame::data, folder / "signature", "was cut short or damaged");
}

TEST(HostileHdf5, ValuesThatAreNotInTheFileAreNotAllocated) {
  const TemporaryFolder folder;
  const auto claim = [](const std::vector<hsize_t>& shape, hid_t creation) {
    return [=](Hdf5Edit edit) { edit.claim("preds", H5T_NATIVE_FLOAT, shape, creation); };
  };
  const std::string missing = "its values are not in the file";
  EXPECT_THAT(refusal_of(folder, claim({hsize_t{1} << 60}, H5P_DEFAULT)).what(), HasSubstr(missing));
  EXPECT_THAT(refusal_of(folder, claim({1 << 20, 1 << 20, 1 << 20}, H5P_DEFAULT)).what(), HasSubstr(missing));
  EXPECT_THAT(refusal_of(folder, claim({1 << 30, 16, 3}, packed({1, 16, 3}))).what(), HasSubstr(missing));
}

TEST(HostileHdf5, ADecompressionBombIsRefused) {
  const TemporaryFolder folder;
  const Error error = refusal_of(folder, [](Hdf5Edit edit) {
    edit.put("preds", {20, 1 << 20}, std::vector<float>(20 << 20), packed({1, 1 << 20}));
  });
  EXPECT_LT(fs::file_size(folder / "hostile.h5"), 1u << 20);
  EXPECT_THAT(error.what(), HasSubstr("more than 64 MiB are not read"));
}

TEST(HostileHdf5, AChunkFarLargerThanTheDatasetIsRefused) {
  const TemporaryFolder folder;
  const Error error = refusal_of(folder, [](Hdf5Edit edit) {
    const hdf5::Handle space(
        H5Screate_simple(1, std::vector<hsize_t>{2}.data(), std::vector<hsize_t>{H5S_UNLIMITED}.data()), H5Sclose);
    const hdf5::Handle creation = packed({17 << 20});
    const hdf5::Handle dataset(
        H5Dcreate2(edit.file(), "preds", H5T_NATIVE_FLOAT, space, H5P_DEFAULT, creation, H5P_DEFAULT), H5Dclose);
    const float values[] = {1, 2};
    H5Dwrite(dataset, H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, values);
  });
  EXPECT_THAT(error.what(), HasSubstr("more than 64 MiB are not read"));
}

TEST(HostileHdf5, ValuesOfOtherFilesAreNotRead) {
  const TemporaryFolder folder;
  write_atomically(folder / "secret", "12345678");
  Hdf5Edit(folder / "other.h5").put("preds", {2}, std::vector<float>{1, 2});
  const std::string elsewhere = "its values are in other files";
  EXPECT_THAT(refusal_of(folder,
                         [&](Hdf5Edit edit) {
                           const hdf5::Handle creation(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
                           H5Pset_external(creation, (folder / "secret").c_str(), 0, 8);
                           edit.claim("preds", H5T_NATIVE_FLOAT, {2}, creation);
                         })
                  .what(),
              HasSubstr(elsewhere));
  EXPECT_THAT(refusal_of(folder,
                         [&](Hdf5Edit edit) {
                           const hsize_t extent = 2;
                           const hdf5::Handle space(H5Screate_simple(1, &extent, nullptr), H5Sclose);
                           const hdf5::Handle creation(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
                           H5Pset_virtual(creation, space, (folder / "other.h5").c_str(), "preds", space);
                           edit.claim("preds", H5T_NATIVE_FLOAT, {2}, creation);
                         })
                  .what(),
              HasSubstr(elsewhere));
  EXPECT_THAT(refusal_of(folder,
                         [&](Hdf5Edit edit) {
                           H5Lcreate_external((folder / "other.h5").c_str(), "preds", edit.file(), "preds", H5P_DEFAULT,
                                              H5P_DEFAULT);
                         })
                  .what(),
              HasSubstr("there is no such dataset"));
}

TEST(HostileHdf5, NumbersOfAFormThatNobodyWritesAreNoNumbers) {
  const TemporaryFolder folder;
  const Error error = refusal_of(folder, [](Hdf5Edit edit) {
    const hdf5::Handle type(H5Tcopy(H5T_IEEE_F32LE), H5Tclose);
    H5Tset_fields(type, 31, 20, 11, 0, 20);
    edit.claim("preds", type, {2});
  });
  EXPECT_THAT(error.what(), HasSubstr("does not hold numbers"));
}

TEST(HostileHdf5, BigEndianAndHalfPrecisionNumbersAreRead) {
  const TemporaryFolder folder;
  const std::vector<float> values{1, -2.5};
  const auto write = [&](const char* name, hid_t type) {
    Hdf5Edit edit(folder / "a.h5");
    edit.claim(name, type, {2});
    const hdf5::Handle dataset(H5Dopen2(edit.file(), name, H5P_DEFAULT), H5Dclose);
    H5Dwrite(dataset, H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data());
  };
  const hdf5::Handle half(H5Tcopy(H5T_IEEE_F32LE), H5Tclose);  // as h5py makes float16
  H5Tset_fields(half, 15, 10, 5, 0, 10);
  H5Tset_size(half, 2);
  H5Tset_ebias(half, 15);
  write("big", H5T_IEEE_F64BE);
  write("half", half);
  const Hdf5Reader reader(folder / "a.h5");
  EXPECT_EQ(reader.read<float>("big").values, values);
  EXPECT_EQ(reader.read<float>("half").values, values);
}

TEST(HostileHdf5, AnEmptyDatasetIsEmpty) {
  const TemporaryFolder folder;
  { Hdf5Edit(folder / "a.h5").put("preds", {0, 16, 3}, std::vector<float>{}); }
  EXPECT_THAT(Hdf5Reader(folder / "a.h5").read<float>("preds").values, testing::IsEmpty());
}

}  // namespace
}  // namespace pbn
