#include "data/preparing/prepare_summary.h"

#include <fmt/format.h>

#include <array>
#include <set>

#include "base/counted.h"
#include "base/time.h"

namespace pbn::data {
namespace {

std::string encoding_of(const PoseFileInfo& info) {
  return info.jpeg_quality == 0 ? "raw" : fmt::format("jpeg {}", info.jpeg_quality);
}

std::string skipped_people(const PreparedFile& file) {
  const auto& skipped = file.info.skipped;
  if (skipped.empty()) return "";
  constexpr std::size_t shown = 10;
  std::string text = fmt::format("{}: {} skipped, because their photographs cannot be used:\n", file.file.string(),
                                 counted(skipped.size(), "person", "people"));
  for (std::size_t n = 0; n < std::min(shown, skipped.size()); ++n) text += fmt::format("  {}\n", skipped[n]);
  if (skipped.size() > shown)
    text += fmt::format("  and {} more, all in the file's `skipped`\n", skipped.size() - shown);
  return text;
}

Json json_of(const PreparedFile& file) {
  return {{"file", file.file.string()},
          {"split", file.info.split},
          {"people", file.people},
          {"labelled", file.labelled},
          {"occluded", file.occluded},
          {"unknown_occlusion", file.unknown_occlusion},
          {"outside", file.outside},
          {"photographs", file.photographs.json()},
          {"encoding", file.info.jpeg_quality == 0 ? "raw" : "jpeg"},
          {"jpeg_quality", file.info.jpeg_quality},
          {"skipped", file.info.skipped},
          {"fingerprint", file.info.fingerprint}};
}

void count(Tally& tally, const std::string& name) {
  if (tally.count++ == 0) tally.first = name;
}

Json json_of(const Tally& tally) { return {{"count", tally.count}, {"first", tally.first}}; }

std::string line(const std::string& file, const Tally& tally, const std::string& what) {
  if (tally.count == 0) return "";
  return fmt::format("{}: {} {} (the first: {})\n", file, counted(tally.count, "photograph"), what, tally.first);
}

}  // namespace

std::string PhotographFacts::text(const std::string& file) const {
  std::string text =
      line(file, turned, "turned by the camera's note (EXIF) to match the stated width and height") +
      line(file, undecided,
           "taken as stored: the camera's note (EXIF) would turn them, and no stated width and height decide it") +
      line(file, unstated, "taken as stored and unchecked: the annotations do not state their width and height");
  if (joints_outside > 0) {
    text += fmt::format("{}: {} outside the photograph, of {} (the first: {})\n", file,
                        counted(joints_outside, "labelled joint lies", "labelled joints lie"),
                        counted(people_outside.count, "person", "people"), people_outside.first);
  }
  return text;
}

Json PhotographFacts::json() const {
  return {{"turned", json_of(turned)},
          {"undecided", json_of(undecided)},
          {"unstated", json_of(unstated)},
          {"joints_outside", joints_outside},
          {"people_outside", json_of(people_outside)}};
}

void PhotographTally::note(std::size_t person, const CutOut& cut) {
  turnings_[person] = cut.turning;
  outside_[person] = cut.joints_outside;
}

PhotographFacts PhotographTally::facts() const {
  PhotographFacts facts;
  std::set<std::string> counted_photographs;
  for (std::size_t n = 0; n < set_.people.size(); ++n) {
    const PersonInPhotograph& person = set_.people[n];
    if (outside_[n] > 0) count(facts.people_outside, person.name());
    facts.joints_outside += outside_[n];
    if (turnings_[n] == Turning::as_stored || !counted_photographs.insert(person.image_name).second) continue;
    const std::array tallies{&facts.turned, &facts.undecided, &facts.unstated};
    count(*tallies[static_cast<std::size_t>(turnings_[n]) - 1], person.image_name);
  }
  return facts;
}

void PreparedFile::count(const Person& person) {
  const double side = info.crop_pixels();
  ++people;
  for (std::size_t part = 0; part < person.joints.size(); ++part) {
    if (!person.labelled[part]) continue;
    const auto [x, y] = person.joints[part];
    ++labelled;
    occluded += person.occluded[part] == Occlusion::occluded;
    unknown_occlusion += person.occluded[part] == Occlusion::unknown;
    outside += !(x >= 0 && y >= 0 && x < side && y < side);
  }
}

std::int64_t PrepareSummary::people() const {
  std::int64_t sum = 0;
  for (const PreparedFile& file : files) sum += file.people;
  return sum;
}

std::string PrepareSummary::table() const {
  Table table{{"file", "split", "people", "labelled joints", "occluded", "outside the crop", "crops", "fingerprint"},
              {}};
  for (const PreparedFile& file : files) {
    const bool is_unknown = file.unknown_occlusion == file.labelled;
    table.rows.push_back({file.file.string(), file.info.split, fmt::format("{}", file.people),
                          fmt::format("{}", file.labelled), is_unknown ? "unknown" : fmt::format("{}", file.occluded),
                          fmt::format("{}", file.outside), encoding_of(file.info),
                          file.info.fingerprint.substr(0, 12)});
  }
  return table.for_terminal();
}

std::string PrepareSummary::text() const {
  std::string text = table();
  for (const LeftOut& group : left_out) {
    text +=
        fmt::format("{} of the annotations left out: {} (the first: {})\n", group.people, group.reason, group.first);
  }
  for (const std::string& remark : remarks) text += fmt::format("{}\n", remark);
  for (const PreparedFile& file : files) text += file.photographs.text(file.file.string()) + skipped_people(file);
  if (!files.empty()) {
    text += fmt::format(
        "{:.1f}% of the default augmentation's views lie within the crops (--extent {}); {:.1f}% are cut.\n",
        100 * (1 - cut_share), files.front().info.extent, 100 * cut_share);
  }
  return text + fmt::format("{} in {}.\n", counted(people(), "person", "people"), human_duration(seconds));
}

Json PrepareSummary::json() const {
  Json result{{"dataset", dataset},
              {"seconds", seconds},
              {"images_per_second", static_cast<double>(people()) / seconds},
              {"cut_share", cut_share},
              {"left_out", Json::array()},
              {"remarks", remarks},
              {"files", Json::array()}};
  for (const LeftOut& group : left_out) {
    result["left_out"].push_back({{"reason", group.reason}, {"people", group.people}, {"first", group.first}});
  }
  for (const PreparedFile& file : files) result["files"].push_back(json_of(file));
  return result;
}

}  // namespace pbn::data
