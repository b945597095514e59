// data/preparing/split_list.h: lists of a split's people.
#include "data/preparing/split_list.h"

#include "fuzz/target.h"

void pbn::fuzz(std::string_view bytes) {
  read_or_refuse(Blame::data, "a.txt", [&] { parse_split_list(bytes, "a.txt"); });
}
