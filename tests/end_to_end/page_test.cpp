// The report in Debian's Chromium, driven by page_driver.js.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "base/files.h"
#include "base/json.h"
#include "shell.h"
#include "tests/places.h"

namespace pbn {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class Page : public ::testing::Test {
 protected:
  // Trains one study for all tests.
  static void SetUpTestSuite() {
    if (shell("command -v chromium").exit_code != 0) return;
    place_ = new Workplace;
    const std::string grid = fmt::format(
        "{} --set data.train={} --set data.validation={} --set train.epochs=3 --set run.validate_every=1 --store {}",
        written(*place_ / "grid.yaml", small_study), small_people(*place_, "train", 60),
        small_people(*place_, "validation", 21), *place_ / "store");
    const Answer run = shell("pbn run " + grid);
    ASSERT_EQ(run.exit_code, 0) << run.text;
    const Answer report = shell(fmt::format("pbn report {} --out {}", grid, *place_ / "report"));
    ASSERT_EQ(report.exit_code, 0) << report.text;
  }

  static void TearDownTestSuite() { delete place_; }

  void SetUp() override {
    if (!place_) GTEST_SKIP() << "needs chromium";
  }

  static std::string page() { return read_file(*place_ / "report/index.html"); }

  // The document after all scripts have run.
  static std::string document(const std::string& page) {
    const std::string file = written(*place_ / "opened.html", page);
    const Answer answer =
        shell(fmt::format("HOME={} chromium --headless --no-sandbox --disable-gpu --allow-file-access-from-files "
                          "--virtual-time-budget=5000 --window-size=1400,1000 --dump-dom file://{} 2>/dev/null",
                          *place_ / "home", file));
    EXPECT_EQ(answer.exit_code, 0);
    return answer.text;
  }

  // The findings of page_driver.js in a frame of this size.
  static Json driven(int width, int height) {
    std::string driven_page = page();
    const std::string driver = read_file(source_folder() / "tests/end_to_end/page_driver.js");
    driven_page.insert(driven_page.find("<head>") + 6,
                       "<script>window.page_errors = [];"
                       "addEventListener('error', (event) => page_errors.push(event.message));"
                       "addEventListener('securitypolicyviolation', (event) => page_errors.push(event.blockedURI));"
                       "console.error = console.warn = (...words) => page_errors.push(words.join(' '));</script>");
    driven_page.insert(driven_page.rfind("</body>"), "<script>" + driver + "</script>");
    written(*place_ / "driven.html", driven_page);
    const std::string text =
        document(fmt::format("<body style=\"margin: 0\"><iframe src=\"driven.html\" style=\"border: 0; "
                             "width: {}px; height: {}px\"></iframe></body>",
                             width, height));
    const auto begin = text.rfind("FOUND{"), end = text.rfind("}END");
    EXPECT_NE(begin, std::string::npos) << "the driver did not finish";
    return begin == std::string::npos ? Json() : parse_json(text.substr(begin + 5, end - begin - 4), "found");
  }

  static void expect_usable(const Json& found) {
    EXPECT_EQ(found["errors"], Json::array());
    EXPECT_EQ(found["pictures_without_words"], 0) << found;
    for (const char* promise : {"head_takes_the_focus", "sorts_up", "sorts_down", "mean_pose_stays_first",
                                "link_opens_the_cell", "run_shows_its_log"}) {
      EXPECT_EQ(found[promise], true) << promise << found;
    }
    EXPECT_EQ(found["scrolls_sideways"], false);
    EXPECT_EQ(found["words_beyond_their_chart"], Json::array());
    EXPECT_EQ(found["beyond_the_paper"], Json::array());
    EXPECT_EQ(found["paper"], "rgb(255, 255, 255)");
    EXPECT_EQ(found["curves_of_a_run"], 2);
    EXPECT_THAT(found["values_under_the_curves"].get<std::string>(), HasSubstr("plain (2 seeds)"));
  }

  static inline Workplace* place_ = nullptr;
};

TEST_F(Page, OpensWithItsTableChartsAndPicturesAndNothingFromTheNetwork) {
  const std::string text = document(page());
  EXPECT_THAT(text, AllOf(HasSubstr("<table"), HasSubstr("<svg"), HasSubstr("data:image/jpeg;base64,")));
  EXPECT_THAT(text, testing::Not(testing::ContainsRegex("(src|href)=.https?:")));
}

TEST_F(Page, SortsTablesAndOpensRunsOnADesktop) {
  const Json found = driven(1280, 900);
  EXPECT_EQ(found["width"], 1280);
  expect_usable(found);
}

TEST_F(Page, SortsTablesAndOpensRunsOnAPhone) {
  const Json found = driven(390, 850);
  EXPECT_EQ(found["width"], 390);
  expect_usable(found);
}

TEST_F(Page, IsAFewPagesOnPaper) {
  const std::string file = *place_ / "page.pdf";
  const Answer answer =
      shell(fmt::format("HOME={} chromium --headless --no-sandbox --disable-gpu --print-to-pdf={} "
                        "file://{} 2>/dev/null",
                        *place_ / "home", file, *place_ / "report/index.html"));
  ASSERT_EQ(answer.exit_code, 0);
  const std::string pdf = read_file(file);
  int pages = 0;
  for (auto at = pdf.find("/Type /Page\n"); at != std::string::npos; at = pdf.find("/Type /Page\n", at + 1)) ++pages;
  EXPECT_GE(pages, 3);
  EXPECT_LE(pages, 12);
}

}  // namespace
}  // namespace pbn
