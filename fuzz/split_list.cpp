// data/preparing/hold_out.h: lists of the people of a split.
#include "data/preparing/hold_out.h"

#include "fuzz/target.h"

void pbn::fuzz(std::string_view bytes) {
  read_or_refuse(Blame::data, "a.txt", [&] { data::parse_split_list(bytes, "a.txt"); });
}
