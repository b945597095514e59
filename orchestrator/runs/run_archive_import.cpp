#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <set>

#include "base/descriptor.h"
#include "base/digest.h"
#include "base/error.h"
#include "base/files.h"
#include "config/identity.h"
#include "orchestrator/runs/attempt.h"
#include "orchestrator/runs/run_archive.h"
#include "orchestrator/runs/run_archive_list.h"

namespace pbn {
namespace fs = std::filesystem;
namespace {

constexpr std::uint64_t largest_list = 256 << 20;  // bytes: a million files

class ArchiveReader {
 public:
  explicit ArchiveReader(const fs::path& file) : archive_(archive_read_new(), archive_read_free), name_(file.string()) {
    archive_read_support_format_tar(archive_.get());
    check(archive_read_open_filename(archive_.get(), file.c_str(), 1 << 20));
  }

  // Steps to the next file; false behind the last. Whatever is not a plain file is refused.
  bool next() {
    const int status = archive_read_next_header(archive_.get(), &entry_);
    if (status == ARCHIVE_EOF) return false;
    check(status);
    const char* const path = archive_entry_pathname(entry_);
    path_ = path ? path : "";
    if (archive_entry_filetype(entry_) != AE_IFREG || archive_entry_hardlink(entry_) || archive_entry_symlink(entry_)) {
      throw data_error(name_, "", "{} is a link, a folder or a device; an archive of runs holds files alone",
                       Json(path_).dump(-1, ' ', true, Json::error_handler_t::replace));
    }
    return true;
  }

  const std::string& path() const { return path_; }
  std::uint64_t bytes() const { return static_cast<std::uint64_t>(archive_entry_size(entry_)); }

  // The content in pieces, `bytes()` of it.
  template <typename Take>
  void read(const Take& take) {
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

// A new file, synced when it is closed.
class NewFile {
 public:
  explicit NewFile(const fs::path& file)
      : file_(file), opened_(::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666)) {
    if (!opened_.is_open()) fail();
  }

  void write(std::string_view text) {
    while (!text.empty()) {
      const ssize_t written = ::write(opened_.number(), text.data(), text.size());
      if (written < 0 && errno != EINTR) fail();
      if (written > 0) text.remove_prefix(static_cast<std::size_t>(written));
    }
  }
  void sync() {
    if (::fsync(opened_.number()) != 0 && errno != EINVAL) fail();
  }

 private:
  [[noreturn]] void fail() const {
    throw environment_error(file_.string(), errno == ENOSPC ? "free some space on that disk" : "", "cannot write: {}",
                            std::strerror(errno));
  }

  fs::path file_;
  Descriptor opened_;
};

ArchiveList read_list(ArchiveReader& archive, const std::string& where) {
  if (!archive.next() || archive.path() != archive_list_name || archive.bytes() > largest_list) {
    throw data_error(where, "write it with pbn export", "does not begin with {}", archive_list_name);
  }
  std::string text;
  archive.read([&](std::string_view piece) { text += piece; });
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
    if (listed == list.end())
      throw data_error(where, "", "{} is not in its list of files",
                       Json(path).dump(-1, ' ', true, Json::error_handler_t::replace));
    if (!unpacked.insert(path).second) throw data_error(where, "", "holds {} twice", path);
    if (archive.bytes() != listed->second.bytes)
      throw data_error(where, "", "{} has {} bytes, and should have {}", path, archive.bytes(), listed->second.bytes);
    fs::create_directories((folder / path).parent_path());
    NewFile file(folder / path);
    Sha256 sum;
    archive.read([&](std::string_view piece) {
      sum.update(piece);
      file.write(piece);
    });
    if (sum.hex() != listed->second.sha256)
      throw data_error(where, "copy it again", "{} has another SHA-256 than its list says", path);
    file.sync();
  }
  for (const auto& [path, file] : list) {
    if (!unpacked.contains(path)) throw data_error(where, "copy all of it", "{} is missing", path);
  }
}

// The result of an unpacked run, which has to be of this very run.
Json checked_result(const fs::path& folder, const std::string& where) {
  const std::string digits = folder.filename().string();
  const ResultVerdict verdict = judge_result(folder, digits);
  if (verdict.state == ResultVerdict::absent) throw data_error(where, "", "run {} has no result.json", digits);
  if (verdict.is_damaged()) throw data_error(where, "", "run {}: {}", digits, verdict.why);
  const Json result = read_json(folder / "result.json");
  const std::string run = result["run"];
  const Json& identity = at_path(result, "identity");
  if (run.size() != 64 || (identity.is_object() && run_id(identity) != run))
    throw data_error(where, "", "{}/result.json is not the result of that run", digits);
  return result;
}

ImportedRun::Fate fate_beside(const RunStore& store, const std::string& run, const Json& theirs) {
  const Json here = read_json(store.folder(run) / "result.json");
  return at_path(here, "outcome") == at_path(theirs, "outcome") ? ImportedRun::Fate::same
                                                                : ImportedRun::Fate::differing;
}

// Into a folder that an unfinished run has here; the result last, unless one has come meanwhile.
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
  return fate_beside(store, run, result);
}

ImportedRun::Fate take_run(const RunStore& store, const fs::path& unpacked, const Json& result) {
  const std::string run = unpacked.filename().string();
  const fs::path folder = store.folder(run);
  if (store.has_result(run)) return fate_beside(store, run, result);
  make_writable_folder(folder.parent_path());
  if (::rename(unpacked.c_str(), folder.c_str()) == 0) return ImportedRun::Fate::taken;
  if (errno != EEXIST && errno != ENOTEMPTY)
    throw environment_error(folder.string(), "", "cannot make this folder: {}", std::strerror(errno));
  if (const auto attempt = newest_attempt(folder); attempt && AttemptObserver().is_live(*attempt))
    return ImportedRun::Fate::held;
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
  std::vector<Json> results;
  for (const std::string& run : runs) results.push_back(checked_result(staging.path() / run, where));

  std::vector<ImportedRun> imported;
  for (const std::string& run : runs) {
    imported.push_back({run, take_run(store, staging.path() / run, results[imported.size()])});
  }
  return imported;
}

}  // namespace pbn
