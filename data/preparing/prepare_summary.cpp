#include "data/preparing/prepare_summary.h"

#include <fmt/format.h>

#include "base/counted.h"
#include "base/time.h"

namespace pbn {
namespace {

std::string encoding_of(const PoseFileInfo& info) {
  return info.jpeg_quality == 0 ? "raw" : fmt::format("jpeg {}", info.jpeg_quality);
}

Table table_of(const std::vector<PreparedFile>& files) {
  Table table{{"file", "split", "people", "labelled joints", "occluded", "outside the crop", "crops", "fingerprint"},
              {}};
  for (const PreparedFile& file : files) {
    const bool is_unknown = file.unknown_occlusion == file.labelled;
    table.rows.push_back({file.file.string(), file.info.split, fmt::format("{}", file.people),
                          fmt::format("{}", file.labelled), is_unknown ? "unknown" : fmt::format("{}", file.occluded),
                          fmt::format("{}", file.outside), encoding_of(file.info),
                          file.info.fingerprint.substr(0, 12)});
  }
  return table;
}

std::string skipped_people(const PreparedFile& file) {
  const auto& skipped = file.info.skipped;
  if (skipped.empty()) return "";
  constexpr std::size_t shown = 10;
  std::string text = fmt::format("{}: {} skipped, their photographs cannot be used:\n", file.file.string(),
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

}  // namespace

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

std::string PrepareSummary::table() const { return table_of(files).for_terminal(); }

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
        "The crops hold {:.1f}% of the standard augmentation's views whole (--extent {}); {:.1f}% are "
        "cut.\n",
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

}  // namespace pbn
