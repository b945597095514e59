// The styles of all charts, on the report's page and as separate files.
#pragma once

#include <string>

namespace pbn::drawing {

// CSS rules for elements inside the class `chart`. Colours are variables of the page, which has a light and a dark
// theme: --card (the background), --ink, --soft, --line, --first, --second, --third, --floor.
std::string chart_style();

// Makes a chart of the page (svg_figure in svg.h) a complete picture: 760 pixels wide, with styles, in light colours.
std::string standalone_figure(const std::string& figure);

}  // namespace pbn::drawing
