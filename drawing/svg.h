// The few SVG elements that the figures are made of. Numbers are rounded, so that the same values give the same bytes.
#pragma once

#include <string>
#include <string_view>

namespace pbn {

std::string escape_markup(std::string_view text);  // & < > " ' for HTML and SVG, and what XML forbids

// A length in an SVG: "12.3"; with unit "%": a share of the figure's width, so that it fits a phone and a page alike.
std::string svg_length(double value, const char* unit = "");

// A figure that is part of a page, whose styles it uses: as wide as its place and `height` pixels high. `title` and
// `description` are for those who cannot see.
std::string svg_figure(double height, std::string_view title, std::string_view description, std::string_view content);

// A picture that stands by itself, in pixels, as a file or on a page. It brings its own paper and ink, light or dark as
// the reader's screen is: classes `paper`, `ink`, `soft` and `faint` for fills, `line` and `rim` (paper) for strokes,
// `title` and `small` for text.
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

}  // namespace pbn
