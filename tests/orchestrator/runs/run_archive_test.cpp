#include "orchestrator/runs/run_archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <gmock/gmock.h>

#include <map>

#include "base/digest.h"
#include "base/error.h"
#include "base/files.h"
#include "orchestrator/runs/run_archive_list.h"
#include "tests/orchestrator/store_example.h"
#include "tests/orchestrator/study.h"
#include "tests/places.h"

namespace pbn::runs {
namespace {

namespace fs = std::filesystem;
using Fate = ImportedRun::Fate;
using testing::HasSubstr;

struct Entry {
  std::string path, content;
  unsigned type = AE_IFREG;
  std::string link = "";
};

void write_tar(const fs::path& file, const std::vector<Entry>& entries) {
  archive* const out = archive_write_new();
  archive_write_set_format_pax_restricted(out);
  archive_write_open_filename(out, file.c_str());
  for (const Entry& given : entries) {
    archive_entry* const entry = archive_entry_new();
    archive_entry_set_pathname(entry, given.path.c_str());
    archive_entry_set_filetype(entry, given.type);
    archive_entry_set_size(entry, static_cast<la_int64_t>(given.content.size()));
    archive_entry_set_perm(entry, 0755);
    if (given.type == AE_IFLNK) archive_entry_set_symlink(entry, given.link.c_str());
    if (given.type == AE_IFREG && !given.link.empty()) archive_entry_set_hardlink(entry, given.link.c_str());
    archive_write_header(out, entry);
    archive_write_data(out, given.content.data(), given.content.size());
    archive_entry_free(entry);
  }
  archive_write_close(out);
  archive_write_free(out);
}

class RunArchive : public testing::Test {
 protected:
  RunArchive() {
    here_.complete(a_);
    here_.complete(b_, 0.25);
    here_.write(a_, "tests/scale-1-flip/result.json", here_.result_of(a_).dump());
  }

  fs::path archive() const { return folder_ / "runs.tar"; }
  ExportedRuns export_both(bool with_weights = true) const {
    return export_runs(here_.store(), {a_.substr(0, 12), b_.substr(0, 12)}, archive(), with_weights);
  }
  std::vector<ImportedRun> import() const { return import_runs(there_.store(), archive()); }
  fs::path compressed() const { return folder_ / "runs.tar.xz"; }

  // The message of the data error; checks that the import leaves nothing behind.
  std::string refusal() const {
    std::string message = "no error";
    try {
      import();
    } catch (const Error& error) {
      EXPECT_EQ(error.blame, Blame::data) << error.what();
      message = error.what();
    }
    EXPECT_TRUE(fs::is_empty(there_.root())) << message;
    return message;
  }

  // A valid archive of one run.
  std::vector<Entry> good_entries() const {
    const std::string path = a_.substr(0, 12) + "/result.json", result = here_.result_of(a_).dump();
    return {{archive_list_name, to_json(ArchiveList{{path, {result.size(), sha256_hex(result)}}}).dump()},
            {path, result}};
  }

  const TemporaryFolder folder_;
  const StoreExample here_, there_;
  const std::string a_ = StoreExample::id(1), b_ = StoreExample::id(2);
};

TEST_F(RunArchive, MovesRunsBetweenStores) {
  const ExportedRuns exported = export_both();
  EXPECT_EQ(exported.runs, 2u);
  EXPECT_EQ(exported.files, 13u);
  const auto imported = import();
  ASSERT_EQ(imported.size(), 2u);
  for (const ImportedRun& run : imported) EXPECT_EQ(run.fate, Fate::taken);
  for (const std::string& run : {a_, b_}) {
    EXPECT_TRUE(there_.store().has_result(run));
    for (const char* file :
         {"result.json", "config.json", "log", "metrics.jsonl", "predictions.h5", "weights.safetensors"}) {
      EXPECT_EQ(read_file(there_.folder(run) / file), read_file(here_.folder(run) / file)) << file;
    }
    EXPECT_FALSE(fs::exists(there_.folder(run) / "ckpt"));
  }
  EXPECT_TRUE(fs::exists(there_.folder(a_) / "tests/scale-1-flip/result.json"));
  EXPECT_EQ(std::distance(fs::directory_iterator(there_.root()), {}), 1) << "only runs/";
}

TEST_F(RunArchive, TheSameRunsGiveTheSameBytes) {
  export_both();
  const std::string first = read_file(archive());
  fs::last_write_time(here_.folder(a_) / "log", fs::file_time_type::clock::now() - std::chrono::hours(1));
  export_both();
  EXPECT_EQ(read_file(archive()), first);
}

TEST_F(RunArchive, ANameInXzAsksForCompression) {
  const std::string run = a_.substr(0, 12);
  export_runs(here_.store(), {run}, compressed(), true);
  export_runs(here_.store(), {run}, archive(), true);
  EXPECT_EQ(read_file(compressed()).substr(1, 4), "7zXZ");
  EXPECT_LT(fs::file_size(compressed()), fs::file_size(archive()) / 2);
  ASSERT_EQ(import_runs(there_.store(), compressed()).size(), 1u);
  for (const char* file : {"result.json", "weights.safetensors"})
    EXPECT_EQ(read_file(there_.folder(a_) / file), read_file(here_.folder(a_) / file)) << file;
}

TEST_F(RunArchive, ATruncatedCompressedArchiveIsRefused) {
  export_runs(here_.store(), {a_.substr(0, 12)}, compressed(), true);
  const std::string whole = read_file(compressed());
  for (const std::size_t size : {whole.size() / 10, whole.size() / 2, whole.size() - 100}) {
    write_atomically(archive(), whole.substr(0, size));
    refusal();
  }
}

TEST_F(RunArchive, FoldersOfDataStayOnTheirMachine) {
  const Json data = {{"train", {"/home/somebody/a.h5", "b.h5"}}, {"validation", "/home/somebody/c.h5"}};
  here_.write(a_, "config.json",
              Json({{"data", data}, {"train", {{"init", "/home/somebody/weights.safetensors"}}}, {"seed", 7}}).dump());
  here_.write(b_, "config.json", "damaged");
  export_both();
  import();
  EXPECT_EQ(read_json(there_.folder(a_) / "config.json"),
            Json({{"data", {{"train", {"a.h5", "b.h5"}}, {"validation", "c.h5"}}},
                  {"train", {{"init", "weights.safetensors"}}},
                  {"seed", 7}}));
  EXPECT_EQ(read_file(there_.folder(b_) / "config.json"), "damaged");
}

TEST_F(RunArchive, WeightsCanBeLeftOut) {
  export_both(false);
  import();
  EXPECT_FALSE(fs::exists(there_.folder(a_) / "weights.safetensors"));
  EXPECT_TRUE(there_.store().result(a_));
}

TEST_F(RunArchive, ExistingResultsAreKeptAndCompared) {
  export_both();
  there_.complete(a_);
  there_.complete(b_, 0.75);
  const auto imported = import();
  for (const ImportedRun& run : imported) EXPECT_EQ(run.fate, a_.starts_with(run.run) ? Fate::same : Fate::differing);
  EXPECT_EQ(read_json(there_.folder(b_) / "result.json"), there_.result_of(b_, 0.75));
}

TEST_F(RunArchive, AnImportedResultReplacesADamagedOne) {
  export_both();
  there_.attempt(a_, 0, "finished");
  there_.write(a_, "result.json", "{\"run\": NaN}");
  for (const ImportedRun& run : import()) EXPECT_EQ(run.fate, Fate::taken);
  EXPECT_TRUE(there_.store().has_result(a_));
  EXPECT_EQ(read_file(there_.folder(a_) / "result.json.refused"), "{\"run\": NaN}");
}

TEST_F(RunArchive, AnImportCompletesUnfinishedRunsAndSkipsRunningOnes) {
  export_both();
  there_.attempt(a_, 75, "saved itself");
  there_.write(a_, "log", "half");
  there_.attempt(b_);  // its owner counts as alive
  for (const ImportedRun& run : import()) EXPECT_EQ(run.fate, a_.starts_with(run.run) ? Fate::taken : Fate::held);
  EXPECT_TRUE(there_.store().result(a_));
  EXPECT_TRUE(fs::exists(there_.folder(a_) / "attempts/0001"));
  EXPECT_FALSE(there_.store().result(b_));
}

TEST_F(RunArchive, PathsOutsideOfRunsAreRefused) {
  for (const char* name : {"../evil", "/tmp/evil", "runs/../../evil", "./x", "0123456789ab/../result.json",
                           "0123456789ab/tests/../result.json", "0123456789ab/tests//result.json",
                           "0123456789ab/evil.sh", "0123456789ab/attempts/0001/meta.json", "0123456789AB/log"}) {
    EXPECT_FALSE(is_archived_path(name)) << name;
    auto entries = good_entries();
    entries.push_back({name, "x"});
    write_tar(archive(), entries);
    EXPECT_THAT(refusal(), HasSubstr("list of files")) << name;
    Json list = Json::parse(entries[0].content);
    list["files"].push_back({{"path", name}, {"bytes", 1}, {"sha256", sha256_hex("x")}});
    entries[0].content = list.dump();
    write_tar(archive(), entries);
    EXPECT_THAT(refusal(), HasSubstr("not a file of a run")) << name;
  }
  EXPECT_FALSE(fs::exists(there_.root().parent_path() / "evil"));
  EXPECT_FALSE(is_archived_path(""));
  EXPECT_FALSE(is_archived_path("0123456789ab/log/"));
}

TEST_F(RunArchive, LinksFoldersAndDevicesAreRefused) {
  const std::string path = a_.substr(0, 12) + "/log";
  for (const Entry& entry :
       {Entry{path, "", AE_IFLNK, "/etc/passwd"}, Entry{path, "", AE_IFREG, "/etc/passwd"},
        Entry{a_.substr(0, 12), "", AE_IFDIR}, Entry{path, "", AE_IFIFO}, Entry{path, "", AE_IFCHR}}) {
    auto entries = good_entries();
    entries.insert(entries.begin() + 1, entry);
    write_tar(archive(), entries);
    EXPECT_THAT(refusal(), HasSubstr("is a link, a folder or a device"));
  }
}

TEST_F(RunArchive, FilesThatContradictTheListAreRefused) {
  auto entries = good_entries();
  const std::string result = entries[1].content;
  entries[1].content.back() = ' ';
  write_tar(archive(), entries);
  EXPECT_THAT(refusal(), HasSubstr("another SHA-256"));
  entries[1].content = result + " ";
  write_tar(archive(), entries);
  EXPECT_THAT(refusal(), HasSubstr("and should have"));
  write_tar(archive(), {entries[0]});
  EXPECT_THAT(refusal(), HasSubstr("is missing"));
  entries[1].content = result;
  entries.push_back(entries[1]);
  write_tar(archive(), entries);
  EXPECT_THAT(refusal(), HasSubstr("twice"));
}

TEST_F(RunArchive, AResultOfAnotherRunIsRefused) {
  const std::string path = a_.substr(0, 12) + "/result.json";
  Json forged = here_.result_of(a_);
  forged["identity"]["seed"] = 5;
  const std::map<std::string, std::string> why = {{here_.result_of(b_).dump(), "is of another run"},
                                                  {forged.dump(), "not the result of that run"},
                                                  {"{}", "has no \"run\""},
                                                  {"[]", "is a list, not an object"}};
  for (const auto& [result, reason] : why) {
    write_tar(archive(), {{archive_list_name, to_json(ArchiveList{{path, {result.size(), sha256_hex(result)}}}).dump()},
                          {path, result}});
    EXPECT_THAT(refusal(), HasSubstr(reason)) << result;
  }
}

TEST_F(RunArchive, OtherFilesAndTruncatedArchivesAreRefused) {
  write_atomically(archive(), "not a tar archive, but long enough to be looked at");
  refusal();
  write_tar(archive(), {{archive_list_name, "{\"format\": 1"}});
  EXPECT_THAT(refusal(), HasSubstr("not valid JSON"));
  write_tar(archive(), {{archive_list_name, "{\"format\": \"pbn-runs\", \"version\": 2, \"files\": []}"}});
  EXPECT_THAT(refusal(), HasSubstr("version 1"));
  write_tar(archive(), {{"other", ""}});
  EXPECT_THAT(refusal(), HasSubstr("does not begin with pbn-runs.json"));
  export_both();
  const std::string whole = read_file(archive());
  for (std::size_t size = 0; size + 1024 < whole.size(); size += whole.size() / 23) {
    write_atomically(archive(), whole.substr(0, size));
    if (size < whole.size() - 20000) refusal();
  }
}

TEST_F(RunArchive, TheCommandsReportWhatTheyDid) {
  const std::string file = archive().string();
  here_.attempt(StoreExample::id(3), 65, "failed");
  const auto pbn = [](std::vector<std::string> words) {
    words.insert(words.begin(), built_program("pbn"));
    return run_program(std::move(words));
  };
  const CommandOutcome exported = pbn({"export", a_.substr(0, 6), b_.substr(0, 6), StoreExample::id(3).substr(0, 6),
                                       "--store", here_.root().string(), "--out", file});
  EXPECT_THAT(exported.output, HasSubstr("2 runs, 13 files"));
  EXPECT_THAT(exported.output, HasSubstr("1 run is not completed and left out."));
  EXPECT_EQ(pbn({"export", a_.substr(0, 6), "--store", here_.root().string(), "--out", file}).code, 64)
      << "the file exists";
  there_.complete(b_, 0.75);
  const CommandOutcome imported = pbn({"import", file, "--store", there_.root().string()});
  EXPECT_EQ(imported.code, 1);
  EXPECT_THAT(imported.output,
              HasSubstr("1 run taken, 0 were in the store with the same outcome, 1 with another outcome."));
  EXPECT_EQ(pbn({"import", "no.tar", "--store", there_.root().string()}).code, 64);

  const StoreExample third;
  for (const std::string& run : {a_, b_})
    pbn({"export", run.substr(0, 12), "--store", here_.root().string(), "--out", folder_ / (run + ".tar")});
  EXPECT_THAT(pbn({"import", folder_ / (a_ + ".tar"), folder_ / (b_ + ".tar"), "--store", third.root()}).output,
              HasSubstr("2 runs taken"));
}

}  // namespace
}  // namespace pbn::runs
