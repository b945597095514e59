#include "orchestrator/slurm/element.h"

#include <gmock/gmock.h>

#include "base/error.h"
#include "base/files.h"
#include "tests/temporary_folder.h"

namespace pbn::slurm {
namespace {

using ::testing::HasSubstr;

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
  write_elements(list_, {{"aa", "first", "/store", {{"seed", 1}}, {}, 2, 0},
                         {"bb", strange, "/" + strange, {{"note", strange}}, {"python3", strange}, 0, 7, 300}});
  const SlurmElement element = read_element(list_, 1);
  EXPECT_EQ(element.run, "bb");
  EXPECT_EQ(element.name, strange);
  EXPECT_EQ(element.store, "/" + strange);
  EXPECT_EQ(element.config.at("note"), strange);
  EXPECT_EQ(element.worker.at(1), strange);
  EXPECT_EQ(element.attempts_before, 7);
  EXPECT_EQ(element.seconds_to_save, 300);
  EXPECT_EQ(read_element(list_, 0).retries, 2);
}

TEST_F(ElementList, ReportsDamagedLists) {
  EXPECT_THAT(read_error(0), HasSubstr("cannot be read"));
  write_elements(list_, {{"aa", "first", "/store", {}, {}, 2, 0}});
  EXPECT_THAT(read_error(1), HasSubstr("has no element 1; elements are counted from 0"));
  write_atomically(list_, "{\"run\": \"aa\"}\n{");
  EXPECT_THAT(read_error(0), HasSubstr("runs.jsonl:1: is not an element of an array"));
  EXPECT_THAT(read_error(1), HasSubstr("runs.jsonl:2: is not valid JSON"));
}

}  // namespace
}  // namespace pbn::slurm
