// Files of another kind, and files whose headers claim absent data, are refused before anything is allocated.
#include <fmt/format.h>
#include <sys/stat.h>

#include "base/files.h"
#include "data/hdf5/hdf5.h"
#include "error_of.h"
#include "hdf5_edit.h"
#include "tests/temporary_folder.h"

namespace pbn::data {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;

void expect_error(Blame blame, const fs::path& file, const std::string& words) {
  const Error error = error_of([&] { Hdf5Reader reader(file); });
  EXPECT_EQ(error.blame, blame) << error.what();
  EXPECT_THAT(error.what(), AllOf(HasSubstr(file.string()), HasSubstr(words)));
}

// The error from reading the dataset `preds` after an edit.
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

TEST(HostileHdf5, MissingFilesFoldersPipesAndLinkLoopsAreDistinguished) {
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
              AllOf(HasSubstr(elsewhere), HasSubstr("a link to preds in " + (folder / "other.h5").string())));
}

// Writes with a filter that is registered only while the file is written.
void write_with_filter(const fs::path& file, H5Z_filter_t number, const char* name) {
  const auto swap_bytes = [](unsigned, std::size_t, const unsigned*, std::size_t bytes, std::size_t*, void**) {
    return bytes;
  };
  const H5Z_class2_t filter{H5Z_CLASS_T_VERS, number, 1, 1, name, nullptr, nullptr, swap_bytes};
  ASSERT_GE(H5Zregister(&filter), 0);
  {
    const hdf5::Handle creation(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
    const hsize_t chunk[] = {2, 14, 3};
    H5Pset_chunk(creation, 3, chunk);
    H5Pset_filter(creation, number, H5Z_FLAG_MANDATORY, 0, nullptr);
    Hdf5Edit(file).put("preds", {2, 14, 3}, std::vector<float>(84, 1), creation);
  }
  ASSERT_GE(H5Zunregister(number), 0);
}

TEST(HostileHdf5, AMissingFilterIsNamed) {
  const TemporaryFolder folder;
  const auto refusal = [&](const char* file) {
    return std::string(error_of([&] { Hdf5Reader(folder / file).read<float>("preds"); }).what());
  };
  write_with_filter(folder / "lzf.h5", 32000, "lzf");
  EXPECT_THAT(refusal("lzf.h5"),
              AllOf(HasSubstr("lzf.h5: preds: is compressed with the filter lzf, which is not installed"),
                    HasSubstr("write it with gzip")));
  write_with_filter(folder / "zstd.h5", 32015, "Zstandard compression: http://www.zstd.net");
  EXPECT_THAT(refusal("zstd.h5"), HasSubstr("the filter zstd, which is"));
  write_with_filter(folder / "own.h5", 400, "somebody's own");
  EXPECT_THAT(refusal("own.h5"), HasSubstr("the filter somebody's own, which is"));
}

TEST(HostileHdf5, AFileThatAnotherProcessHasOpenForWritingIsRefusedUntilItIsClosed) {
  const TemporaryFolder folder;
  {
    Hdf5Edit writer(folder / "a.h5");
    writer.put("preds", {1}, std::vector<float>{1});
    expect_error(Blame::environment, folder / "a.h5", "another process has it open for writing");
  }
  EXPECT_THAT(Hdf5Reader(folder / "a.h5").read<float>("preds").values, testing::ElementsAre(1));
}

TEST(HostileHdf5, AFileThatWasNeverClosedIsReportedWithTheRemedy) {
  const TemporaryFolder folder;
  const hdf5::Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
  H5Pset_libver_bounds(access, H5F_LIBVER_LATEST, H5F_LIBVER_LATEST);
  const hdf5::Handle writer(H5Fcreate((folder / "open.h5").c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, access), H5Fclose);
  H5Fflush(writer, H5F_SCOPE_GLOBAL);
  fs::copy_file(folder / "open.h5", folder / "killed.h5");  // as a killed writer leaves it
  expect_error(Blame::data, folder / "killed.h5", "never closed");
  expect_error(Blame::data, folder / "killed.h5", "h5clear -s");
}

TEST(HostileHdf5, ANewerFormatIsNotCalledDamaged) {
  const TemporaryFolder folder;
  { Hdf5Edit(folder / "a.h5").put("preds", {1}, std::vector<float>{1}); }
  std::string bytes = read_file(folder / "a.h5");
  bytes[8] = 9;  // the superblock's version
  write_atomically(folder / "newer.h5", bytes);
  expect_error(Blame::data, folder / "newer.h5", "is in a newer format than HDF5 ");
}

TEST(HostileHdf5, TheErrorOfACutFileSaysHowMuchIsLeft) {
  const TemporaryFolder folder;
  { Hdf5Edit(folder / "a.h5").put("preds", {1000}, std::vector<float>(1000)); }
  const std::string bytes = read_file(folder / "a.h5");
  write_atomically(folder / "cut.h5", bytes.substr(0, bytes.size() - 10));
  expect_error(Blame::data, folder / "cut.h5",
               fmt::format("cut short ({} of {} bytes are left)", bytes.size() - 10, bytes.size()));
}

TEST(HostileHdf5, TheKindOfAnotherFileIsNamed) {
  const TemporaryFolder folder;
  const auto expect_name = [&](std::string_view content, const std::string& name) {
    write_atomically(folder / "a.h5", content);
    expect_error(Blame::data, folder / "a.h5", "is not an HDF5 file: it is " + name);
  };
  expect_name("version https://git-lfs.github.com/spec/v1\n", "a git-LFS pointer");
  expect_name("<!DOCTYPE html>", "an HTML or XML page");
  expect_name("\x93NUMPY\1\0", "NumPy's .npy");
  expect_name("PK\3\4", "a ZIP archive");
  expect_name("{\"images\": []}", "JSON");
  expect_name("", "empty");
}

TEST(HostileHdf5, ChunksThatWereNeverWrittenAreNotZeros) {
  const TemporaryFolder folder;
  const Error error = refusal_of(folder, [](Hdf5Edit edit) {
    edit.claim("preds", H5T_NATIVE_FLOAT, {4, 16, 3}, packed({1, 16, 3}));
    const hdf5::Handle dataset(H5Dopen2(edit.file(), "preds", H5P_DEFAULT), H5Dclose);
    const hdf5::Handle space(H5Dget_space(dataset), H5Sclose);
    const hsize_t start[] = {0, 0, 0}, count[] = {2, 16, 3}, values = 96;
    H5Sselect_hyperslab(space, H5S_SELECT_SET, start, nullptr, count, nullptr);
    const hdf5::Handle memory(H5Screate_simple(1, &values, nullptr), H5Sclose);
    H5Dwrite(dataset, H5T_NATIVE_FLOAT, memory, space, H5P_DEFAULT, std::vector<float>(96, 1).data());
  });
  EXPECT_THAT(error.what(), HasSubstr("its values are not in the file"));
}

TEST(HostileHdf5, TextsOfAnyLengthAndPaddedWithBlanksAreRead) {
  const TemporaryFolder folder;
  const auto write = [&](const char* name, hid_t type, const void* values) {
    Hdf5Edit edit(folder / "a.h5");
    edit.claim(name, type, {3});
    const hdf5::Handle dataset(H5Dopen2(edit.file(), name, H5P_DEFAULT), H5Dclose);
    EXPECT_GE(H5Dwrite(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values), 0);
  };
  const hdf5::Handle any(H5Tcopy(H5T_C_S1), H5Tclose), fortran(H5Tcopy(H5T_FORTRAN_S1), H5Tclose);
  H5Tset_size(any, H5T_VARIABLE);
  H5Tset_size(fortran, 5);
  const char* const texts[] = {"a.jpg", "", "much longer.jpg"};
  write("any", any, texts);
  write("fortran", fortran, "abcdefg        ");
  const Hdf5Reader reader(folder / "a.h5");
  EXPECT_THAT(reader.read_texts("any"), testing::ElementsAre("a.jpg", "", "much longer.jpg"));
  EXPECT_THAT(reader.read_texts("fortran"), testing::ElementsAre("abcde", "fg", ""));
}

TEST(HostileHdf5, AMistypedNameGetsTheNearestAsAHint) {
  const TemporaryFolder folder;
  const Error error = refusal_of(folder, [](Hdf5Edit edit) { edit.put("pred", {1}, std::vector<float>{1}); });
  EXPECT_THAT(error.what(), AllOf(HasSubstr("there is no such dataset"), HasSubstr("did you mean \"pred\"?")));
}

TEST(HostileHdf5, NumbersInUnusualFormatsAreRefused) {
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
}  // namespace pbn::data
