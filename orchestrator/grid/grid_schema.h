// JSON Schemas of grids and base files, for editors and check-jsonschema (`pbn schema`). They refuse what a look at one
// entry shows to be wrong; what depends on several entries or on other files only pbn checks.
#pragma once

#include "base/json.h"

namespace pbn::grid {

Json grid_schema();
Json base_schema();

}  // namespace pbn::grid
