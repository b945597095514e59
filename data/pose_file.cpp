#include "data/pose_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cmath>
#include <cstring>

#include "base/error.h"
#include "data/hdf5.h"

namespace pbn {
namespace {

const char* const make_again = "make the file again with `pbn prepare`";

const char* name_of(Hdf5Type type) {
  switch (type) {
    case Hdf5Type::int8:
      return "int8";
    case Hdf5Type::uint8:
      return "uint8";
    case Hdf5Type::int32:
      return "int32";
    case Hdf5Type::int64:
      return "int64";
    case Hdf5Type::float32:
      return "float32";
    case Hdf5Type::float64:
      return "float64";
    case Hdf5Type::other:
      break;
  }
  return "something else";
}

// An attribute that must be a whole number within a range that rules out absurd allocations.
int whole_number(const Hdf5Reader& file, const std::string& name, int low, int high) {
  const double value = file.number_attribute(name);
  if (!(value >= low && value <= high) || value != std::floor(value)) {
    throw data_error(file.where(name), make_again, "is {}; expected a whole number from {} to {}", value, low, high);
  }
  return static_cast<int>(value);
}

PoseFileInfo read_info(const Hdf5Reader& file, const std::filesystem::path& path) {
  if (!file.has_attribute("format") || file.text_attribute("format") != "pbn-pose") {
    throw data_error(path.string(), "pose files are made with `pbn prepare`", "is an HDF5 file, but not a pose file");
  }
  if (const double version = file.number_attribute("version"); version != 1) {
    throw data_error(file.where("version"), make_again, "this program reads version 1, not {}", version);
  }
  PoseFileInfo info;
  info.skeleton = file.text_attribute("skeleton");
  info.dataset = file.text_attribute("dataset");
  info.split = file.text_attribute("split");
  info.source = file.text_attribute("source");
  info.reference = file.text_attribute("reference");
  info.box_pixels = whole_number(file, "box_pixels", 64, 4096);
  info.extent = file.number_attribute("extent");
  info.fingerprint = file.text_attribute("fingerprint");
  if (info.box_pixels % 64 != 0) {
    throw data_error(file.where("box_pixels"), make_again, "is {}, not a multiple of 64", info.box_pixels);
  }
  if (!(info.extent >= 1 && info.extent <= 4)) {
    throw data_error(file.where("extent"), make_again, "is {}; expected 1 to 4", info.extent);
  }
  if (info.reference != "head" && info.reference != "torso") {
    throw data_error(file.where("reference"), make_again, "is \"{}\"; expected head or torso", info.reference);
  }
  if (info.fingerprint.size() != 64) throw data_error(file.where("fingerprint"), make_again, "is not a SHA-256 sum");
  if (file.has("skipped")) info.skipped = file.read_texts("skipped");
  return info;
}

const Skeleton& read_skeleton(const Hdf5Reader& file, const std::string& name) {
  try {
    return skeleton_named(name);
  } catch (const Error& error) {
    throw data_error(file.where("skeleton"), error.hint, "{}", error.problem);
  }
}

void require(const Hdf5Reader& file, const std::string& dataset, Hdf5Type type, const std::vector<std::size_t>& shape) {
  const Hdf5Layout layout = file.layout(dataset);
  if (layout.type != type) {
    throw data_error(file.where(dataset), make_again, "holds {}; expected {}", name_of(layout.type), name_of(type));
  }
  if (layout.shape != shape) {
    throw data_error(file.where(dataset), make_again, "has shape {}; expected {}", describe(layout.shape),
                     describe(shape));
  }
}

template <typename T>
std::vector<T> read_exactly(const Hdf5Reader& file, const std::string& dataset, Hdf5Type type,
                            const std::vector<std::size_t>& shape) {
  require(file, dataset, type, shape);
  return file.read<T>(dataset).values;
}

// Where the pixels begin in the file; `people` becomes N.
std::int64_t locate_pixels(const Hdf5Reader& file, const std::filesystem::path& path, std::size_t side,
                           std::size_t& people) {
  const std::string name = "images/pixels";
  const Hdf5Layout layout = file.layout(name);
  if (layout.shape.empty() || layout.shape[0] == 0) throw data_error(file.where(name), make_again, "has no people");
  people = layout.shape[0];
  require(file, name, Hdf5Type::uint8, {people, side, side, 3});
  const double end = static_cast<double>(layout.byte_offset) + static_cast<double>(people) * side * side * 3;
  if (layout.byte_offset < 0 || end > static_cast<double>(std::filesystem::file_size(path))) {
    throw data_error(file.where(name), make_again, "the pixels are not in the file in one piece");
  }
  return layout.byte_offset;
}

std::vector<Person> read_people(const Hdf5Reader& file, std::size_t people, std::size_t parts) {
  const auto joints = read_exactly<float>(file, "people/joints", Hdf5Type::float32, {people, parts, 2});
  const auto labelled = read_exactly<std::uint8_t>(file, "people/labelled", Hdf5Type::uint8, {people, parts});
  const auto occluded = read_exactly<std::int8_t>(file, "people/occluded", Hdf5Type::int8, {people, parts});
  const auto maps = read_exactly<double>(file, "people/crop_to_image", Hdf5Type::float64, {people, 2, 3});
  const auto lengths = read_exactly<float>(file, "people/reference_length", Hdf5Type::float32, {people});
  const auto indices = read_exactly<std::int32_t>(file, "people/person_index", Hdf5Type::int32, {people});
  const std::vector<std::string> names = file.read_texts("people/image_name");
  if (names.size() != people) {
    throw data_error(file.where("people/image_name"), make_again, "has {} names for {} people", names.size(), people);
  }

  std::vector<Person> result(people);
  for (std::size_t n = 0; n < people; ++n) {
    Person& person = result[n];
    for (std::size_t part = n * parts; part < (n + 1) * parts; ++part) {
      if (labelled[part] > 1 || occluded[part] < -1 || occluded[part] > 1) {
        throw data_error(file.where(labelled[part] > 1 ? "people/labelled" : "people/occluded"), make_again,
                         "person {} has an unknown flag {}", n, labelled[part] > 1 ? labelled[part] : occluded[part]);
      }
      person.joints.push_back({joints[2 * part], joints[2 * part + 1]});
      person.labelled.push_back(labelled[part] == 1);
      person.occluded.push_back(static_cast<Occlusion>(occluded[part]));
    }
    std::copy_n(maps.begin() + static_cast<std::ptrdiff_t>(6 * n), 6, person.crop_to_image.begin());
    person.reference_length = lengths[n];
    person.image_name = names[n];
    person.person_index = indices[n];
    if (const std::string problem = problem_with(person, parts); !problem.empty()) {
      throw data_error(file.where("people"), make_again, "person {} ({}): {}", n, names[n], problem);
    }
  }
  return result;
}

}  // namespace

int PoseFileInfo::crop_pixels() const {
  // The small number forgives the rounding of an extent such as 1.1.
  return 2 * static_cast<int>(std::ceil(box_pixels * extent / 2 - 1e-6));
}

struct PoseFile::State {
  std::filesystem::path path;
  PoseFileInfo info;
  const Skeleton* skeleton = nullptr;
  std::vector<Person> people;
  std::int64_t pixels_offset = 0;  // bytes
  int descriptor = -1;

  ~State() {
    if (descriptor >= 0) ::close(descriptor);
  }
};

PoseFile::PoseFile(const std::filesystem::path& path) : state_(std::make_unique<State>()) {
  const Hdf5Reader file(path);
  state_->path = path;
  state_->info = read_info(file, path);
  state_->skeleton = &read_skeleton(file, state_->info.skeleton);
  std::size_t people = 0;
  state_->pixels_offset = locate_pixels(file, path, state_->info.crop_pixels(), people);
  state_->people = read_people(file, people, state_->skeleton->size());
  state_->descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (state_->descriptor < 0) throw environment_error(path.string(), "", "cannot be read: {}", std::strerror(errno));
}

PoseFile::~PoseFile() = default;
PoseFile::PoseFile(PoseFile&&) noexcept = default;
PoseFile& PoseFile::operator=(PoseFile&&) noexcept = default;

const std::filesystem::path& PoseFile::path() const { return state_->path; }
const PoseFileInfo& PoseFile::info() const { return state_->info; }
const Skeleton& PoseFile::skeleton() const { return *state_->skeleton; }
const std::vector<Person>& PoseFile::people() const { return state_->people; }

void PoseFile::read_crop(std::int64_t index, std::span<std::uint8_t> pixels) const {
  const std::int64_t side = state_->info.crop_pixels();
  const std::int64_t bytes = side * side * 3;
  if (index < 0 || index >= std::ssize(state_->people) || std::ssize(pixels) != bytes) {
    throw bug_error(state_->path.string(), "", "person {} of {}, {} bytes for a crop of {}", index,
                    state_->people.size(), pixels.size(), bytes);
  }
  for (std::int64_t done = 0; done < bytes;) {
    const ssize_t count =
        ::pread(state_->descriptor, pixels.data() + done, bytes - done, state_->pixels_offset + index * bytes + done);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) {
      throw environment_error(fmt::format("{}: images/pixels", state_->path.string()), "was the file replaced or cut?",
                              "person {} cannot be read: {}", index, count < 0 ? std::strerror(errno) : "end of file");
    }
    done += count;
  }
}

}  // namespace pbn
