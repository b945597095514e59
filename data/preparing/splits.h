// Which people of a data set go into which of the files that `pbn prepare` makes.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "data/preparing/hold_out.h"
#include "data/sources/data_sets.h"

namespace pbn {

class Splits {
 public:
  // `wanted`: "train", "validation", "test", or an empty name for what annotations that are one split call themselves.
  // Reads nothing yet. Throws usage errors for splits that cannot be had of this data set, or that nobody is held out
  // for or from.
  Splits(const DataSet& data_set, DataSetPlace place, std::optional<HoldOut> hold_out,
         const std::vector<std::string>& wanted);

  // Annotations are read once, however many splits are made of them. Throws what reading and dividing them throws,
  // and a data error when nobody in them can be used.
  PhotographSet people_of(const std::string& split);

  const std::vector<LeftOut>& left_out() const { return left_out_; }  // by the annotations read so far
  const std::vector<std::string>& remarks() const { return remarks_; }

 private:
  std::string annotated_split(const std::string& split) const;
  bool is_divided(const std::string& split) const;
  PhotographSet read(const std::string& annotated_split);

  const DataSet& data_set_;
  DataSetPlace place_;
  std::optional<HoldOut> hold_out_;
  std::optional<DividedSet> halves_;
  std::vector<LeftOut> left_out_;
  std::vector<std::string> remarks_;
};

}  // namespace pbn
