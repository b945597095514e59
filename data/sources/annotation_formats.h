// Which of the formats that people keep poses in a JSON file has, so that one given to the wrong importer is named.
#pragma once

#include <string>
#include <string_view>

#include "base/json.h"

namespace pbn {

struct AnnotationFormat {
  std::string name;      // "COCO's annotations"
  std::string importer;  // the source of `pbn prepare` that reads it; empty: none does
  std::string hint;      // what to do with it
};

// By the entries of the object, or of the first object of the list; without a name where it is none that is known.
AnnotationFormat annotation_format(const Json& file);

// The text of a file that was given to an importer. Throws what parse_json throws, and data errors for a key that
// stands twice in an object and for a file that is known to be for another importer or for none, whose format is named.
Json parse_annotations(std::string_view text, const std::string& where, const std::string& importer);

}  // namespace pbn
