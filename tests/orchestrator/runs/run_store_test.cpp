#include "orchestrator/runs/run_store.h"

#include <gmock/gmock.h>

#include "base/files.h"
#include "tests/orchestrator/study.h"

namespace pbn::runs {
namespace {

const std::string stored_run(64, 'c');

TEST(RunStore, ATruncatedResultIsNoResult) {
  const TemporaryFolder folder;
  const RunStore store(folder.path());
  EXPECT_EQ(store.folder(stored_run), folder.path() / "runs/cc/cccccccccccc");
  EXPECT_FALSE(store.has_result(stored_run));
  make_writable_folder(store.folder(stored_run));
  const std::string whole =
      Json({{"run", stored_run}, {"outcome", {{"figures", {{"auc", 1.0}}}}}, {"\"{", "}"}}).dump();
  for (std::size_t size = 0; size <= whole.size(); ++size) {
    write_atomically(store.folder(stored_run) / "result.json", whole.substr(0, size), Durability::cached);
    EXPECT_EQ(store.result(stored_run).has_value(), size == whole.size());
    EXPECT_EQ(store.has_result(stored_run), size == whole.size()) << whole.substr(0, size);
  }
  const std::string other = std::string(12, 'c') + std::string(52, 'd');  // in the same folder
  EXPECT_FALSE(store.has_result(other));
  EXPECT_FALSE(store.result(other));
}

TEST(RunStore, ATestCountsOnlyForTheCurrentWeights) {
  const TemporaryFolder folder;
  const RunStore store(folder.path());
  const auto result = [](const char* protocol, const char* weights) {
    return Json({{"run", stored_run},
                 {"protocol", protocol},
                 {"outcome", {{"figures", {{"auc", 1.0}}}, {"weights_sha256", weights}}}});
  };
  make_writable_folder(store.test_folder(stored_run, "scale-1-flip"));
  write_json(store.test_folder(stored_run, "scale-1-flip") / "result.json", result("scale-1-flip", "abc"));
  EXPECT_FALSE(store.test_result(stored_run, "scale-1-flip"));  // the run has no result
  write_json(store.folder(stored_run) / "result.json", result("scale-1-shift", "abc"));
  EXPECT_TRUE(store.test_result(stored_run, "scale-1-flip"));
  EXPECT_EQ(store.tested(stored_run, "scale-1-flip"), store.test_folder(stored_run, "scale-1-flip"));
  EXPECT_EQ(store.tested(stored_run, "scale-1-shift"), store.folder(stored_run));
  EXPECT_FALSE(store.tested(stored_run, "scale-1"));
  EXPECT_THAT(store.tests(stored_run), testing::ElementsAre("scale-1-flip"));
  write_json(store.folder(stored_run) / "result.json", result("scale-1-shift", "trained again"));
  EXPECT_FALSE(store.test_result(stored_run, "scale-1-flip"));
}

}  // namespace
}  // namespace pbn::runs
