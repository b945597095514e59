#include "data/hdf5/hdf5.h"

#include <hdf5.h>

#include <chrono>
#include <thread>

#include "base/files.h"
#include "error_of.h"
#include "small_pose_file.h"

namespace pbn::data {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(Hdf5, DatasetsComeBackWithTheirShapeAndInTheWantedType) {
  const TemporaryFolder folder;
  Hdf5Writer writer(folder / "a.h5");
  writer.write<float>("group/values", {2, 3}, std::vector<float>{1, 2, 3, 4, 5, 6});
  writer.write_texts("names", {"im1.jpg", "", "a longer name"});
  writer.write_attribute("kind", std::string("example"));
  writer.write_attribute("empty", std::string());
  writer.write_attribute("count", std::int64_t{12});
  writer.close();

  const Hdf5Reader reader(folder / "a.h5");
  EXPECT_TRUE(reader.has("group/values"));
  EXPECT_FALSE(reader.has("group/other"));
  EXPECT_EQ(reader.layout("group/values").type, "float32");
  const Hdf5Array<double> values = reader.read<double>("group/values");
  EXPECT_THAT(values.shape, ElementsAre(2, 3));
  EXPECT_THAT(values.values, ElementsAre(1, 2, 3, 4, 5, 6));
  EXPECT_THAT(reader.read_texts("names"), ElementsAre("im1.jpg", "", "a longer name"));
  EXPECT_EQ(reader.text_attribute("kind"), "example");
  EXPECT_EQ(reader.text_attribute("empty"), "");
  EXPECT_EQ(reader.number_attribute("count"), 12);
}

TEST(Hdf5, MissingAndMistypedDatasetsAreNamed) {
  const TemporaryFolder folder;
  Hdf5Writer writer(folder / "a.h5");
  writer.write_texts("names", {"a"});
  writer.write_attribute("kind", std::string("example"));
  writer.close();
  const Hdf5Reader reader(folder / "a.h5");
  EXPECT_THAT(error_of([&] { reader.read<float>("preds"); }).what(),
              HasSubstr("a.h5: preds: there is no such dataset"));
  EXPECT_THAT(error_of([&] { reader.read<float>("names"); }).what(), HasSubstr("names: does not hold numbers"));
  EXPECT_THAT(error_of([&] { reader.number_attribute("kind"); }).what(), HasSubstr("is not a number"));
  EXPECT_THAT(error_of([&] { reader.text_attribute("none"); }).what(), HasSubstr("there is no such attribute"));
}

TEST(Hdf5, AShapeThatTheFileCannotHoldIsRefusedBeforeAnythingIsAllocated) {
  const TemporaryFolder folder;
  const hid_t file = H5Fcreate((folder / "huge.h5").c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
  const hsize_t extent = hsize_t{1} << 50;
  const hid_t space = H5Screate_simple(1, &extent, nullptr);
  H5Dclose(H5Dcreate2(file, "preds", H5T_NATIVE_FLOAT, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));  // no values yet
  H5Sclose(space);
  H5Fclose(file);
  const Hdf5Reader reader(folder / "huge.h5");
  EXPECT_THAT(error_of([&] { reader.read<float>("preds"); }).what(), HasSubstr("its values are not in the file"));
}

TEST(Hdf5, EqualContentIsEqualBytesHoweverMuchLaterItIsWritten) {
  const TemporaryFolder folder;
  const auto written = [&](const char* name) {
    Hdf5Writer writer(folder / name);
    writer.write<float>("people/joints", {1}, std::vector<float>{1});
    writer.close();
    return read_file(folder / name);
  };
  const std::string first = written("first.h5");
  std::this_thread::sleep_for(std::chrono::milliseconds(1100));  // HDF5's times are whole seconds
  EXPECT_EQ(first, written("second.h5"));
}

TEST(Hdf5, TwoReadersShareAFile) {
  const TemporaryFolder folder;
  Hdf5Writer writer(folder / "a.h5");
  writer.write<float>("values", {1}, std::vector<float>{1});
  writer.close();
  const Hdf5Reader one(folder / "a.h5"), other(folder / "a.h5");
  EXPECT_EQ(one.read<float>("values").values, other.read<float>("values").values);
}

}  // namespace
}  // namespace pbn::data
