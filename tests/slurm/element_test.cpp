#include "orchestrator/slurm/element.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "base/error.h"
#include "base/files.h"
#include "tests/temporary_folder.h"

namespace pbn::slurm {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

const SlurmRun first_run{"aa", "first", "/store", {{"seed", 1}}, {}, 2, 0};

class ElementList : public ::testing::Test {
 protected:
  std::string read_error(int index) const {
    try {
      read_element(list_, index);
    } catch (const Error& error) {
      return error.what();
    }
    return "none";
  }

  const TemporaryFolder folder_;
  const std::filesystem::path list_ = folder_ / "runs.jsonl";
};

TEST_F(ElementList, PreservesSpecialCharacters) {
  const std::string strange = "it's \"$(x)\";\n`y` \\";
  const SlurmRun second{"bb", strange, "/" + strange, {{"note", strange}}, {"python3", strange}, 0, 7, 300};
  write_elements(list_, {{{first_run}}, {{second}}});
  const SlurmRun run = read_element(list_, 1).runs.at(0);
  EXPECT_EQ(run.run, "bb");
  EXPECT_EQ(run.name, strange);
  EXPECT_EQ(run.store, "/" + strange);
  EXPECT_EQ(run.config.at("note"), strange);
  EXPECT_EQ(run.worker.at(1), strange);
  EXPECT_EQ(run.attempts_before, 7);
  EXPECT_EQ(run.seconds_to_save, 300);
  EXPECT_EQ(read_element(list_, 0).runs.at(0).retries, 2);
}

TEST_F(ElementList, HasSeveralRunsInALine) {
  SlurmRun second = first_run;
  second.run = "bb";
  write_elements(list_, {{{first_run, second}, 2}, {{first_run}}});
  const SlurmElement packed = read_element(list_, 0);
  ASSERT_THAT(packed.runs, SizeIs(2));
  EXPECT_EQ(packed.runs[1].run, "bb");
  EXPECT_EQ(packed.side_by_side, 2);
  EXPECT_EQ(read_element(list_, 1).side_by_side, 1);
}

// Written by version 0.5, with one run in each element.
TEST_F(ElementList, IsReadAsEarlierVersionsWroteIt) {
  const std::string line =
      R"({"attempts_before":0,"config":{"seed":1},"name":"D1, seed 1","retries":2,"run":"aa","seconds_to_save":120,"store":"/store","worker":["work"]})";
  write_atomically(list_, line + "\n");
  const SlurmElement element = read_element(list_, 0);
  ASSERT_THAT(element.runs, SizeIs(1));
  EXPECT_EQ(element.runs[0].name, "D1, seed 1");
  write_elements(list_, {element});
  EXPECT_EQ(read_file(list_), line + "\n") << "and as it is still written";
}

TEST_F(ElementList, ReportsDamagedLists) {
  EXPECT_THAT(read_error(0), HasSubstr("cannot be read"));
  write_elements(list_, {{{first_run}}});
  EXPECT_THAT(read_error(1), HasSubstr("has no element 1; elements are counted from 0"));
  write_atomically(list_, "{\"run\": \"aa\"}\n{\n{\"runs\": [], \"side_by_side\": 1}\n17\n");
  for (const int damaged : {0, 2, 3}) {
    EXPECT_THAT(read_error(damaged),
                HasSubstr(fmt::format("runs.jsonl:{}: is not an element of an array", damaged + 1)));
  }
  EXPECT_THAT(read_error(1), HasSubstr("runs.jsonl:2: is not valid JSON"));
}

}  // namespace
}  // namespace pbn::slurm
