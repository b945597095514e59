#include "config/setting_label.h"

#include <fmt/format.h>

#include <filesystem>
#include <vector>

namespace pbn::config {
namespace fs = std::filesystem;
namespace {

std::string text_of_value(const Json& value) { return value.is_string() ? value.get<std::string>() : value.dump(); }

}  // namespace

SettingLabel formatted_label(const std::string& format, const std::string& label_of_one) {
  return [=](const Json& canonical, const Json&) {
    if (canonical == 1 && !label_of_one.empty()) return label_of_one;
    return fmt::format(fmt::runtime(format), text_of_value(canonical));
  };
}

std::string label_of_groups(const Json& canonical, const Json& given) {
  if (given.is_string()) return given;
  if (given.is_object()) return fmt::format("related {}", given["related"].dump());
  std::string sizes;
  for (const Json& group : canonical) sizes += (sizes.empty() ? "" : "+") + std::to_string(group.size());
  return fmt::format("{} groups of {}", canonical.size(), sizes);
}

std::string label_of_parts_left_out(const Json& canonical, const Json&) {
  if (canonical.empty()) return "all parts";
  return fmt::format("without {}", fmt::join(canonical.get<std::vector<std::string>>(), ", "));
}

std::string label_of_data_files(const Json& canonical, const Json&) {
  std::string names;
  for (const Json& path : canonical.is_array() ? canonical : Json::array({canonical})) {
    names += (names.empty() ? "" : "+") + fs::path(path.get<std::string>()).stem().string();
  }
  return names;
}

std::string label_of_weights(const Json& canonical, const Json&) {
  const fs::path file = canonical.get<std::string>();
  return file.empty() ? "from scratch" : fmt::format("from {}", (file.parent_path().filename() / file.stem()).string());
}

std::string plain_label(const std::string& name, const Json& value) { return name + "=" + text_of_value(value); }

}  // namespace pbn::config
