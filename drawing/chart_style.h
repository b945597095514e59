// The styles of all charts, for the report's page and for charts that are files of their own.
#pragma once

#include <string>

namespace pbn {

// CSS rules below the class `chart`. Colours are the page's variables, so that a dark screen has dark charts: --card
// (the paper), --ink, --soft, --line, --overall, --visible, --occluded, --floor.
std::string chart_style();

// A chart of the page (svg_figure in svg.h) as a picture: 760 pixels wide, with the styles in it, in colours for paper.
std::string standalone_figure(const std::string& figure);

}  // namespace pbn
