// On real photographs the network learns as well as a PyTorch program with the same recipe. Takes about twenty minutes
// on two cores.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <filesystem>

#include "shell.h"
#include "tests/places.h"

namespace pbn {
namespace {

constexpr double pytorch = 32.9;  // PCK@0.2, mean of 14 parts, after the same 20 epochs

TEST(Learning, ThePlainHeadOnLeedsSportsPoseIsWithinThreePointsOfPyTorchOrBetter) {
  const std::string lsp = shared_data().string() + "/lsp";
  if (!std::filesystem::exists(lsp)) GTEST_SKIP() << "needs real data at " << lsp;
  const Workplace place;
  const std::string train = place / "lsp-train.h5";
  const std::string test = place / "lsp-test.h5";
  ASSERT_EQ(shell(fmt::format("pbn prepare lsp {} --box 128 --train {} --test {}", lsp, train, test)).exit_code, 0);
  const std::string grid =
      fmt::format("{}/experiments/lsp-baseline.yaml --set data.train={} --set data.validation={} --store {}",
                  source_folder().string(), train, test, place / "store");
  const Answer run = shell("pbn run " + grid);
  ASSERT_EQ(run.exit_code, 0) << run.text;
  const Answer report = shell(fmt::format("pbn report {} --out {}", grid, place / "report"));
  ASSERT_EQ(report.exit_code, 0) << report.text;
  double sum = 0;
  int seeds = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(place / "store/runs")) {
    if (entry.path().filename() != "result.json") continue;
    sum += outcome_of(entry.path().parent_path()).at("figures").at("pck20.all14").get<double>();
    ++seeds;
  }
  ASSERT_EQ(seeds, 3);
  EXPECT_GE(sum / seeds, pytorch - 3) << report.text;
}

}  // namespace
}  // namespace pbn
