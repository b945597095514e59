#include "data/prepare.h"

#include <fmt/format.h>

#include <chrono>
#include <functional>

#include "base/error.h"
#include "base/files.h"
#include "base/progress.h"
#include "config/model_spec.h"
#include "data/in_order.h"
#include "data/sources/lsp.h"
#include "data/sources/lspet.h"

namespace pbn {
namespace {

using MakePerson = std::function<CroppedPerson(std::int64_t)>;

void require_possible(const PrepareOptions& how, const std::vector<std::filesystem::path>& files) {
  require_input_side(how.box_pixels, "--box");
  bool any = false;
  for (const std::filesystem::path& file : files) {
    if (file.empty()) continue;
    any = true;
    if (std::filesystem::exists(file) && !how.force) {
      throw usage_error(file.string(), "give --force to replace it", "there is such a file already");
    }
  }
  if (!any) throw usage_error("prepare", "name the file to write", "there is nothing to make");
}

void count_joints(const Person& person, double crop_pixels, PreparedFile& result) {
  for (std::size_t part = 0; part < person.joints.size(); ++part) {
    if (!person.labelled[part]) continue;
    const auto [x, y] = person.joints[part];
    ++result.labelled;
    result.occluded += person.occluded[part] == Occlusion::occluded;
    result.unknown_occlusion += person.occluded[part] == Occlusion::unknown;
    result.outside += !(x >= 0 && y >= 0 && x < crop_pixels && y < crop_pixels);
  }
}

PreparedFile write_people(const std::filesystem::path& file, const PoseFileInfo& info, std::int64_t people,
                          const PrepareOptions& how, const MakePerson& make) {
  PreparedFile result{.file = file, .split = info.split, .people = people};
  if (file.has_parent_path()) make_writable_folder(file.parent_path());
  PoseFileWriter writer(file, info, people);
  Progress progress(fmt::format("prepare {} {}", info.dataset, info.split), people, "images", how.show_progress);
  in_order(people, how.threads, make, [&](CroppedPerson cropped) {
    writer.add(cropped.person, cropped.crop);
    count_joints(cropped.person, info.crop_pixels(), result);
    progress.advance();
  });
  result.fingerprint = writer.finish();
  return result;
}

PreparedFile write_photographs(const std::filesystem::path& file, PhotographSet set, const PrepareOptions& how) {
  set.info.box_pixels = how.box_pixels;
  set.info.extent = how.extent;
  return write_people(file, set.info, std::ssize(set.people), how, [&](std::int64_t n) {
    try {
      return cut_out(set.people[n], set.info, set.first_pixel);
    } catch (const Error& error) {
      throw Error(error.blame, fmt::format("{} ({} person {})", error.where, set.info.split, n + 1), error.problem,
                  error.hint);
    }
  });
}

class Stopwatch {
 public:
  double seconds() const { return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count(); }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace

std::int64_t PrepareSummary::people() const {
  std::int64_t sum = 0;
  for (const PreparedFile& file : files) sum += file.people;
  return sum;
}

Table PrepareSummary::table() const {
  Table table{{"file", "split", "people", "labelled joints", "occluded", "outside the crop", "fingerprint"}, {}};
  for (const PreparedFile& file : files) {
    const bool unknown = file.unknown_occlusion == file.labelled;
    table.rows.push_back({file.file.string(), file.split, fmt::format("{}", file.people),
                          fmt::format("{}", file.labelled), unknown ? "unknown" : fmt::format("{}", file.occluded),
                          fmt::format("{}", file.outside), file.fingerprint.substr(0, 12)});
  }
  return table;
}

Json PrepareSummary::json() const {
  Json result{{"dataset", dataset}, {"seconds", seconds}, {"images_per_second", people() / seconds}};
  for (const PreparedFile& file : files) {
    result["files"].push_back({{"file", file.file.string()},
                               {"split", file.split},
                               {"people", file.people},
                               {"labelled", file.labelled},
                               {"occluded", file.occluded},
                               {"unknown_occlusion", file.unknown_occlusion},
                               {"outside", file.outside},
                               {"fingerprint", file.fingerprint}});
  }
  return result;
}

PrepareSummary prepare_lsp(const LspOptions& options) {
  const Stopwatch watch;
  require_possible(options.how, {options.train_file, options.test_file});
  PrepareSummary summary{.dataset = "lsp"};
  for (const auto& [file, split] :
       {std::pair(options.train_file, LspSplit::train), std::pair(options.test_file, LspSplit::test)}) {
    if (!file.empty()) summary.files.push_back(write_photographs(file, read_lsp(options.folder, split), options.how));
  }
  summary.seconds = watch.seconds();
  return summary;
}

PrepareSummary prepare_lspet(const LspetOptions& options) {
  const Stopwatch watch;
  require_possible(options.how, {options.train_file});
  PrepareSummary summary{.dataset = "lspet"};
  summary.files.push_back(write_photographs(options.train_file, read_lspet(options.folder), options.how));
  summary.seconds = watch.seconds();
  return summary;
}

PrepareSummary prepare_synthetic(const SyntheticOptions& options) {
  const Stopwatch watch;
  require_possible(options.how, {options.train_file, options.validation_file});
  require_recipe(options.recipe);
  PrepareSummary summary{.dataset = "synthetic"};
  const auto draw = [&](const std::filesystem::path& file, SyntheticSplit split, std::int64_t people) {
    if (file.empty()) return;
    PoseFileInfo info = synthetic_info(options.recipe, split);
    info.box_pixels = options.how.box_pixels;
    info.extent = options.how.extent;
    summary.files.push_back(write_people(file, info, people, options.how, [&](std::int64_t n) {
      return draw_synthetic_person(info, options.recipe, split, static_cast<std::uint32_t>(n));
    }));
  };
  draw(options.train_file, SyntheticSplit::train, options.train_people);
  draw(options.validation_file, SyntheticSplit::validation, options.validation_people);
  summary.seconds = watch.seconds();
  return summary;
}

}  // namespace pbn
