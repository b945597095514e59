// What a setting takes, as a JSON Schema (draft 7), from which editors complete and check grids.
#pragma once

#include "config/key.h"

namespace pbn::config {

// With the key's help as the description, and its default value.
Json schema_of(const Key& key);

}  // namespace pbn::config
