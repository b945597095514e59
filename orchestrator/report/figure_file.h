// A figure of the page as a picture of its own.
#pragma once

#include <string>

namespace pbn {

// The page's figures take their width and colours from it (svg_figure in drawing/svg.h): here they get 760 pixels
// and colours for paper.
std::string standalone_figure(const std::string& figure);

}  // namespace pbn
