// Which of the formats that people keep poses in a JSON file has, so that one given to the wrong importer is named.
#pragma once

#include <string>

#include "base/json.h"

namespace pbn {

struct AnnotationFormat {
  std::string name;      // "COCO's annotations"
  std::string importer;  // the source of `pbn prepare` that reads it; empty: none does
  std::string hint;      // what to do with it
};

// By the entries of the object, or of the first object of the list; without a name where it is none that is known.
AnnotationFormat annotation_format(const Json& file);

// Throws a data error that names the format of a file that is known to be for another importer or for none.
void require_format_of(const std::string& importer, const Json& file, const std::string& where);

}  // namespace pbn
