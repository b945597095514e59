// Files that are complete or absent: written under a temporary name in the same folder, synced, then renamed.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace pbn {

// The bytes of a file. Throws an environment error that names it.
std::string read_file(const std::filesystem::path& file);

// The bytes of a file in three system calls; nothing if it does not exist or cannot be read.
std::optional<std::string> read_file_if_there(const std::filesystem::path& file);

// The last `bytes` bytes of a file, or the whole of a shorter one; empty if it does not exist.
std::string read_end_of(const std::filesystem::path& file, std::size_t bytes);

// Whether a written file survives a power failure. It survives the death of this process in any case.
enum class Durability {
  synced,  // it survives; this takes some milliseconds per file
  cached,  // it may be lost or empty: for files that can be missed
};

// Replaces `file` in one step: a crash leaves either the old or the new content.
void write_atomically(const std::filesystem::path& file, std::string_view content,
                      Durability durability = Durability::synced);

// Creates `file`. Returns false and changes nothing if it exists, even if another process or host is creating it at the
// same time: the first writer wins.
bool publish_once(const std::filesystem::path& file, std::string_view content);

// Makes the folder and its parents. Throws an environment error with the reason if files cannot be created in it.
void make_writable_folder(const std::filesystem::path& folder);

// Deletes the file or folder at this path at the end of the scope.
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

// A file written by a library (HDF5, libjpeg): pass path() to the library, then commit(). Without commit() the
// temporary file is deleted, and the file of the final name is unchanged.
class UnfinishedFile {
 public:
  explicit UnfinishedFile(std::filesystem::path final_name);
  ~UnfinishedFile();
  UnfinishedFile(const UnfinishedFile&) = delete;
  UnfinishedFile& operator=(const UnfinishedFile&) = delete;

  const std::filesystem::path& path() const { return temporary_; }
  void commit(Durability durability = Durability::synced);  // fsync, rename, fsync of the folder
  bool commit_once();  // returns false and changes nothing if the final name exists

 private:
  std::filesystem::path final_name_;
  std::filesystem::path temporary_;  // in the same folder, with the host and the process id in its name
  bool committed_ = false;
};

}  // namespace pbn
