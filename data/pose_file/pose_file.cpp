#include "data/pose_file/pose_file.h"

#include <cmath>

#include "base/error.h"
#include "data/hdf5/hdf5.h"
#include "data/pose_file/expected_dataset.h"
#include "data/pose_file/pose_digests.h"
#include "data/pose_file/stored_crops.h"

namespace pbn::data {
namespace {

// Reads an integer attribute; the range rules out absurd allocations.
int whole_number(const Hdf5Reader& file, const std::string& name, int low, int high) {
  const double value = file.number_attribute(name);
  if (!(value >= low && value <= high) || value != std::floor(value)) {
    throw data_error(file.where(name), pose_file_rules, "is {}; expected a whole number from {} to {}", value, low,
                     high);
  }
  return static_cast<int>(value);
}

const config::Skeleton& read_skeleton(const Hdf5Reader& file) {
  try {
    return config::skeleton_of_text(file.text_attribute("skeleton"));
  } catch (const Error& error) {
    throw data_error(file.where("skeleton"), error.hint, "{}", error.problem);
  }
}

PoseFileInfo read_info(const Hdf5Reader& file, const std::filesystem::path& path) {
  if (!file.has_attribute("format") || file.text_attribute("format") != "pbn-pose") {
    throw data_error(path.string(), "`pbn prepare` makes them; docs/file-formats.md says what they hold",
                     "is an HDF5 file, but not a pose file");
  }
  if (const double version = file.number_attribute("version"); version != 1 && version != 2) {
    throw data_error(file.where("version"), pose_file_rules, "this program reads versions 1 and 2, not {}", version);
  }
  PoseFileInfo info;
  info.skeleton = &read_skeleton(file);
  info.dataset = file.text_attribute("dataset");
  info.split = file.text_attribute("split");
  info.source = file.text_attribute("source");
  info.reference = file.text_attribute("reference");
  info.box_pixels = whole_number(file, "box_pixels", 64, 4096);
  info.extent = file.number_attribute("extent");
  if (file.has_attribute("jpeg_quality")) info.jpeg_quality = whole_number(file, "jpeg_quality", 1, 100);
  info.fingerprint = file.text_attribute("fingerprint");
  if (info.box_pixels % 64 != 0) {
    throw data_error(file.where("box_pixels"), pose_file_rules, "is {}, not a multiple of 64", info.box_pixels);
  }
  if (!(info.extent >= 1 && info.extent <= 4)) {
    throw data_error(file.where("extent"), pose_file_rules, "is {}; expected 1 to 4", info.extent);
  }
  if (!config::is_reference(info.reference)) {
    throw data_error(file.where("reference"), pose_file_rules, "is \"{}\"; expected head, torso, box or pair",
                     info.reference);
  }
  if (info.fingerprint.size() != 64)
    throw data_error(file.where("fingerprint"), pose_file_rules, "is not a SHA-256 sum");
  if (file.has_attribute("people_sha256")) info.given_people_sha256 = file.text_attribute("people_sha256");
  if (file.has_attribute("generator")) info.generator = file.text_attribute("generator");
  if (file.has("skipped")) info.skipped = file.read_texts("skipped");
  return info;
}

PeopleColumns read_columns(const Hdf5Reader& file, std::size_t people, std::size_t parts) {
  PeopleColumns columns;
  columns.joints = read_expected<float>(file, "people/joints", {people, parts, 2});
  columns.labelled = read_expected<std::uint8_t>(file, "people/labelled", {people, parts});
  columns.occluded = read_expected<std::int8_t>(file, "people/occluded", {people, parts});
  columns.crop_to_image = read_expected<double>(file, "people/crop_to_image", {people, 2, 3});
  columns.reference_length = read_expected<float>(file, "people/reference_length", {people});
  columns.person_index = read_expected<std::int32_t>(file, "people/person_index", {people});
  columns.image_name = file.read_texts("people/image_name");
  if (columns.image_name.size() != people) {
    throw data_error(file.where("people/image_name"), pose_file_rules, "has {} names for {} people",
                     columns.image_name.size(), people);
  }
  return columns;
}

std::vector<Person> people_in(const Hdf5Reader& file, const PeopleColumns& columns, std::size_t parts) {
  const auto& [joints, labelled, occluded, maps, lengths, indices, names] = columns;
  std::vector<Person> result(names.size());
  for (std::size_t n = 0; n < result.size(); ++n) {
    Person& person = result[n];
    for (std::size_t part = n * parts; part < (n + 1) * parts; ++part) {
      if (labelled[part] > 1 || occluded[part] < -1 || occluded[part] > 1) {
        throw data_error(file.where(labelled[part] > 1 ? "people/labelled" : "people/occluded"), pose_file_rules,
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
    if (const auto problem = problem_with(person, parts)) {
      throw data_error(file.where("people/" + problem->dataset), pose_file_rules, "person {} ({}): {}", n, names[n],
                       problem->text);
    }
  }
  return result;
}

}  // namespace

int PoseFileInfo::crop_pixels() const {
  // 1e-6 compensates for rounding of extents such as 1.1.
  return 2 * static_cast<int>(std::ceil(box_pixels * extent / 2 - 1e-6));
}

struct PoseFile::State {
  std::filesystem::path path;
  PoseFileInfo info;
  StoredCrops crops;
  std::vector<Person> people;

  State(const Hdf5Reader& file, const std::filesystem::path& where)
      : path(where), info(read_info(file, path)), crops(file, path, info) {
    const auto parts = static_cast<std::size_t>(info.skeleton->size());
    const PeopleColumns columns = read_columns(file, static_cast<std::size_t>(crops.size()), parts);
    info.people_sha256 = people_sha256(info, columns);
    people = people_in(file, columns, parts);
  }
};

PoseFile::PoseFile(const std::filesystem::path& path, PeopleDigest digest)
    : state_(std::make_unique<State>(Hdf5Reader(path), path)) {
  const std::string &given = info().given_people_sha256, &found = info().people_sha256;
  if (digest == PeopleDigest::ignored || given.empty() || given == found) return;
  throw data_error(path.string(), fmt::format("`pbn renew {}` gives it a new fingerprint", path.string()),
                   "was changed since its fingerprint was made: its people_sha256 does not match its people");
}

PoseFile::~PoseFile() = default;
PoseFile::PoseFile(PoseFile&&) noexcept = default;
PoseFile& PoseFile::operator=(PoseFile&&) noexcept = default;

const std::filesystem::path& PoseFile::path() const { return state_->path; }
const PoseFileInfo& PoseFile::info() const { return state_->info; }
const config::Skeleton& PoseFile::skeleton() const { return *state_->info.skeleton; }
const std::vector<Person>& PoseFile::people() const { return state_->people; }

void PoseFile::read_crop(std::int64_t index, std::span<std::uint8_t> pixels) const {
  const int side = state_->info.crop_pixels();
  read_crop(index, {0, 0, side, side}, pixels);
}

void PoseFile::read_crop(std::int64_t index, const Window& window, std::span<std::uint8_t> pixels) const {
  state_->crops.read(index, window, pixels);
}

std::vector<std::uint8_t> PoseFile::read_stored(std::int64_t index) const { return state_->crops.read_stored(index); }

}  // namespace pbn::data
