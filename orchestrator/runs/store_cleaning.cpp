#include "orchestrator/runs/store_cleaning.h"

#include <sys/stat.h>

#include <algorithm>
#include <set>

#include "base/error.h"
#include "orchestrator/runs/attempt.h"
#include "orchestrator/runs/run_state.h"
#include "orchestrator/runs/sweep_record.h"
#include "orchestrator/runs/sweep_runs.h"

namespace pbn::runs {
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

// The extent of a single path, without the content of a folder. Files may vanish during the scan.
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

void for_each_path_in(const fs::path& folder, const auto& visit) {
  std::error_code gone;
  for (auto entry = fs::directory_iterator(folder, gone); !gone && entry != fs::directory_iterator();
       entry.increment(gone)) {
    visit(entry->path());
  }
}

bool is_temporary(const std::string& name) {
  return name.starts_with('.') && (name.ends_with(".tmp") || name.starts_with(".import-"));
}

class StoreScan {
 public:
  explicit StoreScan(const RunStore& store) : store_(store) {
    for (const std::string& sweep : recorded_sweeps(store)) {
      for (const std::string& id : read_sweep_runs(store, sweep).ids()) named_.insert(id.substr(0, 12));
      named_.insert(read_sweep_record(store, sweep).program.digest.substr(0, 12));
    }
  }

  StoreContent content() {
    for (const std::string& run : runs_in(store_)) scan_run(run);
    for_each_path_in(store_.programs(), [&](const fs::path& program) {
      const std::string name = program.filename().string();
      if (!is_temporary(name) && !named_.contains(name)) add(Removable::Kind::program, program, count_whole(program));
    });
    for (const char* folder : {"runs", "sweeps"}) scan_rest(store_.root() / folder);
    scan_temporaries(store_.root());  // of pbn import
    std::sort(content_.removable.begin(), content_.removable.end(), [](const Removable& a, const Removable& b) {
      return std::pair(a.written, a.path) < std::pair(b.written, b.path);
    });
    return std::move(content_);
  }

 private:
  void scan_run(const std::string& run) {
    const fs::path folder = store_.folder(run), checkpoints = folder / "ckpt";
    if (has_live_attempt(folder)) {
      count_whole(folder);
    } else if (!named_.contains(run)) {
      add(Removable::Kind::orphan, folder, count_whole(folder));
    } else if (store_.has_result(run) && fs::is_directory(checkpoints)) {
      add(Removable::Kind::checkpoints, checkpoints, count_whole(checkpoints));
    }
  }

  // Counts everything below the folder that was not counted before.
  void scan_rest(const fs::path& folder) {
    scan_temporaries(folder);
    for_each_path_in(folder, [&](const fs::path& path) {
      if (!counted_.insert(path).second) return;
      content_.bytes += extent_of(path).bytes;
      std::error_code gone;
      if (fs::is_directory(fs::symlink_status(path, gone))) scan_rest(path);
    });
  }

  void scan_temporaries(const fs::path& folder) {
    for_each_path_in(folder, [&](const fs::path& path) {
      if (!is_temporary(path.filename().string())) return;
      const Extent extent = count_whole(path);
      if (fs::file_time_type::clock::now() - extent.written > unused_for) {
        add(Removable::Kind::temporary, path, extent);
      }
    });
  }

  Extent count_whole(const fs::path& path) {
    const Extent extent = whole_extent_of(path);
    if (counted_.insert(path).second) content_.bytes += extent.bytes;
    return extent;
  }

  void add(Removable::Kind kind, const fs::path& path, const Extent& extent) {
    content_.removable.push_back({kind, path, extent.bytes, extent.written});
  }

  const RunStore& store_;
  std::set<std::string> named_;  // runs and programs that a sweep names
  std::set<fs::path> counted_;
  StoreContent content_;
};

}  // namespace

StoreContent scan_store(const RunStore& store) { return StoreScan(store).content(); }

std::vector<Removable> choose_to_fit(std::uint64_t bytes, const StoreContent& content, std::vector<Removable> chosen) {
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
  const bool is_of_a_run = is_run || removable.kind == Removable::Kind::checkpoints;
  if (is_of_a_run && has_live_attempt(run_folder)) return false;
  if (removable.kind == Removable::Kind::checkpoints && !store.has_result(run_folder.filename().string())) return false;
  // Renamed first: an owner that starts at this moment notices that its attempt is gone, and if this process is killed,
  // the next call removes the rest as a temporary path.
  const fs::path doomed = removable.path.parent_path() / ("." + removable.path.filename().string() + ".removed.tmp");
  std::error_code failed;
  fs::rename(removable.path, doomed, failed);
  if (failed == std::errc::no_such_file_or_directory) return false;
  if (!failed) fs::remove_all(doomed, failed);
  if (failed) throw environment_error(removable.path.string(), "", "cannot be removed: {}", failed.message());
  return true;
}

}  // namespace pbn::runs
