#include "data/sources/annotation_json.h"

#include <fmt/format.h>

#include <cmath>
#include <limits>

#include "base/error.h"
#include "data/sources/photographs.h"

namespace pbn::data {
namespace {

void require(bool right, const AnnotationJson& place, const char* expected) {
  if (!right) throw data_error(place.where(), "", "is not {}", expected);
}

// Whether the value is a decimal number without a fraction, such as 1.0.
bool is_whole(const Json& value) {
  return value.is_number_float() && value.get<double>() == std::floor(value.get<double>());
}

Error inexact(const AnnotationJson& place, const Json& value) {
  return data_error(place.where(), "give smaller numbers", "is {}, beyond the limit of exact integers", value.dump());
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

std::optional<AnnotationJson> AnnotationJson::given(std::string_view key) const {
  if (!has(key) || value_->find(key)->is_null()) return std::nullopt;
  return (*this)[key];
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
  constexpr double exact = 9007199254740992;  // 2^53: the next integer is not a double
  require(value_->is_number_integer() || is_whole(*value_), *this, "an integer");
  if (value_->is_number_float()) {
    if (std::abs(value_->get<double>()) >= exact) throw inexact(*this, *value_);
    return static_cast<std::int64_t>(value_->get<double>());
  }
  const bool is_too_large = value_->is_number_unsigned() &&
                            value_->get<std::uint64_t>() > std::uint64_t{std::numeric_limits<std::int64_t>::max()};
  if (is_too_large) throw inexact(*this, *value_);
  return value_->get<std::int64_t>();
}

std::string AnnotationJson::id() const {
  if (value_->is_number_unsigned()) return std::to_string(value_->get<std::uint64_t>());
  return std::to_string(integer());
}

bool AnnotationJson::flag() const {
  if (value_->is_boolean()) return value_->get<bool>();
  require(value_->is_number_integer() || is_whole(*value_), *this, "true, false or an integer");
  return integer() != 0;
}

double AnnotationJson::number() const {
  require(value_->is_number(), *this, "a number");
  return value_->get<double>();
}

double AnnotationJson::pixels() const {
  const double value = number();
  if (!plausible_pixels(value)) throw data_error(where(), "", "is {}; {}", value, limit_of_pixels);
  return value;
}

void AnnotationJson::require_size(std::size_t count) const {
  if (size() != count) throw data_error(where(), "", "has {} values; expected {}", size(), count);
}

template <typename T, typename Convert>
std::vector<T> AnnotationJson::converted(std::size_t count, const Convert& convert) const {
  require_size(count);
  std::vector<T> values(count);
  for (std::size_t i = 0; i < count; ++i) values[i] = convert((*value_)[i], i);
  return values;
}

// (*this)[i], which makes a path, is only for values that may be an error.
std::vector<double> AnnotationJson::pixels(std::size_t count) const {
  return converted<double>(count, [this](const Json& value, std::size_t i) {
    const bool good = value.is_number() && plausible_pixels(value.get<double>());
    return good ? value.get<double>() : (*this)[i].pixels();
  });
}

std::vector<double> AnnotationJson::numbers_or_null(std::size_t count) const {
  return converted<double>(count, [this](const Json& value, std::size_t i) {
    if (value.is_null()) return std::numeric_limits<double>::quiet_NaN();
    if (!value.is_number()) require(false, (*this)[i], "a number");
    return value.get<double>();
  });
}

std::vector<bool> AnnotationJson::flags(std::size_t count) const {
  return converted<bool>(count, [this](const Json& value, std::size_t i) {
    return value.is_boolean() ? value.get<bool>() : (*this)[i].pixels() != 0;
  });
}

StatedSize stated_size(const AnnotationJson& entry) {
  const auto side = [&](const char* key) {
    const auto given = entry.given(key);
    return given ? std::optional(given->integer()) : std::nullopt;
  };
  return {side("width"), side("height")};
}

void UniqueIds::add(const AnnotationJson& id) {
  const auto [known, is_new] = places_.emplace(id.id(), id.where());
  if (is_new) return;
  throw data_error(id.where(), "give each entry its own id", "is {}, which is also the id at {}", known->first,
                   known->second);
}

}  // namespace pbn::data
