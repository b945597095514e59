// The report in the browser that Debian ships.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "shell.h"

namespace pbn {
namespace {

using testing::AllOf;
using testing::HasSubstr;

TEST(Page, OpensInABrowserWithItsTableChartAndPictures) {
  if (shell("command -v chromium").exit_code != 0) GTEST_SKIP() << "needs chromium";
  const Workplace place;
  const std::string grid = fmt::format("{} --set data.train={} --set data.validation={} --store {}",
                                       written(place / "grid.yaml", small_study), small_people(place, "train", 60),
                                       small_people(place, "validation", 21), place / "store");
  ASSERT_EQ(shell("pbn run " + grid).exit_code, 0);
  ASSERT_EQ(shell(fmt::format("pbn report {} --out {}", grid, place / "report")).exit_code, 0);
  const Answer page =
      shell(fmt::format("HOME={} chromium --headless --no-sandbox --disable-gpu --virtual-time-budget=3000 --dump-dom "
                        "file://{}/index.html 2>/dev/null",
                        place / "home", place / "report"));
  EXPECT_EQ(page.exit_code, 0);
  EXPECT_THAT(page.text, AllOf(HasSubstr("<table"), HasSubstr("<svg"), HasSubstr("data:image/jpeg;base64,")));
  EXPECT_THAT(page.text, testing::Not(testing::ContainsRegex("(src|href)=.https?:")));  // nothing from the network
}

}  // namespace
}  // namespace pbn
