// SVG elements of the figures. Numbers are rounded, so that equal values give equal bytes.
#pragma once

#include <string>
#include <string_view>

namespace pbn::drawing {

// Escapes & < > " ' for HTML and SVG, and replaces characters that XML forbids.
std::string escape_markup(std::string_view text);

// A length in an SVG: "12.30" pixels, or "12.30%" of the figure's width.
std::string svg_length(double value, const char* unit = "");

// A figure of a page, which provides the styles: as wide as its container and `height` pixels high. `title` and
// `description` are for screen readers.
std::string svg_figure(double height, std::string_view title, std::string_view description, std::string_view content);

// A complete picture with sizes in pixels, as a file or on a page. It has its own light and dark styles: classes
// `paper`, `ink`, `soft` and `faint` for fills, `line` and `rim` (of the paper's colour) for strokes, `title` and
// `small` for text.
std::string svg_picture(double width, double height, std::string_view title, std::string_view description,
                        std::string_view content);

struct SvgText {
  std::string x, y;
  std::string style;  // CSS class
  std::string words;
  std::string attributes = {};  // such as text-anchor="end"
};
std::string text_element(const SvgText& text);

std::string line_element(const std::string& x1, const std::string& y1, const std::string& x2, const std::string& y2,
                         std::string_view style);

}  // namespace pbn::drawing
