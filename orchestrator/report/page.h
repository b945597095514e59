// The report as one self-contained HTML page: no network, and one small script that sorts tables.
#pragma once

#include <string>
#include <vector>

#include "base/json.h"
#include "orchestrator/report/gallery.h"

namespace pbn {

// Everything that came from a file is escaped. The same aggregate and pictures give the same bytes.
std::string html_page(const Json& aggregate, const std::vector<GalleryRow>& pictures);

}  // namespace pbn
