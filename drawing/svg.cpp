#include "drawing/svg.h"

#include <fmt/format.h>

#include "base/text.h"

namespace pbn::drawing {
namespace {

constexpr const char* picture_style = R"(
svg { font: 13px system-ui, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif; }
.paper { fill: #ffffff; } .ink { fill: #1d2327; } .soft { fill: #5d676e; } .faint { fill: #e9e6e0; }
.line { stroke: #c9c5bc; } .rim { stroke: #ffffff; }
.title { font-size: 18px; font-weight: 600; } .small { font-size: 11px; }
@media (prefers-color-scheme: dark) {
  .paper { fill: #14181b; } .ink { fill: #e6e4df; } .soft { fill: #9ba5ab; } .faint { fill: #2a3136; }
  .line { stroke: #47525a; } .rim { stroke: #14181b; }
}
)";

}  // namespace

std::string escape_markup(std::string_view text) {
  constexpr std::string_view special = "&<>\"'";
  constexpr const char* entities[] = {"&amp;", "&lt;", "&gt;", "&quot;", "&#39;"};
  std::string escaped;
  for (const char c : printable_text(text)) {
    const std::size_t found = special.find(c);
    if (found == std::string_view::npos) {
      escaped += c;
    } else {
      escaped += entities[found];
    }
  }
  return escaped;
}

std::string svg_length(double value, const char* unit) { return fmt::format("{:.2f}{}", value, unit); }

std::string svg_figure(double height, std::string_view title, std::string_view description, std::string_view content) {
  return fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" width=\"100%\" height=\"{0}\" aria-label=\"{1}. {2}\">"
      "<title>{1}</title><desc>{2}</desc>{3}</svg>",
      svg_length(height), escape_markup(title), escape_markup(description), content);
}

std::string svg_picture(double width, double height, std::string_view title, std::string_view description,
                        std::string_view content) {
  return fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" width=\"{0}\" height=\"{1}\" viewBox=\"0 0 {0} {1}\">"
      "<title>{2}</title><desc>{3}</desc><style>{4}</style><rect class=\"paper\" width=\"{0}\" "
      "height=\"{1}\"/>{5}</svg>\n",
      svg_length(width), svg_length(height), escape_markup(title), escape_markup(description), picture_style, content);
}

std::string text_element(const SvgText& text) {
  return fmt::format("<text x=\"{}\" y=\"{}\" class=\"{}\" {}>{}</text>", text.x, text.y, text.style, text.attributes,
                     escape_markup(text.words));
}

std::string line_element(const std::string& x1, const std::string& y1, const std::string& x2, const std::string& y2,
                         std::string_view style) {
  return fmt::format("<line x1=\"{}\" y1=\"{}\" x2=\"{}\" y2=\"{}\" class=\"{}\"/>", x1, y1, x2, y2, style);
}

}  // namespace pbn::drawing
