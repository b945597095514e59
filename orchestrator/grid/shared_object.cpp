#include "orchestrator/grid/shared_object.h"

namespace pbn {

const Json& SharedObject::at(const std::string& path) const {
  static const Json none;
  const auto dot = path.find('.');
  for (std::size_t i = 0; i < size(); ++i) {
    if (path.compare(0, dot, name(i)) != 0) continue;
    return dot == std::string::npos ? value(i) : at_path(value(i), path.substr(dot + 1));
  }
  return none;
}

Json SharedObject::json() const {
  Json::object_t object;
  for (std::size_t i = 0; i < size(); ++i) object.emplace_hint(object.end(), name(i), value(i));
  return object;
}

SharedObject SharedValues::share(const Json& object) {
  SharedObject shared;
  std::vector<std::string> names;
  for (const auto& [name, value] : object.items()) {
    names.push_back(name);
    auto& kept = values_[canonical(value)];
    if (!kept) kept = std::make_shared<const Json>(value);
    shared.values_.push_back(kept);
  }
  auto& kept = names_[names];
  if (!kept) kept = std::make_shared<const std::vector<std::string>>(std::move(names));
  shared.names_ = kept;
  return shared;
}

}  // namespace pbn
