#include "data/sources/mpii_json.h"

#include <map>

#include "base/error.h"
#include "base/files.h"
#include "config/skeleton.h"
#include "data/sources/annotation_formats.h"
#include "data/sources/annotation_json.h"
#include "data/sources/mpii_people.h"

namespace pbn::data {
namespace {

constexpr double head_sizes_per_scale = 25;  // Newell's normalize is 20 times the adjusted scale

void read_joints(const AnnotationJson& entry, PersonInPhotograph& person) {
  const auto parts = config::mpii16().parts.size();
  const AnnotationJson joints = entry["joints"];
  const std::vector<bool> labelled = entry["joints_vis"].flags(parts);
  joints.require_size(parts);
  for (std::size_t part = 0; part < parts; ++part) {
    if (!labelled[part]) continue;
    const std::vector<double> joint = joints[part].pixels(2);
    person.label(part, joint[0], joint[1], Occlusion::unknown, mpii_first_pixel);
  }
}

// The annotated place, before adjustment; nothing if the person has none.
std::optional<MpiiPlace> place_of(const AnnotationJson& entry) {
  const auto centre = entry.given("center"), scale = entry.given("scale");
  if (!centre || !scale || scale->pixels() <= 0) return std::nullopt;
  const std::vector<double> point = centre->pixels(2);
  return MpiiPlace{point[0], point[1], scale->pixels()};
}

}  // namespace

PhotographSet parse_mpii_json(std::string_view text, const std::string& where, const std::filesystem::path& images) {
  const Json json = parse_annotations(text, where, "mpii-json");
  const AnnotationJson entries(json, where);
  PhotographSet set = mpii_set(std::filesystem::path(where).stem().string(), "MPII Human Pose, HRNet's JSON");
  std::map<std::string, int> people_in;
  for (std::size_t n = 0; n < entries.size(); ++n) {
    const AnnotationJson entry = entries[n];
    const std::string image = photograph_name(entry["image"].text(), entry.where() + ".image");
    const int index = people_in[image]++;
    const std::optional<MpiiPlace> place = place_of(entry);
    if (!place) {
      set.leave_out("without center or scale", entry.where());
      continue;
    }
    PersonInPhotograph person = mpii_person(images, image, index, adjusted(*place));
    if (entry.given("joints")) read_joints(entry, person);
    person.reference_length = head_sizes_per_scale * place->scale;
    set.people.push_back(std::move(person));
  }
  return set;
}

PhotographSet read_mpii_json(const std::filesystem::path& annotations, const std::filesystem::path& images) {
  require_photograph_folder(images);
  return parse_mpii_json(read_file(annotations), annotations.string(), images);
}

}  // namespace pbn::data
