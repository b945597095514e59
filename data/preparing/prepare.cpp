#include "data/preparing/prepare.h"

#include <fmt/format.h>

#include <map>
#include <set>

#include "base/error.h"
#include "base/files.h"
#include "base/parallel.h"
#include "base/progress.h"
#include "base/time.h"
#include "config/model_spec.h"
#include "data/loading/augmentation.h"
#include "data/preparing/splits.h"

namespace pbn::data {
namespace {

constexpr double most_raw_bytes = 2e9;  // the automatic encoding stores more than this as JPEGs

void require_possible(const PrepareOptions& how, const std::vector<FileToMake>& files) {
  config::require_input_side(how.box_pixels, "--box");
  if (!(how.extent >= 1 && how.extent <= 4))
    throw usage_error("--extent", "expected 1 to 4", "{} is not allowed", how.extent);
  if (how.jpeg_quality < 1 || how.jpeg_quality > 100) {
    throw usage_error("--quality", "expected 1 to 100", "{} is not allowed", how.jpeg_quality);
  }
  if (how.jobs < 0) throw usage_error("--jobs", "0 is one for each core", "{} is not allowed", how.jobs);
  if (files.empty()) throw usage_error("prepare", "name the file to write", "there is nothing to prepare");
  std::set<std::filesystem::path> named;
  for (const auto& [split, file] : files) {
    if (!named.insert(std::filesystem::absolute(file).lexically_normal()).second) {
      throw usage_error(file.string(), "give each split its own file", "is named for two splits");
    }
    if (std::filesystem::exists(file) && !how.force) {
      throw usage_error(file.string(), "give --force to replace it", "the file exists already");
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
  return Error(Blame::requeue, file.string(), "was not written, because the program was stopped", "start it again");
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

// The same photograph can occur with different stated sizes.
using Stated = std::pair<std::filesystem::path, std::optional<StatedSize>>;

Stated stated(const PersonInPhotograph& person) { return {person.photograph, person.stated_size}; }

// Empty if the photograph can be decoded and has the stated size.
std::string problem_with(const Stated& photograph) {
  try {
    read_oriented_photograph(photograph.first, photograph.second);
    return "";
  } catch (const Error& error) {
    return error.problem;
  }
}

// `--skip-bad`: decodes every photograph of the set once and removes the people in those that cannot be decoded or
// whose size differs from the annotated one. Returns these people in the order of the set: "im0007.jpg person 0: is a
// JPEG that was cut short". Throws a data error if nobody is left, and a requeue error after a request to stop.
std::vector<std::string> leave_out_unreadable(PhotographSet& set, const PrepareOptions& how) {
  std::set<Stated> distinct;
  for (const PersonInPhotograph& person : set.people) distinct.insert(stated(person));
  const std::vector<Stated> photographs(distinct.begin(), distinct.end());
  Progress progress(fmt::format("check {} {}", set.info.dataset, set.info.split), std::ssize(photographs), "images",
                    how.show_progress);
  std::map<Stated, std::string> bad;
  std::size_t checked = 0;
  const auto check = [&](std::int64_t n) { return problem_with(photographs[static_cast<std::size_t>(n)]); };
  in_order(std::ssize(photographs), how.jobs, check, [&](std::string problem) {
    if (how.stop_requested()) throw Error(Blame::requeue, set.info.dataset, "the check was stopped", "start it again");
    if (!problem.empty()) bad.emplace(photographs[checked], std::move(problem));
    ++checked;
    progress.advance();
  });

  std::vector<std::string> skipped;
  std::erase_if(set.people, [&](const PersonInPhotograph& person) {
    const auto found = bad.find(stated(person));
    if (found == bad.end()) return false;
    skipped.push_back(fmt::format("{}: {}", person.name(), found->second));
    return true;
  });
  if (set.people.empty()) {
    throw data_error(set.info.dataset, "is this the folder of the photographs?", "no photograph is usable; {}",
                     skipped.front());
  }
  return skipped;
}

PreparedFile write_photographs(const std::filesystem::path& file, PhotographSet set, const PrepareOptions& how) {
  if (how.skip_bad) {
    set.info.skipped = leave_out_unreadable(set, how);
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
      const bool hint_names_option = error.hint.find("--skip-bad") != std::string::npos;
      throw Error(error.blame, fmt::format("{} (person {})", person.photograph.string(), person.index), error.problem,
                  hint_names_option ? error.hint : "--skip-bad leaves out its people");
    }
  };
  PreparedFile result = write_people(file, set.info, std::ssize(set.people), how, make);
  result.photographs = tally.facts();
  return result;
}

double default_cut_share(const PrepareOptions& how) {
  PoseFileInfo info;
  info.box_pixels = how.box_pixels;
  info.extent = how.extent;
  return cut_share(info, default_augmentation());
}

}  // namespace

PrepareSummary prepare_photographs(const PhotographOptions& options) {
  const Stopwatch watch;
  require_possible(options.how, options.files);
  std::vector<std::string> wanted;
  for (const FileToMake& file : options.files) wanted.push_back(file.split);
  Splits splits(*options.data_set, options.place, options.hold_out, wanted);
  PrepareSummary summary{.dataset = options.data_set->name, .cut_share = default_cut_share(options.how)};
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
  PrepareSummary summary{.dataset = "synthetic", .cut_share = default_cut_share(options.how)};
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

}  // namespace pbn::data
