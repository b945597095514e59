#include "data/preparing/prepare.h"

#include <fmt/format.h>

#include <set>

#include "base/error.h"
#include "base/files.h"
#include "base/parallel.h"
#include "base/progress.h"
#include "base/time.h"
#include "config/model_spec.h"
#include "data/loading/cut_share.h"
#include "data/preparing/photograph_tally.h"
#include "data/preparing/splits.h"
#include "data/preparing/unreadable_photographs.h"

namespace pbn {
namespace {

constexpr double most_raw_bytes = 2e9;  // more is stored as JPEGs unless told otherwise

void require_possible(const PrepareOptions& how, const std::vector<FileToMake>& files) {
  require_input_side(how.box_pixels, "--box");
  if (!(how.extent >= 1 && how.extent <= 4))
    throw usage_error("--extent", "expected 1 to 4", "{} is not allowed", how.extent);
  if (how.jpeg_quality < 1 || how.jpeg_quality > 100) {
    throw usage_error("--quality", "expected 1 to 100", "{} is not allowed", how.jpeg_quality);
  }
  if (how.jobs < 0) throw usage_error("--jobs", "0 is one for each core", "{} is not allowed", how.jobs);
  if (files.empty()) throw usage_error("prepare", "name the file to write", "there is nothing to make");
  std::set<std::filesystem::path> named;
  for (const auto& [split, file] : files) {
    if (!named.insert(std::filesystem::absolute(file).lexically_normal()).second) {
      throw usage_error(file.string(), "give each split its own", "is to hold two splits");
    }
    if (std::filesystem::exists(file) && !how.force) {
      throw usage_error(file.string(), "give --force to replace it", "there is such a file already");
    }
  }
}

int jpeg_quality_for(const PrepareOptions& how, const PoseFileInfo& info, std::int64_t people) {
  const double raw_bytes = 3.0 * info.crop_pixels() * info.crop_pixels() * static_cast<double>(people);
  const bool as_jpeg =
      how.encoding == Encoding::jpeg || (how.encoding == Encoding::automatic && raw_bytes > most_raw_bytes);
  return as_jpeg ? how.jpeg_quality : 0;
}

Error stopped(const std::filesystem::path& file) {
  return Error(Blame::requeue, file.string(), "was not made, because we were stopped", "start it again");
}

PreparedFile write_people(const std::filesystem::path& file, PoseFileInfo info, std::int64_t people,
                          const PrepareOptions& how,
                          const std::function<CroppedPerson(const PoseFileInfo&, std::int64_t)>& make) {
  info.box_pixels = how.box_pixels;
  info.extent = how.extent;
  info.jpeg_quality = jpeg_quality_for(how, info, people);
  PreparedFile result{.file = file, .info = info};
  if (file.has_parent_path()) make_writable_folder(file.parent_path());
  PoseFileWriter writer(file, info, people);
  Progress progress(fmt::format("prepare {} {}", info.dataset, info.split), people, "images", how.show_progress);
  const auto make_stored = [&](std::int64_t n) {
    CroppedPerson person = make(info, n);
    person.crop = stored_crop(info, std::move(person.crop));
    return person;
  };
  in_order(people, how.jobs, make_stored, [&](const CroppedPerson& made) {
    if (how.stop_requested()) throw stopped(file);
    writer.add(made.person, made.crop);
    result.count(made.person);
    progress.advance();
  });
  result.info.fingerprint = writer.finish();
  return result;
}

PreparedFile write_photographs(const std::filesystem::path& file, PhotographSet set, const PrepareOptions& how) {
  if (how.skip_bad) {
    set.info.skipped = leave_out_unreadable(set, how.jobs, how.show_progress, how.stop_requested);
  } else {
    require_photographs(set);
  }
  PhotographTally tally(set);
  const auto make = [&](const PoseFileInfo& info, std::int64_t n) {
    const PersonInPhotograph& person = set.people[static_cast<std::size_t>(n)];
    try {
      CutOut cut = cut_out(person, info, set.first_pixel);
      tally.note(static_cast<std::size_t>(n), cut);
      return std::move(cut.cropped);
    } catch (const Error& error) {
      const bool says_it = error.hint.find("--skip-bad") != std::string::npos;
      throw Error(error.blame, fmt::format("{} (person {})", person.photograph.string(), person.index), error.problem,
                  says_it ? error.hint : "--skip-bad leaves out whom it shows");
    }
  };
  PreparedFile result = write_people(file, set.info, std::ssize(set.people), how, make);
  result.photographs = tally.facts();
  return result;
}

double standard_cut_share(const PrepareOptions& how) {
  PoseFileInfo info;
  info.box_pixels = how.box_pixels;
  info.extent = how.extent;
  return cut_share(info, standard_augmentation());
}

}  // namespace

PrepareSummary prepare_photographs(const PhotographOptions& options) {
  const Stopwatch watch;
  require_possible(options.how, options.files);
  std::vector<std::string> wanted;
  for (const FileToMake& file : options.files) wanted.push_back(file.split);
  Splits splits(*options.data_set, options.place, options.hold_out, wanted);
  PrepareSummary summary{.dataset = options.data_set->name, .cut_share = standard_cut_share(options.how)};
  for (const FileToMake& file : options.files) {
    summary.files.push_back(write_photographs(file.file, splits.people_of(file.split), options.how));
  }
  summary.left_out = splits.left_out();
  summary.remarks = splits.remarks();
  summary.seconds = watch.seconds();
  return summary;
}

PrepareSummary prepare_synthetic(const SyntheticOptions& options) {
  const Stopwatch watch;
  require_possible(options.how, options.files);
  require_recipe(options.recipe);
  if (options.people && *options.people < 1)
    throw usage_error("--people", "expected 1 or more", "{} is not allowed", *options.people);
  PrepareSummary summary{.dataset = "synthetic", .cut_share = standard_cut_share(options.how)};
  for (const FileToMake& file : options.files) {
    const SyntheticSplit split = synthetic_split(file.split);
    const std::int64_t people = options.people.value_or(split == SyntheticSplit::train ? 1000 : 300);
    const auto draw = [&](const PoseFileInfo& info, std::int64_t n) {
      return draw_synthetic_person(info, options.recipe, split, static_cast<std::uint32_t>(n));
    };
    summary.files.push_back(write_people(file.file, synthetic_info(options.recipe, split), people, options.how, draw));
  }
  summary.seconds = watch.seconds();
  return summary;
}

}  // namespace pbn
