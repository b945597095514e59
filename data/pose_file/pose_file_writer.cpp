#include "base/error.h"
#include "base/files.h"
#include "config/model_spec.h"
#include "data/hdf5/hdf5.h"
#include "data/photographs/image.h"
#include "data/pose_file/pose_digests.h"
#include "data/pose_file/pose_file.h"
#include "data/pose_file/stored_crops.h"

namespace pbn::data {
namespace {

void write_info(Hdf5Writer& file, const PoseFileInfo& info) {
  file.write_attribute("format", std::string("pbn-pose"));
  const std::string& skeleton = info.skeleton->text;
  const bool is_shipped = skeleton == info.skeleton->name;
  file.write_attribute("version", std::int64_t{is_shipped ? 1 : 2});  // earlier programs know no definitions
  file.write_attribute("skeleton", skeleton);
  file.write_attribute("dataset", info.dataset);
  file.write_attribute("split", info.split);
  file.write_attribute("source", info.source);
  file.write_attribute("reference", info.reference);
  file.write_attribute("box_pixels", std::int64_t{info.box_pixels});
  file.write_attribute("extent", info.extent);
  if (info.jpeg_quality > 0) file.write_attribute("jpeg_quality", std::int64_t{info.jpeg_quality});
  file.write_attribute("fingerprint", info.fingerprint);
  file.write_attribute("people_sha256", info.people_sha256);
  file.write_attribute("generator", std::string("pbn"));
  file.write_attribute("skipped", std::int64_t{std::ssize(info.skipped)});
  if (!info.skipped.empty()) file.write_texts("skipped", info.skipped);
}

}  // namespace

std::vector<std::uint8_t> stored_crop(const PoseFileInfo& info, std::vector<std::uint8_t> crop) {
  const int side = info.crop_pixels();
  if (std::ssize(crop) != std::int64_t{side} * side * 3) {
    throw bug_error("stored crop", "", "{} bytes are no crop of side {}", crop.size(), side);
  }
  if (info.jpeg_quality == 0) return crop;
  const std::string jpeg = encode_jpeg({side, side, std::move(crop)}, info.jpeg_quality);
  return {jpeg.begin(), jpeg.end()};
}

struct PoseFileWriter::State {
  PoseFileInfo info;
  std::size_t people;
  std::size_t parts;
  UnfinishedFile unfinished;  // declared before `file`, which it must outlive
  Hdf5Writer file;
  StoredCropsWriter crops;
  PeopleColumns columns;  // collected in memory while the crops go to the file
  PoseFingerprint fingerprint;

  State(const std::filesystem::path& path, PoseFileInfo about, std::int64_t count)
      : info(std::move(about)),
        people(static_cast<std::size_t>(count)),
        parts(static_cast<std::size_t>(info.skeleton->size())),
        unfinished(path),
        file(unfinished.path()),
        crops(file, info, count, unfinished.path()),
        fingerprint(info, count) {}
};

PoseFileWriter::PoseFileWriter(const std::filesystem::path& file, PoseFileInfo info, std::int64_t people) {
  config::require_input_side(info.box_pixels, "box");
  if (!(info.extent >= 1 && info.extent <= 4)) throw usage_error("extent", "", "is {}; expected 1 to 4", info.extent);
  if (info.jpeg_quality < 0 || info.jpeg_quality > 100) {
    throw usage_error("jpeg quality", "", "is {}; expected 1 to 100, or 0 for raw pixels", info.jpeg_quality);
  }
  if (people < 1) throw data_error(file.string(), "", "there are no people to write");
  state_ = std::make_unique<State>(file, std::move(info), people);
}

PoseFileWriter::~PoseFileWriter() = default;

void PoseFileWriter::add(const Person& person, std::span<const std::uint8_t> stored) {
  const std::size_t index = state_->columns.image_name.size();
  if (const auto problem = problem_with(person, state_->parts)) {
    throw data_error(fmt::format("{} (person {})", person.image_name, index + 1), "", "{}", problem->text);
  }
  if (index >= state_->people) throw bug_error(person.image_name, "", "more than {} people", state_->people);
  state_->crops.add(stored);
  state_->columns.add(person);
  state_->fingerprint.add(person, stored);
}

std::string PoseFileWriter::finish() {
  const PeopleColumns& columns = state_->columns;
  const std::size_t people = state_->people, parts = state_->parts;
  if (columns.image_name.size() != people) {
    throw bug_error("pose file", "", "{} people were added, {} were announced", columns.image_name.size(), people);
  }
  state_->crops.finish();
  Hdf5Writer& file = state_->file;
  file.write("people/joints", {people, parts, 2}, view(columns.joints));
  file.write("people/labelled", {people, parts}, view(columns.labelled));
  file.write("people/occluded", {people, parts}, view(columns.occluded));
  file.write("people/crop_to_image", {people, 2, 3}, view(columns.crop_to_image));
  file.write("people/reference_length", {people}, view(columns.reference_length));
  file.write("people/person_index", {people}, view(columns.person_index));
  file.write_texts("people/image_name", columns.image_name);
  state_->info.fingerprint = state_->fingerprint.hex();
  state_->info.people_sha256 = people_sha256(state_->info, columns);
  write_info(file, state_->info);
  file.close();
  state_->unfinished.commit();
  return state_->info.fingerprint;
}

}  // namespace pbn::data
