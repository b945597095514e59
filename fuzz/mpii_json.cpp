// data/sources/mpii_json.h: MPII's annotations in the JSON of HRNet and mmpose.
#include "data/sources/mpii_json.h"

#include "fuzz/target.h"

void pbn::fuzz(std::string_view bytes) {
  read_or_refuse(Blame::data, "a.json", [&] { data::parse_mpii_json(bytes, "a.json", "images"); });
}
