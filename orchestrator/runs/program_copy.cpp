#include "orchestrator/runs/program_copy.h"

#include <unistd.h>

#include <map>

#include "base/digest.h"
#include "base/error.h"
#include "base/files.h"
#include "base/host.h"
#include "base/path_text.h"
#include "orchestrator/runs/lenient_json.h"

namespace pbn::runs {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t digits_of_digest = 12;
constexpr const char* start_again = "start the sweep again from its grid file: with other files its runs are others";

fs::path folder_of_program(const fs::path& programs, const std::string& digest) {
  return programs / digest.substr(0, digits_of_digest);
}

std::map<std::string, std::string> files_listed_in(const fs::path& list) {
  std::map<std::string, std::string> files;
  const Json content = object_in(list);
  for (const auto& [path, digest] : at_path(content, "files").items()) {
    if (digest.is_string()) files[path] = digest;
  }
  return files;
}

// Copies a file with its permissions. Throws a data error if its content is not that of the digest.
void copy_checked(const fs::path& from, const fs::path& to, const std::string& digest) {
  const auto content = read_file_if_there(from);
  if (!content || sha256_hex(*content) != digest)
    throw data_error(from.string(), start_again, "{}", content ? "has changed" : "is missing");
  fs::create_directories(to.parent_path());
  write_atomically(to, *content, Durability::cached);
  fs::permissions(to, fs::status(from).permissions());
}

void restore(const grid::ProgramFiles& program, const fs::path& from, const fs::path& to) {
  for (const auto& [path, digest] : program.files) {
    const fs::path relative = path_of_text(path);
    const auto present = read_file_if_there(to / relative);
    if (!present || sha256_hex(*present) != digest) copy_checked(from / relative, to / relative, digest);
  }
}

// Several processes may do so at the same time; the first one's copies stay. Damaged ones are repaired.
void keep_copies(const grid::ProgramFiles& program, const fs::path& kept) {
  if (fs::is_directory(kept / "copy")) return restore(program, program.folder, kept / "copy");
  const TemporaryPath unfinished(kept / fmt::format(".copy-{}-{}.tmp", host_name(), ::getpid()));
  fs::create_directories(unfinished.path());
  restore(program, program.folder, unfinished.path());
  std::error_code failed;
  fs::rename(unfinished.path(), kept / "copy", failed);
  if (failed && !fs::is_directory(kept / "copy"))
    throw environment_error((kept / "copy").string(), "", "cannot be made: {}", failed.message());
}

void require_unchanged(const grid::ProgramFiles& program) {
  const std::vector<std::string> changed = grid::changed_files(program);
  if (changed.empty()) return;
  throw data_error(program.folder.string(),
                   fmt::format("{}; or let runs have copies: leave out copy: false", start_again),
                   "{} changed since the sweep was started, and is not copied", grid::names_in_words(changed));
}

}  // namespace

void keep_program(const grid::Worker& worker, const RunStore& store) {
  if (worker.program.files.empty()) return;  // not listed, or lost: an attempt says so
  const fs::path kept = folder_of_program(store.programs(), worker.program.digest);
  make_writable_folder(kept);
  if (worker.is_copied) keep_copies(worker.program, kept);
  if (fs::exists(kept / "files.json")) return;
  write_json(kept / "files.json", {{"digest", worker.program.digest}, {"files", worker.program.files}});
}

grid::ProgramFiles kept_program(const RunStore& store, const std::string& digest, const fs::path& folder) {
  if (digest.empty()) return {};
  return {digest, folder, files_listed_in(folder_of_program(store.programs(), digest) / "files.json")};
}

fs::path prepare_program(const Json& config, const fs::path& programs, const fs::path& run_folder) {
  const std::string digest = text_at(config, "worker.files");
  if (digest.empty()) return {};
  const fs::path kept = folder_of_program(programs, digest);
  const grid::ProgramFiles program{digest, text_at(config, "worker.folder"), files_listed_in(kept / "files.json")};
  if (program.files.empty())
    throw data_error((kept / "files.json").string(), start_again, "the store does not have the run's program");
  if (at_path(config, "worker.copy") == false) {
    require_unchanged(program);
    return {};
  }
  restore(program, kept / "copy", run_folder / "program");
  return run_folder / "program";
}

}  // namespace pbn::runs
