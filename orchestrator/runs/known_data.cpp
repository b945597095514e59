#include "orchestrator/runs/known_data.h"

#include <sys/stat.h>

#include <algorithm>

#include "base/error.h"
#include "base/json.h"
#include "base/log.h"
#include "base/time.h"
#include "data/pose_file/pose_digests.h"

namespace pbn {
namespace fs = std::filesystem;
namespace {

fs::path memory_of(const RunStore& store) { return store.root() / "data.jsonl"; }

Json sight_of(const DataFile& file) {
  struct stat status {};
  if (::stat(file.path.c_str(), &status) != 0) throw environment_error(file.path.string(), "", "cannot be read");
  return {{"file", file.path.string()},
          {"bytes", status.st_size},
          {"modified", fmt::format("{}.{:09}", status.st_mtim.tv_sec, status.st_mtim.tv_nsec)},
          {"fingerprint", file.info.fingerprint},
          {"people_sha256", file.info.people_sha256}};
}

bool agree(const Json& one, const Json& other, const char* key) {
  return one.contains(key) && other.contains(key) && one[key] == other[key];
}

bool is_same_sight(const Json& one, const Json& other) {
  return agree(one, other, "file") && agree(one, other, "bytes") && agree(one, other, "modified") &&
         agree(one, other, "people_sha256");
}

[[noreturn]] void refuse(const DataFile& file, const std::string& why) {
  throw data_error(file.path.string(), fmt::format("`pbn renew {}` gives it a new fingerprint", file.path.string()),
                   "was changed since its fingerprint was made: {}", why);
}

const std::string& content_of(DataFile& file) {
  if (!file.content_sha256.empty()) return file.content_sha256;
  const Stopwatch stopwatch;
  if (fs::file_size(file.path) > std::size_t{256} << 20) {
    note("{} is read as a whole, once, to hold it against its fingerprint", file.path.string());
  }
  std::string content = fingerprint_of_content(PoseFile(file.path));
  detail("read {} as a whole, {}", file.path.string(), stopwatch.in_words());
  if (file.info.generator == "pbn" && content != file.info.fingerprint) {
    refuse(file, "it is that of other content than the file has");
  }
  file.content_sha256 = std::move(content);
  return file.content_sha256;
}

// What the store knows of a fingerprint, held against this file. Adds to `sight` what is new.
bool is_known(DataFile& file, Json& sight, const std::vector<Json>& memory) {
  const bool has_digest = !file.info.given_people_sha256.empty();
  bool was_touched = false;
  std::vector<const Json*> of_fingerprint;
  for (const Json& known : memory) {
    if (!known.is_object() || !agree(known, sight, "fingerprint")) continue;
    of_fingerprint.push_back(&known);
    if (known.contains("people_sha256") && !agree(known, sight, "people_sha256")) {
      refuse(file, fmt::format("this store knows it of other people, in {}", known.value("file", "another file")));
    }
    if (is_same_sight(known, sight) && (has_digest || known.contains("content_sha256"))) return true;
    was_touched |= agree(known, sight, "file");
  }
  const bool pixels_can_be_told = file.info.generator == "pbn" && was_touched;
  if (has_digest && !pixels_can_be_told) return false;
  sight["content_sha256"] = content_of(file);
  for (const Json* known : of_fingerprint) {
    if (known->contains("content_sha256") && !agree(*known, sight, "content_sha256")) {
      refuse(file, fmt::format("this store knows it of other pixels, in {}", known->value("file", "another file")));
    }
  }
  return false;
}

}  // namespace

void require_known_data(std::vector<DataFile>& files, const RunStore& store, bool remember) {
  const fs::path place = memory_of(store);
  std::vector<Json> memory;
  if (fs::exists(place)) memory = read_json_lines(place);
  for (DataFile& file : files) {
    Json sight = sight_of(file);
    if (is_known(file, sight, memory)) continue;
    memory.push_back(sight);
    if (!remember) continue;
    try {
      append_json_line(place, sight);
    } catch (const Error& error) {
      detail("{}", error.what());
      remember = false;
    }
  }
}

}  // namespace pbn
