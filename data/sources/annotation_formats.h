// Recognising the JSON formats in which people store poses, so that a file for another importer is named.
#pragma once

#include <string>
#include <string_view>

#include "base/json.h"

namespace pbn::data {

struct AnnotationFormat {
  std::string name;      // "COCO's annotations"
  std::string importer;  // the source of `pbn prepare` that reads it; empty if none does
  std::string hint;      // what the user should do
};

// Recognises a file by the keys of the object, or of the first object of the list. Without a name if it is unknown.
AnnotationFormat annotation_format(const Json& file);

// Parses the text of a file that was given to an importer. Throws the errors of parse_json, and data errors for a key
// that occurs twice in an object and for a file of another known format, which is named.
Json parse_annotations(std::string_view text, const std::string& where, const std::string& importer);

}  // namespace pbn::data
