#include "data/preparing/splits.h"

#include <fmt/ranges.h>

#include <algorithm>

#include "base/error.h"

namespace pbn::data {
namespace {

bool has(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

Error no_usable_people(const std::string& file, const std::vector<LeftOut>& left_out) {
  std::vector<std::string> reasons;
  for (const LeftOut& group : left_out) reasons.push_back(fmt::format("{} {}", group.people, group.reason));
  return data_error(file, "", "has no usable people{}{}",
                    reasons.empty() ? "" : "; left out: ", fmt::join(reasons, ", "));
}

}  // namespace

Splits::Splits(const DataSet& data_set, DataSetPlace place, std::optional<HoldOut> hold_out,
               const std::vector<std::string>& wanted)
    : data_set_(data_set), place_(std::move(place)), hold_out_(std::move(hold_out)) {
  if (data_set_.splits.empty() && !hold_out_ && wanted.size() > 1) {
    throw usage_error("prepare " + data_set_.name, "make them one by one, or divide this one by --hold-out",
                      "its annotation file is a single split, but {} were requested", wanted.size());
  }
  if (hold_out_ && std::none_of(wanted.begin(), wanted.end(), [&](const auto& split) { return is_divided(split); })) {
    throw usage_error("--hold-out", "", "divides the training split, but neither train nor validation was requested");
  }
  for (const std::string& split : wanted) {
    const std::string annotated = annotated_split(split);
    const bool is_there = data_set_.splits.empty() ? !hold_out_ || is_divided(split) : has(data_set_.splits, annotated);
    if (is_there) continue;
    const bool can_be_held_out = split == "validation" && !hold_out_;
    throw usage_error("prepare " + data_set_.name,
                      can_be_held_out ? "--hold-out chooses its people from the training split" : "",
                      "there is no {} split{}", split,
                      data_set_.splits.empty() ? "" : fmt::format(", but {}", fmt::join(data_set_.splits, " and ")));
  }
}

PhotographSet Splits::people_of(const std::string& split) {
  PhotographSet people;
  if (is_divided(split)) {
    if (!halves_) halves_ = divide(read(annotated_split(split)), *hold_out_);
    people = split == "validation" ? halves_->held_out : halves_->rest;
  } else {
    people = read(annotated_split(split));
  }
  if (!split.empty()) people.info.split = split;
  return people;
}

// The split of the annotations that contains `split`; irrelevant if the data set has only one.
std::string Splits::annotated_split(const std::string& split) const { return is_divided(split) ? "train" : split; }

bool Splits::is_divided(const std::string& split) const {
  return hold_out_ && (split == "train" || split == "validation");
}

PhotographSet Splits::read(const std::string& annotated_split) {
  PhotographSet set = data_set_.read(place_, annotated_split);
  if (set.people.empty()) throw no_usable_people(place_.input.string(), set.left_out);
  left_out_.insert(left_out_.end(), set.left_out.begin(), set.left_out.end());
  remarks_.insert(remarks_.end(), set.remarks.begin(), set.remarks.end());
  return set;
}

}  // namespace pbn::data
