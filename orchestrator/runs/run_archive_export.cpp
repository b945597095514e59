#include <archive.h>
#include <archive_entry.h>

#include <algorithm>
#include <fstream>
#include <memory>

#include "base/digest.h"
#include "base/error.h"
#include "base/files.h"
#include "config/schema.h"
#include "orchestrator/runs/lenient_json.h"
#include "orchestrator/runs/run_archive.h"
#include "orchestrator/runs/run_archive_list.h"

namespace pbn::runs {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t block = 1 << 20;  // bytes

// config.json, where pose files and weights are named without their folders: those are one machine's, and may contain
// somebody's name. result.json has the digests of the files.
std::string config_without_folders(const fs::path& file) {
  Json config = object_in(file);
  if (config.empty()) return read_file(file);  // damaged
  const auto drop_folder = [](Json& name) {
    if (name.is_string()) name = fs::path(name.get<std::string>()).filename().string();
  };
  for (const config::Key& key : config::all_keys()) {
    if (key.in_identity != config::InIdentity::content) continue;
    Json names = at_path(config, key.path);
    if (names.is_null()) continue;
    if (names.is_array()) std::for_each(names.begin(), names.end(), drop_folder);
    drop_folder(names);
    set_path(config, key.path, names);
  }
  return config.dump(1) + "\n";
}

// Reads the archived content of a file block by block and returns its size.
std::uint64_t for_each_block(const fs::path& file, const auto& take) {
  if (file.filename() == "config.json") {
    const std::string config = config_without_folders(file);
    take(std::string_view(config));
    return config.size();
  }
  std::ifstream in(file, std::ios::binary);
  if (!in) throw environment_error(file.string(), "", "cannot be read");
  std::vector<char> buffer(block);
  std::uint64_t bytes = 0;
  while (in.read(buffer.data(), static_cast<std::streamsize>(block)) || in.gcount() > 0) {
    const auto count = static_cast<std::size_t>(in.gcount());
    take(std::string_view(buffer.data(), count));
    bytes += count;
  }
  return bytes;
}

ArchivedFile size_and_digest(const fs::path& file) {
  Sha256 sum;
  const std::uint64_t bytes = for_each_block(file, [&](std::string_view text) { sum.update(text); });
  return {bytes, sum.hex()};
}

void add_files(ArchiveList& list, const fs::path& folder, const std::string& path, bool with_weights) {
  for (const std::string& name : archived_names) {
    if (name == "weights.safetensors" && !with_weights) continue;
    if (fs::is_regular_file(folder / name)) list[path + "/" + name] = size_and_digest(folder / name);
  }
}

class ArchiveWriter {
 public:
  ArchiveWriter(const fs::path& file, std::string name)
      : archive_(archive_write_new(), archive_write_free), name_(std::move(name)) {
    check(archive_write_set_format_pax_restricted(archive_.get()));
    if (name_.ends_with(".xz")) check(archive_write_add_filter_xz(archive_.get()));
    check(archive_write_open_filename(archive_.get(), file.c_str()));
  }

  void begin_file(const std::string& path, std::uint64_t bytes) {
    const std::unique_ptr<archive_entry, decltype(&archive_entry_free)> entry(archive_entry_new(), archive_entry_free);
    archive_entry_set_pathname(entry.get(), path.c_str());
    archive_entry_set_size(entry.get(), static_cast<la_int64_t>(bytes));
    archive_entry_set_filetype(entry.get(), AE_IFREG);
    archive_entry_set_perm(entry.get(), 0644);
    archive_entry_set_mtime(entry.get(), 0, 0);  // the same runs give the same bytes
    check(archive_write_header(archive_.get(), entry.get()));
  }

  void write(std::string_view text) {
    if (archive_write_data(archive_.get(), text.data(), text.size()) != static_cast<la_ssize_t>(text.size())) fail();
  }

  void close() { check(archive_write_close(archive_.get())); }

 private:
  void check(int status) {
    if (status != ARCHIVE_OK) fail();
  }
  [[noreturn]] void fail() {
    const char* reason = archive_error_string(archive_.get());
    throw environment_error(name_, "", "cannot write the archive: {}", reason ? reason : "no reason given");
  }

  std::unique_ptr<archive, decltype(&archive_write_free)> archive_;
  std::string name_;
};

}  // namespace

ExportedRuns export_runs(const RunStore& store, const std::vector<std::string>& runs, const fs::path& archive,
                         bool with_weights) {
  ArchiveList list;
  for (const std::string& run : runs) {
    const std::string digits = run.substr(0, 12);
    add_files(list, store.folder(run), digits, with_weights);
    for (const std::string& test : store.tests(run)) {
      add_files(list, store.test_folder(run, test), digits + "/tests/" + test, with_weights);
    }
  }
  ExportedRuns exported{runs.size(), list.size(), 0};
  UnfinishedFile unfinished(archive);
  ArchiveWriter writer(unfinished.path(), archive.string());
  const std::string text = to_json(list).dump(1) + "\n";
  writer.begin_file(archive_list_name, text.size());
  writer.write(text);
  for (const auto& [path, file] : list) {
    const fs::path source = store.folder(path.substr(0, 12)) / path.substr(13);
    writer.begin_file(path, file.bytes);
    const std::uint64_t bytes = for_each_block(source, [&](std::string_view content) { writer.write(content); });
    if (bytes != file.bytes) throw environment_error(source.string(), "export again", "changed during the export");
    exported.bytes += bytes;
  }
  writer.close();
  unfinished.commit();
  return exported;
}

}  // namespace pbn::runs
