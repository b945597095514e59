#include "base/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <sstream>
#include <system_error>

#include "base/descriptor.h"
#include "base/error.h"
#include "base/host.h"
#include "base/text.h"

namespace pbn {
namespace fs = std::filesystem;
namespace {

Error system_failure(const fs::path& file, const char* action, int code) {
  const char* hint = code == ENOSPC ? "free some space on that disk" : code == EACCES ? "check its permissions" : "";
  return environment_error(file.string(), hint, "cannot {}: {}", action, std::strerror(code));
}

void sync_to_disk(const fs::path& path, int flags) {
  const Descriptor file(::open(path.c_str(), flags | O_CLOEXEC));
  if (!file.is_open()) throw system_failure(path, "open", errno);
  // EINVAL: the file system has no fsync
  if (::fsync(file.number()) != 0 && errno != EINVAL) throw system_failure(path, "sync", errno);
}

// 255 bytes on most file systems, 143 on encrypted ones.
std::size_t longest_name_in(const fs::path& folder) {
  const long longest = ::pathconf(folder.c_str(), _PC_NAME_MAX);
  return longest > 0 ? static_cast<std::size_t>(longest) : 255;
}

// The file's name with this ending, cut between UTF-8 characters to fit. Some libraries append to a temporary name for
// files of their own, so some bytes are left free.
std::string temporary_name(const fs::path& folder, const std::string& file, const std::string& ending) {
  constexpr std::size_t left_free = 15;
  const std::size_t longest = longest_name_in(folder) - left_free;
  const std::size_t room = longest - std::min(longest, ending.size());
  return "." + std::string(cut_to_bytes(file, room - std::min<std::size_t>(room, 1))) + ending;
}

void fill(const UnfinishedFile& unfinished, std::string_view content, const fs::path& final_name) {
  std::ofstream out(unfinished.path(), std::ios::binary | std::ios::trunc);
  if (!out) throw system_failure(final_name, "create", errno);
  out.write(content.data(), static_cast<std::streamsize>(content.size()));
  out.flush();
  if (!out) throw system_failure(final_name, "write", errno);
}

// Reads without exceptions.
class OpenFile {
 public:
  explicit OpenFile(const fs::path& file) : file_(::open(file.c_str(), O_RDONLY | O_CLOEXEC)) {}

  std::optional<std::size_t> size() const {
    struct stat status {};
    if (!file_.is_open() || ::fstat(file_.number(), &status) != 0 || !S_ISREG(status.st_mode)) return {};
    return static_cast<std::size_t>(status.st_size);
  }

  std::optional<std::string> bytes(std::size_t from, std::size_t count) const {
    std::string content(count, '\0');
    std::size_t done = 0;
    while (done < count) {
      const ssize_t got = ::pread(file_.number(), content.data() + done, count - done, static_cast<off_t>(from + done));
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return {};
      if (got == 0) break;  // the file has become shorter
      done += static_cast<std::size_t>(got);
    }
    content.resize(done);
    return content;
  }

 private:
  Descriptor file_;
};

// Three ways to rename a file unless the new name exists, the safest first.
enum class Named { yes, taken, impossible };

Named by_hard_link(const fs::path& from, const fs::path& to) {
  if (::link(from.c_str(), to.c_str()) == 0) return Named::yes;
  const bool is_taken = errno == EEXIST;
  // NFS may create the link, lose its answer and report "exists" when the call is repeated: count the links.
  struct stat status {};
  if (::stat(from.c_str(), &status) == 0 && status.st_nlink == 2) return Named::yes;
  return is_taken ? Named::taken : Named::impossible;
}

// For FAT and many network mounts, which have no hard links.
Named by_renaming_without_replacing(const fs::path& from, const fs::path& to) {
  if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) return Named::yes;
  return errno == EEXIST ? Named::taken : Named::impossible;
}

// For file systems with neither (some FUSE and cloud mounts). A crash in between leaves an empty file.
Named by_replacing_a_claim(const fs::path& from, const fs::path& to) {
  Descriptor claim(::open(to.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0666));
  if (!claim.is_open() && errno == EEXIST) return Named::taken;
  if (!claim.is_open()) throw system_failure(to, "create", errno);
  claim.close();
  if (::rename(from.c_str(), to.c_str()) == 0) return Named::yes;
  const int code = errno;
  ::unlink(to.c_str());
  throw system_failure(to, "rename to", code);
}

bool name_once(const fs::path& from, const fs::path& to) {
  for (const auto way : {by_hard_link, by_renaming_without_replacing, by_replacing_a_claim}) {
    if (const Named named = way(from, to); named != Named::impossible) return named == Named::yes;
  }
  return false;
}

fs::path folder_of(const fs::path& file) { return file.has_parent_path() ? file.parent_path() : fs::path("."); }

}  // namespace

std::string read_file(const fs::path& file) {
  if (fs::is_directory(file)) throw environment_error(file.string(), "", "is a folder, not a file");
  std::ifstream in(file, std::ios::binary);
  if (!in) throw system_failure(file, "read", errno);
  std::ostringstream content;
  content << in.rdbuf();
  return std::move(content).str();
}

std::optional<std::string> read_file_if_there(const fs::path& file) {
  const OpenFile open(file);
  const auto size = open.size();
  return size ? open.bytes(0, *size) : std::nullopt;
}

std::string read_end_of(const fs::path& file, std::size_t bytes) {
  const OpenFile open(file);
  const std::size_t size = open.size().value_or(0), count = std::min(bytes, size);
  return open.bytes(size - count, count).value_or("");
}

void write_atomically(const fs::path& file, std::string_view content, Durability durability) {
  UnfinishedFile unfinished(file);
  fill(unfinished, content, file);
  unfinished.commit(durability);
}

bool publish_once(const fs::path& file, std::string_view content) {
  if (fs::exists(file)) return false;
  UnfinishedFile unfinished(file);
  fill(unfinished, content, file);
  return unfinished.commit_once();
}

void make_writable_folder(const fs::path& folder) {
  std::error_code code;
  fs::create_directories(folder, code);
  if (code) throw system_failure(folder, "make this folder", code.value());
  // A probe, since access(2) always succeeds for root.
  const TemporaryPath probe(folder / fmt::format(".writable-{}-{}.tmp", host_name(), ::getpid()));
  const Descriptor made(::open(probe.path().c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0666));
  if (!made.is_open()) throw system_failure(folder, "write into this folder", errno);
}

TemporaryPath::~TemporaryPath() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

UnfinishedFile::UnfinishedFile(fs::path final_name) : final_name_(std::move(final_name)) {
  static std::atomic<int> serial{0};
  const fs::path folder = folder_of(final_name_);
  if (!fs::is_directory(folder)) {
    throw environment_error(final_name_.string(), fmt::format("make the folder {} first", folder.string()),
                            "cannot write: its folder does not exist");
  }
  const std::string name = final_name_.filename().string();
  if (name.size() > longest_name_in(folder)) {  // refused before the work
    throw environment_error(final_name_.string(), "give it a shorter name",
                            "cannot create: its name has {} bytes; {} fit", name.size(), longest_name_in(folder));
  }
  temporary_ = folder / temporary_name(folder, name, fmt::format(".{}-{}-{}.tmp", host_name(), ::getpid(), serial++));
}

UnfinishedFile::~UnfinishedFile() {
  std::error_code ignored;
  if (!committed_) fs::remove(temporary_, ignored);
}

void UnfinishedFile::commit(Durability durability) {
  if (durability == Durability::synced) sync_to_disk(temporary_, O_RDONLY);
  if (::rename(temporary_.c_str(), final_name_.c_str()) != 0) throw system_failure(final_name_, "rename to", errno);
  committed_ = true;
  if (durability == Durability::synced) sync_to_disk(folder_of(final_name_), O_RDONLY | O_DIRECTORY);
}

bool UnfinishedFile::commit_once() {
  sync_to_disk(temporary_, O_RDONLY);
  const bool is_published = name_once(temporary_, final_name_);
  if (is_published) sync_to_disk(folder_of(final_name_), O_RDONLY | O_DIRECTORY);
  return is_published;  // the destructor deletes the temporary name
}

}  // namespace pbn
