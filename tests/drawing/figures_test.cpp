// Figures of groups and relatedness (Figs. 2a and 2b), and picture files.
#include <chrono>
#include <thread>

#include "base/files.h"
#include "data/photographs/image.h"
#include "drawing/drawing.h"
#include "drawing/group_figure.h"
#include "drawing/matrix_figure.h"
#include "drawing/part_layout.h"
#include "drawing/picture_file.h"
#include "drawing/svg.h"
#include "tests/drawing/count.h"
#include "tests/evaluation/example_data.h"

namespace pbn::drawing {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(GroupFigure, PartsHaveTheColoursOfTheirGroups) {
  const std::string apart = group_figure(config::resolve_groups("related-5", config::mpii16()), config::mpii16());
  EXPECT_EQ(count(apart, "<circle"), 16);
  EXPECT_EQ(count(apart, "<path"), 0);
  const config::Groups overlapping = config::resolve_groups("related-5+shoulders", config::mpii16());
  const std::string shared = group_figure(overlapping, config::mpii16());
  EXPECT_EQ(count(shared, "<path"), 4) << "two shoulders, two sectors each";
  EXPECT_EQ(count(shared, "class=\"together\""), 1 + count(apart, "class=\"together\"") + 1) << "and two more limbs";
}

TEST(PartLayout, AnyBodyIsUprightWithItsRightOnTheLeft) {
  const config::Skeleton lizard =
      config::parse_skeleton(Json::parse(R"({"name": "lizard", "parts": ["tail", "l-foot", "r-foot", "back", "snout"],
                      "mirror": [["r-foot", "l-foot"]],
                      "limbs": [["snout", "back"], ["back", "tail"], ["back", "l-foot"], ["back", "r-foot"]]})"),
                             "");
  const auto places = places_of_parts(lizard);
  EXPECT_LT(places[2][0], places[1][0]) << "right foot, left foot";
  EXPECT_LT(places[4][1], places[3][1]) << "snout above back";
  EXPECT_GT(places[0][1], places[3][1]) << "tail below back";
  for (const auto& [x, y] : places) EXPECT_TRUE(x > 0 && x < 100 && y > 0 && y < 150) << x << ", " << y;
  EXPECT_EQ(places_of_parts(lizard), places);
  EXPECT_EQ(places_of_parts(config::lsp14())[13], (std::array<double, 2>{50, 8})) << "people stand";
  const config::Groups groups = config::resolve_groups("body-2", lizard);
  EXPECT_EQ(count(group_figure(groups, lizard), "<circle"), 5);
}

TEST(GroupFigure, ThePictureNumbersTheGroupsAndNamesTheirParts) {
  const std::string svg = group_picture(config::resolve_groups("each", config::lsp14()), config::lsp14(), "a <note>");
  EXPECT_THAT(svg, HasSubstr("14 groups of related parts"));
  EXPECT_THAT(svg, HasSubstr("a &lt;note&gt;"));
  for (const std::string& part : config::lsp14().parts)
    EXPECT_EQ(count(svg, ">" + part + "<"), 2) << "legend and hint: " << part;
  EXPECT_EQ(count(svg, "class=\"number\"[^>]*>14<"), 2) << "joint and legend, where eight colours are not enough";
}

TEST(MatrixFigure, EveryPairHasItsValueAndPartsAreNamedOnBothAxes) {
  static const config::Skeleton three{"three", {"hip", "knee", "neck"}, {}, {}};
  data::RelatedParts related;
  related.relatedness = {&three, 4, {0, 1.2, 0.2, 1.2, 0, 0.7, 0.2, 0.7, 0}, std::vector<int>(9, 4)};
  related.cut.minimum = {{{0, 1}, {2}}, 1.5};
  const std::string svg = matrix_picture(related);
  for (const char* name : {"hip", "knee", "neck"}) EXPECT_EQ(count(svg, ">" + std::string(name) + "<"), 2);
  EXPECT_EQ(count(svg, ">1<"), 3) << "hip and knee, twice, and the key's end";
  EXPECT_EQ(count(svg, ">.50<"), 2);
  EXPECT_EQ(count(svg, ">.00<"), 2);
  EXPECT_THAT(svg, HasSubstr("1.200 nats"));
}

TEST(PictureFile, APdfDoesNotDependOnTheTime) {
  const TemporaryFolder folder;
  const std::string svg = svg_picture(40, 30, "title", "description", "");
  write_picture(folder / "first.pdf", svg);
  std::this_thread::sleep_for(std::chrono::milliseconds(1100));  // a date in a PDF has whole seconds
  write_picture(folder / "second.pdf", svg);
  EXPECT_EQ(read_file(folder / "first.pdf"), read_file(folder / "second.pdf"));
}

TEST(PictureFile, TheNamesEndingChoosesTheFormat) {
  const TemporaryFolder folder;
  const std::string svg = svg_picture(40, 30, "title", "description", "");
  write_picture(folder / "p.svg", svg);
  EXPECT_EQ(read_file(folder / "p.svg"), svg);
  write_picture(folder / "p.png", svg);
  const data::Image picture = data::read_image(folder / "p.png");
  EXPECT_EQ(picture.width, 40);
  EXPECT_EQ(picture.height, 30);
  EXPECT_EQ(picture.pixels[0], 255) << "light paper";
  write_picture(folder / "p.pdf", svg);
  EXPECT_THAT(read_file(folder / "p.pdf"), testing::StartsWith("%PDF"));
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.path()), {}), 3) << "nothing else is left behind";
  try {
    require_picture_name("sheet.jpeg");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.blame, Blame::usage);
    EXPECT_EQ(error.hint, "name it .svg, .png or .pdf");
  }
}

}  // namespace
}  // namespace pbn::drawing
