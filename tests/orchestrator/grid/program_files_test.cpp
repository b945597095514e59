// The files of a worker's program: which ones a grid means, what they are refused for, and the identity of their runs.
#include "orchestrator/grid/program_files.h"

#include <gmock/gmock.h>

#include "base/files.h"
#include "orchestrator/grid/grid_advice.h"
#include "tests/orchestrator/grid/grid_text.h"
#include "tests/temporary_folder.h"

namespace pbn::grid {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class GridWithProgram : public ::testing::Test {
 protected:
  GridWithProgram() {
    for (const char* file : {"train.py", "lib/a.py", "lib/deep/b.py", "lib/notes.txt", "lib/.hidden.py",
                             "lib/__pycache__/a.py", ".git/c.py", "train2.py"}) {
      write(file, file);
    }
  }

  void write(const std::string& file, const std::string& content) const {
    fs::create_directories((folder_ / file).parent_path());
    write_atomically(folder_ / file, content);
  }
  // "{worker}" without braces: `script: "sh x", files: [...]`.
  Sweep sweep(const std::string& worker) const {
    write("grid.yaml", "worker: {" + worker + "}\n");
    return plan_sweep(read_grid(folder_ / "grid.yaml"));
  }
  std::vector<std::string> files(const std::string& list) const {
    std::vector<std::string> names;
    for (const auto& [path, digest] : sweep("command: w, files: " + list).grid.worker.program.files)
      names.push_back(path);
    return names;
  }
  std::string refused(const std::string& worker) const {
    return refusal_by([&] { sweep(worker); });
  }
  std::string run_id(const std::string& worker) const { return sweep(worker).cells[0].runs[0].id; }

  const TemporaryFolder folder_;
};

TEST_F(GridWithProgram, ListsFilesByNamesAndPatterns) {
  EXPECT_THAT(files("train.py"), ElementsAre("train.py"));
  EXPECT_THAT(files("[./train.py, train.py, lib/a.py]"), ElementsAre("lib/a.py", "train.py"));
  EXPECT_THAT(files("[\"train*.py\"]"), ElementsAre("train.py", "train2.py"));
  EXPECT_THAT(files("[\"lib/*.py\"]"), ElementsAre("lib/a.py"));
  EXPECT_THAT(files("[\"lib/**.py\"]"), ElementsAre("lib/a.py", "lib/deep/b.py"));
  EXPECT_THAT(files("[\"**/[ab].py\"]"), ElementsAre("lib/a.py", "lib/deep/b.py"));
  EXPECT_THAT(files("[\"lib/**\"]"), ElementsAre("lib/a.py", "lib/deep/b.py", "lib/notes.txt"));
  EXPECT_THAT(files("[\"**/**/**/deep/**\"]"), ElementsAre("lib/deep/b.py"));
  EXPECT_THAT(files("[lib/.hidden.py]"), ElementsAre("lib/.hidden.py")) << "what is named is meant";
}

TEST_F(GridWithProgram, PatternsLeaveOutAStoreBesideTheGrid) {
  write("runs/ab/ab12cd34ef56/program/train.py", "copy");
  EXPECT_THAT(files("[\"**/train.py\"]"), ElementsAre("runs/ab/ab12cd34ef56/program/train.py", "train.py"))
      << "runs/ alone is any folder";
  fs::create_directories(folder_ / "sweeps/programs");
  EXPECT_THAT(files("[\"**/train.py\"]"), ElementsAre("train.py"));
}

TEST_F(GridWithProgram, FilesMayBeInAnotherFolderThanTheGrid) {
  write("grids/grid.yaml", "worker: {command: w, folder: .., files: [lib/a.py]}\n");
  const Worker worker = read_grid(folder_ / "grids/grid.yaml").worker;
  EXPECT_EQ(worker.program.folder, folder_.path());
  EXPECT_EQ(worker.program.files.begin()->first, "lib/a.py");
}

TEST_F(GridWithProgram, FilesThatCannotBeMeantAreRefusedAtTheirPlace) {
  const auto where = (folder_ / "grid.yaml").string() + ":1:30: worker.files: ";
  EXPECT_EQ(refused("command: w, files: [train.py, ../x.py]"),
            (folder_ / "grid.yaml").string() + ":1:40: worker.files: ../x.py is not in " + folder_.path().string() +
                "; worker.folder is the folder of the program, for example folder: ..");
  EXPECT_THAT(refused("command: w, files: [/etc/passwd]"), HasSubstr(where + "/etc/passwd is not in"));
  EXPECT_THAT(refused("command: w, files: [trian.py]"), HasSubstr(where + "there is no file trian.py in"));
  EXPECT_THAT(refused("command: w, files: [lib]"), HasSubstr("lib is a folder; \"lib/**\" for all files in it"));
  EXPECT_THAT(refused("command: w, files: [\"*.cpp\"]"), HasSubstr(where + "no file in"));
  EXPECT_THAT(refused("command: w, files: [\"nowhere/*\"]"), HasSubstr("matches \"nowhere/*\""));
  EXPECT_THAT(refused("command: w, files: " + std::string(300, 'x')), HasSubstr("there is no file xxx"));
  EXPECT_THAT(refused("command: w, files: []"), HasSubstr("worker.files: the list is empty"));
  EXPECT_THAT(refused("command: w, files: [[a]]"), HasSubstr("worker.files: expected a path"));
  EXPECT_THAT(refused("command: w, copy: false"), HasSubstr("belong to its files"));
  EXPECT_THAT(refused("command: w, files: train.py, copy: 1"), HasSubstr("\"worker.copy\" is true or false, not 1"));
  EXPECT_THAT(refused("command: w, version: 1.10"),
              HasSubstr("worker.version: expected a text; write 1.1 or \"1.10\""));
  write("large.bin", "");
  fs::resize_file(folder_ / "large.bin", (64 << 20) + 1);
  EXPECT_THAT(refused("command: w, files: [train.py, large.bin]"),
              HasSubstr("with large.bin there are more than 64 MiB"));
}

TEST_F(GridWithProgram, ContentAndVersionAreInTheIdentityAndNothingElseIs) {
  const std::string script = "script: \"sh train.py\"", files = script + ", files: [train.py, \"lib/**.py\"]";
  const std::string plain = run_id(script), with_files = run_id(files);
  EXPECT_EQ(plain, sweep_of("worker: {script: [sh, train.py]}\n").cells[0].runs[0].id);
  EXPECT_NE(with_files, plain);
  EXPECT_EQ(run_id(files + ", copy: false"), with_files) << "the same program, run otherwise";
  EXPECT_EQ(run_id(script + ", files: [\"**.py\"]") == with_files, false) << "train2.py is another file";
  EXPECT_NE(run_id(script + ", version: 2"), plain);
  EXPECT_NE(run_id(script + ", version: 2"), run_id(script + ", version: 3"));
  EXPECT_NE(run_id(files + ", version: 2"), with_files);
  EXPECT_NE(run_id("command: w, version: 2"), run_id("command: w"));
  write("lib/notes.txt", "changed");
  EXPECT_EQ(run_id(files), with_files);
  write("lib/deep/b.py", "changed");
  EXPECT_NE(run_id(files), with_files);
}

TEST_F(GridWithProgram, ConfigJsonHasItsDigestFolderAndVersion) {
  const Sweep planned = sweep("command: w, files: train.py, copy: false, version: \"1\"");
  const Json worker = planned.cells[0].config_of(planned.cells[0].runs[0])["worker"];
  EXPECT_EQ(worker, Json({{"command", {"w"}},
                          {"copy", false},
                          {"files", planned.grid.worker.program.digest},
                          {"folder", folder_.path().string()},
                          {"ranks", 1},
                          {"version", "1"}}));
}

TEST_F(GridWithProgram, ARecordedGridHasTheProgramOfItsRecord) {
  const Grid grid = sweep("command: w, files: train.py").grid;
  write("train.py", "changed");
  const Grid recorded = parse_grid({"grid", "sweep.yaml", grid.text, "", "", grid.worker.program}, {});
  EXPECT_EQ(recorded.worker.program.digest, grid.worker.program.digest);
  EXPECT_THAT(refusal_by([&] {
                parse_grid({"grid", "sweep.yaml", grid.text, "", "", {}}, {});
              }),
              HasSubstr("does not say what its program was"));
}

TEST_F(GridWithProgram, PathsThatTheCopiesLackCauseAWarning) {
  const fs::path before = fs::current_path();
  fs::current_path(folder_.path());
  const auto advice = [&](const std::string& text) {
    write("grid.yaml", text);
    return advice_about(read_grid("grid.yaml"));
  };
  const std::string files = ", files: [train.py, lib/a.py]";
  EXPECT_THAT(advice("worker: {script: \"sh train.py lib --x=lib/a.py\"" + files + "}\n"), IsEmpty());
  EXPECT_THAT(
      advice("worker: {script: \"sh train.py --x=lib/notes.txt lib/deep\"" + files + "}\n"),
      ElementsAre(AllOf(HasSubstr("has no lib/notes.txt: write {here}/lib/notes.txt")), HasSubstr("no lib/deep")));
  EXPECT_THAT(advice("worker: {command: [sh, train2.py]" + files + "}\n"), ElementsAre(HasSubstr("an absolute path")));
  EXPECT_THAT(advice("worker: {command: [sh, train.py]" + files + "}\nsettings: {data: lib/notes.txt}\n"),
              ElementsAre(HasSubstr("grid.yaml:2:18: the program starts in the folder of its copies")));
  EXPECT_THAT(advice("worker: {command: [sh, train2.py], copy: false" + files + "}\n"), IsEmpty());
  fs::current_path(before);
}

TEST(ProgramFileNames, AreListedAndCounted) {
  EXPECT_EQ(names_in_words({"a"}), "a");
  EXPECT_EQ(names_in_words({"a", "b"}), "a and b");
  EXPECT_EQ(names_in_words({"a", "b", "c"}), "a, b and c");
  EXPECT_EQ(names_in_words({"a", "b", "c", "d"}), "a, b and 2 more");
  EXPECT_THAT(differing_files({{"a", "1"}, {"b", "1"}, {"c", "1"}}, {{"a", "1"}, {"b", "2"}, {"d", "1"}}),
              ElementsAre("b", "c", "d"));
}

}  // namespace
}  // namespace pbn::grid
