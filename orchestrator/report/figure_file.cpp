#include "orchestrator/report/figure_file.h"

namespace pbn {
namespace {

// The light colours of page.html: rsvg-convert knows no variables.
constexpr const char* style =
    "<style>text{fill:#1d2327;paint-order:stroke;stroke:#fff;stroke-width:3px;font:12.5px \"DejaVu "
    "Sans\",sans-serif}.label{font-weight:600}.tick,.value{fill:#5d676e;"
    "font-size:11.5px}.grid{stroke:#e3e0d9}.axis{stroke:#5d676e}.bar.overall{fill:#0072b2}.bar.visible{fill:#56b4e9}"
    ".bar.occluded{fill:#e69f00}.bar.floor{fill:#b9bcbd}.absent{fill:none;stroke:#5d676e;stroke-dasharray:4 4}"
    ".error{stroke:#1d2327;stroke-width:1.5}.cut{fill:#1d2327}.named{stroke:#fff}.seed{fill:#fff;stroke:#1d2327}.dot{"
    "fill:#0072b2}.dot.baseline{fill:#"
    "d55e00}"
    ".difference{stroke:#1d2327;stroke-width:2}.images{stroke:#5d676e;stroke-width:1.5;stroke-dasharray:3 "
    "3}.zero{stroke:#1d2327}.curve{fill:none;stroke-width:1.8}</style><rect width=\"100%\" height=\"100%\" "
    "fill=\"#fff\"/>";

}  // namespace

std::string standalone_figure(const std::string& figure) {
  std::string picture = figure;
  const std::string width = "width=\"100%\"";
  picture.replace(picture.find(width), width.size(), "width=\"760\"");
  return picture.insert(picture.find('>') + 1, style);
}

}  // namespace pbn
