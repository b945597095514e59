#include <archive.h>
#include <archive_entry.h>
#include <stdlib.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <memory>
#include <set>

#include "base/digest.h"
#include "base/error.h"
#include "base/files.h"
#include "config/identity.h"
#include "orchestrator/runs/attempt.h"
#include "orchestrator/runs/run_archive.h"
#include "orchestrator/runs/run_archive_list.h"

namespace pbn::runs {
namespace fs = std::filesystem;
namespace {

constexpr std::uint64_t max_list_bytes = 256 << 20;  // a million files

// A path from an archive, in which any byte may stand, for messages.
std::string quoted_path(const std::string& path) {
  return Json(path).dump(-1, ' ', true, Json::error_handler_t::replace);
}

class ArchiveReader {
 public:
  explicit ArchiveReader(const fs::path& file) : archive_(archive_read_new(), archive_read_free), name_(file.string()) {
    archive_read_support_format_tar(archive_.get());
    archive_read_support_filter_xz(archive_.get());
    check(archive_read_open_filename(archive_.get(), file.c_str(), 1 << 20));
  }

  // Moves to the next file; false after the last file. Throws a data error for anything but a regular file.
  bool next() {
    const int status = archive_read_next_header(archive_.get(), &entry_);
    if (status == ARCHIVE_EOF) return false;
    check(status);
    const char* const path = archive_entry_pathname(entry_);
    path_ = path ? path : "";
    if (archive_entry_filetype(entry_) != AE_IFREG || archive_entry_hardlink(entry_) || archive_entry_symlink(entry_)) {
      throw data_error(name_, "", "{} is a link, a folder or a device; an archive of runs has only files",
                       quoted_path(path_));
    }
    return true;
  }

  const std::string& path() const { return path_; }
  std::uint64_t bytes() const { return static_cast<std::uint64_t>(archive_entry_size(entry_)); }

  // Reads the file's content block by block.
  void read(const auto& take) {
    std::vector<char> buffer(1 << 20);
    for (std::uint64_t left = bytes(); left > 0;) {
      const la_ssize_t got =
          archive_read_data(archive_.get(), buffer.data(), std::min<std::uint64_t>(left, buffer.size()));
      if (got <= 0) throw data_error(name_, "copy it again", "ends within {}", path_);
      take(std::string_view(buffer.data(), static_cast<std::size_t>(got)));
      left -= static_cast<std::uint64_t>(got);
    }
  }

 private:
  void check(int status) {
    if (status == ARCHIVE_OK) return;
    const char* const reason = archive_error_string(archive_.get());
    throw data_error(name_, "write it with pbn export, and copy all of it", "is not a whole tar archive: {}",
                     reason ? reason : "no reason given");
  }

  std::unique_ptr<archive, decltype(&archive_read_free)> archive_;
  std::string name_, path_;
  archive_entry* entry_ = nullptr;
};

ArchiveList read_list(ArchiveReader& archive, const std::string& where) {
  if (!archive.next() || archive.path() != archive_list_name || archive.bytes() > max_list_bytes) {
    throw data_error(where, "write it with pbn export", "does not begin with {}", archive_list_name);
  }
  std::string text;
  archive.read([&](std::string_view block) { text += block; });
  return archive_list_in(text, where + ", " + archive_list_name);
}

void require_space(const RunStore& store, const ArchiveList& list) {
  std::uint64_t bytes = 0;
  for (const auto& [path, file] : list) bytes += std::min(file.bytes, UINT64_MAX - bytes);
  const auto space = fs::space(store.root());
  if (bytes > space.available) {
    throw environment_error(store.root().string(), "free some space on that disk",
                            "has {} MB left; the archive's files have {} MB", space.available / 1000000,
                            bytes / 1000000);
  }
}

void unpack(ArchiveReader& archive, const ArchiveList& list, const fs::path& folder, const std::string& where) {
  std::set<std::string> unpacked;
  while (archive.next()) {
    const std::string& path = archive.path();
    const auto listed = list.find(path);
    if (listed == list.end()) throw data_error(where, "", "{} is not in its list of files", quoted_path(path));
    if (!unpacked.insert(path).second) throw data_error(where, "", "has {} twice", path);
    if (archive.bytes() != listed->second.bytes)
      throw data_error(where, "", "{} has {} bytes, and should have {}", path, archive.bytes(), listed->second.bytes);
    fs::create_directories((folder / path).parent_path());
    UnfinishedFile file(folder / path);
    std::ofstream out(file.path(), std::ios::binary);
    Sha256 sum;
    archive.read([&](std::string_view block) {
      sum.update(block);
      out.write(block.data(), static_cast<std::streamsize>(block.size()));
    });
    out.close();
    if (!out) throw environment_error((folder / path).string(), "free some space on that disk", "cannot be written");
    if (sum.hex() != listed->second.sha256)
      throw data_error(where, "copy it again", "{} has another SHA-256 than in its list", path);
    file.commit();
  }
  for (const auto& [path, file] : list) {
    if (!unpacked.contains(path)) throw data_error(where, "copy all of it", "{} is missing", path);
  }
}

// The result of an unpacked run. Throws a data error if it belongs to another run.
Json checked_result(const fs::path& folder, const std::string& where) {
  const std::string digits = folder.filename().string();
  const ResultVerdict verdict = judge_result(folder, digits);
  if (verdict.state == ResultVerdict::absent) throw data_error(where, "", "run {} has no result.json", digits);
  if (verdict.is_damaged()) throw data_error(where, "", "run {}: {}", digits, verdict.why);
  Json result = read_json(folder / "result.json");
  const std::string run = result["run"];
  const Json& identity = at_path(result, "identity");
  if (run.size() != 64 || (identity.is_object() && config::run_id(identity) != run))
    throw data_error(where, "", "{}/result.json is not the result of that run", digits);
  return result;
}

ImportedRun::Fate compare_with_store(const RunStore& store, const std::string& run, const Json& imported) {
  const Json existing = read_json(store.folder(run) / "result.json");
  return at_path(existing, "outcome") == at_path(imported, "outcome") ? ImportedRun::Fate::same
                                                                      : ImportedRun::Fate::differing;
}

// Moves the files into the folder of an unfinished run, the result last. Keeps a result that was published meanwhile.
ImportedRun::Fate add_to_unfinished(const fs::path& from, const fs::path& to, const Json& result, const RunStore& store,
                                    const std::string& run) {
  for (const auto& entry : fs::directory_iterator(from)) {
    const fs::path name = entry.path().filename();
    if (name == "result.json") continue;
    if (name == "tests") fs::remove_all(to / name);
    fs::rename(entry.path(), to / name);
  }
  if (store.verdict(run).is_damaged()) put_result_aside(to);
  if (publish_once(to / "result.json", read_file(from / "result.json"))) return ImportedRun::Fate::taken;
  return compare_with_store(store, run, result);
}

ImportedRun::Fate take_run(const RunStore& store, const fs::path& unpacked, const Json& result) {
  const std::string run = unpacked.filename().string();
  const fs::path folder = store.folder(run);
  if (store.has_result(run)) return compare_with_store(store, run, result);
  make_writable_folder(folder.parent_path());
  if (::rename(unpacked.c_str(), folder.c_str()) == 0) return ImportedRun::Fate::taken;
  if (errno != EEXIST && errno != ENOTEMPTY)
    throw environment_error(folder.string(), "", "cannot make this folder: {}", std::strerror(errno));
  if (has_live_attempt(folder)) return ImportedRun::Fate::held;
  return add_to_unfinished(unpacked, folder, result, store, run);
}

}  // namespace

std::vector<ImportedRun> import_runs(const RunStore& store, const fs::path& archive) {
  if (!fs::is_regular_file(archive)) throw usage_error(archive.string(), "", "there is no such file");
  const std::string where = archive.string();
  make_writable_folder(store.root());
  std::string pattern = (store.root() / ".import-XXXXXX").string();
  if (!::mkdtemp(pattern.data()))
    throw environment_error(pattern, "", "cannot make this folder: {}", std::strerror(errno));
  const TemporaryPath staging(pattern);

  ArchiveReader reader(archive);
  const ArchiveList list = read_list(reader, where);
  require_space(store, list);
  unpack(reader, list, staging.path(), where);
  std::set<std::string> runs;
  for (const auto& [path, file] : list) runs.insert(path.substr(0, 12));
  std::map<std::string, Json> results;
  for (const std::string& run : runs) results[run] = checked_result(staging.path() / run, where);

  std::vector<ImportedRun> imported;
  imported.reserve(results.size());
  for (const auto& [run, result] : results) imported.push_back({run, take_run(store, staging.path() / run, result)});
  return imported;
}

}  // namespace pbn::runs
