// data/sources/coco.h: COCO's annotations, also as those of COCO-WholeBody.
#include "data/sources/coco.h"

#include "fuzz/target.h"

void pbn::fuzz(std::string_view bytes) {
  read_or_refuse(Blame::data, "a.json", [&] { data::parse_coco(bytes, "a.json", "images"); });
  read_or_refuse(Blame::data, "a.json", [&] { data::parse_coco(bytes, "a.json", "images", {.part = "feet"}); });
}
