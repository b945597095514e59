// The report as one self-contained HTML page: no network, no script.
#pragma once

#include <string>
#include <vector>

#include "base/json.h"
#include "orchestrator/report/gallery.h"

namespace pbn {

// `settings`: what all cells have in common, key by key (see common_settings). Everything that came from a file is
// escaped. The same aggregate and pictures give the same bytes.
std::string html_page(const Json& aggregate, const std::vector<GalleryRow>& pictures, const Json& settings);

// The identity settings of a sweep that are the same in all its cells, by dotted path.
Json common_settings(const Sweep& sweep);

}  // namespace pbn
