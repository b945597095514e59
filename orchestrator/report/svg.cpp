#include "orchestrator/report/svg.h"

#include <fmt/format.h>

namespace pbn {

std::string escape_markup(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      case '\'':
        escaped += "&#39;";
        break;
      default:
        escaped += c;
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

std::string text_element(const SvgText& text) {
  return fmt::format("<text x=\"{}\" y=\"{}\" class=\"{}\" {}>{}</text>", text.x, text.y, text.style, text.attributes,
                     escape_markup(text.words));
}

std::string line_element(const std::string& x1, const std::string& y1, const std::string& x2, const std::string& y2,
                         std::string_view style) {
  return fmt::format("<line x1=\"{}\" y1=\"{}\" x2=\"{}\" y2=\"{}\" class=\"{}\"/>", x1, y1, x2, y2, style);
}

}  // namespace pbn
