// Files that are whole or not there: written under a temporary name in the same folder, synced, then renamed.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace pbn {

// The bytes of a file. Throws environment errors that name it.
std::string read_file(const std::filesystem::path& file);

// The same in three system calls; nothing where there is no such file, or it cannot be read.
std::optional<std::string> read_file_if_there(const std::filesystem::path& file);

// The last `bytes` of a file, or all of a shorter one; empty where there is none. Files grow while they are read.
std::string read_end_of(const std::filesystem::path& file, std::size_t bytes);

// What outlives a power failure. Whatever else dies, a file that was written is there.
enum class Durability {
  synced,  // all of it; each file takes some milliseconds of disk
  cached,  // perhaps nothing, or an empty file: for what can be missed
};

// Replaces `file` in one step; after a crash either the old or the new content is there.
void write_atomically(const std::filesystem::path& file, std::string_view content,
                      Durability durability = Durability::synced);

// The first writer wins: false, and nothing is changed, where the file is there already, even if another process or
// host is writing it at this moment. By link(2), since a rename would replace the other's.
bool publish_once(const std::filesystem::path& file, std::string_view content);

// Makes the folder and its parents. Throws an environment error with the reason when it cannot be written.
void make_writable_folder(const std::filesystem::path& folder);

// What is made at this path, a file or a folder with all that is in it, is gone at the end of the scope.
class TemporaryPath {
 public:
  explicit TemporaryPath(std::filesystem::path path) : path_(std::move(path)) {}
  ~TemporaryPath();
  TemporaryPath(const TemporaryPath&) = delete;
  TemporaryPath& operator=(const TemporaryPath&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

// A file that is being made by somebody else's writer (HDF5, libjpeg): hand them path(), then commit().
// Without commit the temporary is removed, and what stood under the final name stays.
class UnfinishedFile {
 public:
  explicit UnfinishedFile(std::filesystem::path final_name);
  ~UnfinishedFile();
  UnfinishedFile(const UnfinishedFile&) = delete;
  UnfinishedFile& operator=(const UnfinishedFile&) = delete;

  const std::filesystem::path& path() const { return temporary_; }
  void commit(Durability durability = Durability::synced);  // fsync, rename, fsync of the folder
  bool commit_once();  // the same, but where the final name is taken false, and nothing is changed

 private:
  std::filesystem::path final_name_;
  std::filesystem::path temporary_;  // beside it, with the host and the process id in its name
  bool committed_ = false;
};

}  // namespace pbn
