// Stores and reports that earlier versions made (tests/fixtures/README.md).
#include <gtest/gtest.h>

#include <filesystem>
#include <set>

#include "base/files.h"
#include "base/json.h"
#include "tests/end_to_end/shell.h"
#include "tests/places.h"
#include "tests/temporary_folder.h"

namespace pbn {
namespace {

namespace fs = std::filesystem;

class EarlierStore : public ::testing::TestWithParam<const char*> {
 protected:
  EarlierStore() {
    fs::copy(source_folder() / "tests/fixtures/store-0.1.0", folder_.path(), fs::copy_options::recursive);
  }

  Json facts(const std::string& command) const {
    const std::string grid = std::string(GetParam()) + ".yaml";
    const Answer answer =
        shell("cd '" + folder_.path().string() + "' && pbn " + command + " " + grid + " --store store --json 2>errors");
    EXPECT_EQ(answer.exit_code, 0) << read_file(folder_ / "errors");
    return parse_json(answer.text, "what pbn " + command + " prints");
  }

  TemporaryFolder folder_;
};

TEST_P(EarlierStore, IsCompleted) {
  const Json plan = facts("plan");
  EXPECT_GE(plan["runs"], 6);
  EXPECT_EQ(plan["done"], plan["runs"]);
  EXPECT_EQ(plan["to_do"]["runs"], 0);
}

// An outcome lists all settings, also those that a later version has added.
Json without_new_settings(Json outcome, const Json& expected) {
  std::set<std::string> known;
  for (const Json& setting : expected["settings"]) known.insert(setting["key"]);
  Json settings = Json::array();
  for (const Json& setting : outcome["settings"]) {
    if (known.contains(setting["key"])) settings.push_back(setting);
  }
  outcome["settings"] = settings;
  return outcome;
}

TEST_P(EarlierStore, IsReportedWithTheSameFigures) {
  const Json expected = parse_json(read_file(folder_ / (std::string(GetParam()) + "-outcome.json")), "the outcome");
  EXPECT_EQ(without_new_settings(facts("report --no-photos")["outcome"], expected), expected);
}

INSTANTIATE_TEST_SUITE_P(OfVersion010, EarlierStore, ::testing::Values("study", "line"));

}  // namespace
}  // namespace pbn
