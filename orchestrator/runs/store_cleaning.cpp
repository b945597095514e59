#include "orchestrator/runs/store_cleaning.h"

#include <sys/stat.h>

#include <algorithm>
#include <set>

#include "base/error.h"
#include "orchestrator/runs/attempt.h"
#include "orchestrator/runs/run_state.h"
#include "orchestrator/runs/sweep_runs.h"

namespace pbn {
namespace fs = std::filesystem;
namespace {

constexpr auto unused_for = std::chrono::hours(1);

struct Extent {
  std::uint64_t bytes = 0;
  fs::file_time_type written = fs::file_time_type::min();

  void add(const Extent& other) {
    bytes += other.bytes;
    written = std::max(written, other.written);
  }
};

// Of one name, without what is below it. Files come and go while we look.
Extent extent_of(const fs::path& path) {
  struct stat status {};
  std::error_code gone;
  if (::lstat(path.c_str(), &status) != 0) return {};
  const auto written = fs::last_write_time(path, gone);
  return {static_cast<std::uint64_t>(status.st_blocks) * 512, gone ? fs::file_time_type::min() : written};
}

Extent whole_extent_of(const fs::path& path) {
  Extent extent = extent_of(path);
  std::error_code gone;
  if (!fs::is_directory(fs::symlink_status(path, gone))) return extent;
  for (auto entry = fs::recursive_directory_iterator(path, gone); !gone && entry != fs::recursive_directory_iterator();
       entry.increment(gone)) {
    extent.add(extent_of(entry->path()));
  }
  return extent;
}

bool is_temporary(const std::string& name) {
  return name.starts_with('.') && (name.ends_with(".tmp") || name.starts_with(".import-"));
}

bool is_live(const fs::path& run_folder) {
  const auto attempt = newest_attempt(run_folder);
  return attempt && AttemptObserver().is_live(*attempt);
}

class Look {
 public:
  explicit Look(const RunStore& store) : store_(store) {
    for (const std::string& sweep : recorded_sweeps(store)) {
      for (const std::string& id : read_sweep_runs(store, sweep).ids()) named_.insert(id.substr(0, 12));
    }
  }

  StoreContent content() {
    for (const std::string& run : runs_in(store_)) see_run(run);
    for (const char* folder : {"runs", "sweeps"}) see_rest(store_.root() / folder);
    see_temporaries(store_.root());  // of pbn import
    std::sort(content_.removable.begin(), content_.removable.end(), [](const Removable& a, const Removable& b) {
      return std::pair(a.written, a.path) < std::pair(b.written, b.path);
    });
    return std::move(content_);
  }

 private:
  void see_run(const std::string& run) {
    const fs::path folder = store_.folder(run);
    if (is_live(folder)) {
      seen_whole(folder);
    } else if (!named_.contains(run)) {
      add(Removable::Kind::orphan, folder, seen_whole(folder));
    } else {
      const fs::path checkpoints = folder / "ckpt";
      if (store_.has_result(run) && fs::is_directory(checkpoints)) {
        add(Removable::Kind::checkpoints, checkpoints, seen_whole(checkpoints));
      }
    }
  }

  // What is below this folder and was not seen yet.
  void see_rest(const fs::path& folder) {
    see_temporaries(folder);
    std::error_code gone;
    for (auto entry = fs::directory_iterator(folder, gone); !gone && entry != fs::directory_iterator();
         entry.increment(gone)) {
      if (!seen_.insert(entry->path()).second) continue;
      content_.bytes += extent_of(entry->path()).bytes;
      if (fs::is_directory(fs::symlink_status(entry->path(), gone))) see_rest(entry->path());
    }
  }

  void see_temporaries(const fs::path& folder) {
    std::error_code gone;
    for (auto entry = fs::directory_iterator(folder, gone); !gone && entry != fs::directory_iterator();
         entry.increment(gone)) {
      if (!is_temporary(entry->path().filename().string())) continue;
      const Extent extent = seen_whole(entry->path());
      if (fs::file_time_type::clock::now() - extent.written > unused_for)
        add(Removable::Kind::temporary, entry->path(), extent);
    }
  }

  Extent seen_whole(const fs::path& path) {
    const Extent extent = whole_extent_of(path);
    if (seen_.insert(path).second) content_.bytes += extent.bytes;
    return extent;
  }

  void add(Removable::Kind kind, const fs::path& path, const Extent& extent) {
    content_.removable.push_back({kind, path, extent.bytes, extent.written});
  }

  const RunStore& store_;
  std::set<std::string> named_;  // by some sweep
  std::set<fs::path> seen_;
  StoreContent content_;
};

}  // namespace

StoreContent look_through(const RunStore& store) { return Look(store).content(); }

std::vector<Removable> needed_to_keep_within(std::uint64_t bytes, const StoreContent& content,
                                             std::vector<Removable> chosen) {
  std::uint64_t left = content.bytes;
  for (const Removable& removable : chosen) left -= std::min(left, removable.bytes);
  for (const Removable& removable : content.removable) {
    if (left <= bytes) break;
    if (removable.kind != Removable::Kind::checkpoints) continue;
    chosen.push_back(removable);
    left -= std::min(left, removable.bytes);
  }
  return chosen;
}

bool remove(const RunStore& store, const Removable& removable) {
  const bool is_run = removable.kind == Removable::Kind::orphan;
  const fs::path run_folder = is_run ? removable.path : removable.path.parent_path();
  if (removable.kind != Removable::Kind::temporary && is_live(run_folder)) return false;
  if (removable.kind == Removable::Kind::checkpoints && !store.has_result(run_folder.filename().string())) return false;
  // Under a temporary name first: an owner that begins just now sees that its attempt is gone, and what a kill leaves
  // of this is removed the next time.
  const fs::path doomed = removable.path.parent_path() / ("." + removable.path.filename().string() + ".removed.tmp");
  std::error_code failed;
  fs::rename(removable.path, doomed, failed);
  if (failed == std::errc::no_such_file_or_directory) return false;
  if (!failed) fs::remove_all(doomed, failed);
  if (failed) throw environment_error(removable.path.string(), "", "cannot remove it: {}", failed.message());
  return true;
}

}  // namespace pbn
