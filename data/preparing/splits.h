// Which people of a data set go into which pose file.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "data/preparing/hold_out.h"
#include "data/sources/data_sets.h"

namespace pbn::data {

class Splits {
 public:
  // `wanted`: "train", "validation", "test", or "" for annotations that are a single split and name it themselves.
  // Reads nothing yet. Throws a usage error for splits that this data set lacks, or if nobody is held out although
  // requested.
  Splits(const DataSet& data_set, DataSetPlace place, std::optional<HoldOut> hold_out,
         const std::vector<std::string>& wanted);

  // Reads the annotations at most once. Throws the errors of reading and dividing them, and a data error if none of the
  // people can be used.
  PhotographSet people_of(const std::string& split);

  const std::vector<LeftOut>& left_out() const { return left_out_; }  // of the annotations read so far
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

}  // namespace pbn::data
