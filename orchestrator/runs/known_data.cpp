#include "orchestrator/runs/known_data.h"

#include <sys/stat.h>

#include <algorithm>

#include "base/error.h"
#include "base/json.h"
#include "base/log.h"
#include "base/time.h"
#include "data/pose_file/pose_digests.h"

namespace pbn::runs {
namespace fs = std::filesystem;
namespace {

Json record_of(const grid::DataFile& file) {
  struct stat status {};
  if (::stat(file.path.c_str(), &status) != 0) throw environment_error(file.path.string(), "", "cannot be read");
  return {{"file", file.path.string()},
          {"bytes", status.st_size},
          {"modified", fmt::format("{}.{:09}", status.st_mtim.tv_sec, status.st_mtim.tv_nsec)},
          {"fingerprint", file.info.fingerprint},
          {"people_sha256", file.info.people_sha256}};
}

bool agree(const Json& a, const Json& b, const char* key) {
  return a.contains(key) && b.contains(key) && a[key] == b[key];
}

bool is_same_state(const Json& a, const Json& b) {
  return agree(a, b, "file") && agree(a, b, "bytes") && agree(a, b, "modified") && agree(a, b, "people_sha256");
}

[[noreturn]] void refuse(const grid::DataFile& file, const std::string& why) {
  throw data_error(file.path.string(), fmt::format("`pbn renew {}` gives it a new fingerprint", file.path.string()),
                   "was changed since its fingerprint was made: {}", why);
}

const std::string& content_of(grid::DataFile& file) {
  if (!file.content_sha256.empty()) return file.content_sha256;
  const Stopwatch stopwatch;
  if (fs::file_size(file.path) > std::size_t{256} << 20) {
    note("reading all of {} once, to check it against its fingerprint", file.path.string());
  }
  std::string content = data::fingerprint_of_content(data::PoseFile(file.path));
  detail("read all of {}, {}", file.path.string(), stopwatch.in_words());
  if (file.info.generator == "pbn" && content != file.info.fingerprint) {
    refuse(file, "the fingerprint belongs to other content");
  }
  file.content_sha256 = std::move(content);
  return file.content_sha256;
}

// Whether the store has recorded the file in its present state. Checks a new state against the records of the same
// fingerprint and adds the content's digest to `record` where it is needed.
bool is_known(grid::DataFile& file, Json& record, const std::vector<Json>& known_records) {
  const bool has_digest = !file.info.given_people_sha256.empty();
  bool was_modified = false;
  std::vector<const Json*> same_fingerprint;
  for (const Json& known : known_records) {
    if (!known.is_object() || !agree(known, record, "fingerprint")) continue;
    same_fingerprint.push_back(&known);
    if (known.contains("people_sha256") && !agree(known, record, "people_sha256")) {
      refuse(file, fmt::format("in this store it belongs to other people, in {}", known.value("file", "another file")));
    }
    if (is_same_state(known, record) && (has_digest || known.contains("content_sha256"))) return true;
    was_modified |= agree(known, record, "file");
  }
  const bool can_check_pixels = file.info.generator == "pbn" && was_modified;
  if (has_digest && !can_check_pixels) return false;
  record["content_sha256"] = content_of(file);
  for (const Json* known : same_fingerprint) {
    if (known->contains("content_sha256") && !agree(*known, record, "content_sha256")) {
      refuse(file,
             fmt::format("in this store it belongs to other pixels, in {}", known->value("file", "another file")));
    }
  }
  return false;
}

}  // namespace

void require_known_data(std::vector<grid::DataFile>& files, const RunStore& store, bool remember) {
  const fs::path records_file = store.root() / "data.jsonl";
  std::vector<Json> records;
  if (fs::exists(records_file)) records = read_json_lines(records_file);
  for (grid::DataFile& file : files) {
    Json record = record_of(file);
    if (is_known(file, record, records)) continue;
    records.push_back(record);
    if (!remember) continue;
    try {
      append_json_line(records_file, record);
    } catch (const Error& error) {
      detail("{}", error.what());
      remember = false;
    }
  }
}

}  // namespace pbn::runs
