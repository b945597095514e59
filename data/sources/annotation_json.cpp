#include "data/sources/annotation_json.h"

#include <fmt/format.h>

#include "base/error.h"
#include "data/sources/photographs.h"

namespace pbn {
namespace {

void require(bool right, const AnnotationJson& place, const char* expected) {
  if (!right) throw data_error(place.where(), "", "is not {}", expected);
}

}  // namespace

bool AnnotationJson::has(std::string_view key) const {
  require(value_->is_object(), *this, "an object");
  return value_->contains(key);
}

AnnotationJson AnnotationJson::operator[](std::string_view key) const {
  if (!has(key)) throw data_error(where(), "", "has no \"{}\"", key);
  return {*value_->find(key), file_, path_.empty() ? std::string(key) : fmt::format("{}.{}", path_, key)};
}

std::size_t AnnotationJson::size() const {
  require(value_->is_array(), *this, "an array");
  return value_->size();
}

AnnotationJson AnnotationJson::operator[](std::size_t index) const {
  if (index >= size()) throw data_error(where(), "", "has {} values; expected more", size());
  return {(*value_)[index], file_, fmt::format("{}[{}]", path_, index)};
}

std::string AnnotationJson::text() const {
  require(value_->is_string(), *this, "a text");
  return value_->get<std::string>();
}

std::int64_t AnnotationJson::integer() const {
  require(value_->is_number_integer(), *this, "an integer");
  return value_->get<std::int64_t>();
}

double AnnotationJson::pixels() const {
  require(value_->is_number(), *this, "a number");
  const double value = value_->get<double>();
  if (!plausible_pixels(value)) throw data_error(where(), "", "is {}", value);
  return value;
}

std::vector<double> AnnotationJson::pixels(std::size_t count) const {
  if (size() != count) throw data_error(where(), "", "has {} values; expected {}", size(), count);
  std::vector<double> values(count);
  for (std::size_t i = 0; i < count; ++i) {
    const Json& value = (*value_)[i];
    values[i] = value.is_number() && plausible_pixels(value.get<double>()) ? value.get<double>() : (*this)[i].pixels();
  }
  return values;
}

}  // namespace pbn
