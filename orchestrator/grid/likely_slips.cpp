#include "orchestrator/grid/likely_slips.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <set>

#include "base/suggestion.h"

namespace pbn {
namespace {

using Paths = std::set<std::string>;

std::vector<std::string> parts_of(const std::string& path) {
  std::vector<std::string> parts{""};
  for (const char c : path) {
    if (c == '.') {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

std::string joined(const std::vector<std::string>& parts, std::size_t count) {
  return fmt::format("{}", fmt::join(parts.begin(), parts.begin() + static_cast<std::ptrdiff_t>(count), "."));
}

// "settings", "settings.optimizer" and "settings.optimizer.lr" of the last of them.
Paths beginnings_of(const std::string& path) {
  Paths beginnings;
  const std::vector<std::string> parts = parts_of(path);
  for (std::size_t count = 1; count <= parts.size(); ++count) beginnings.insert(joined(parts, count));
  return beginnings;
}

// Without what different people write differently.
std::string bare(const std::string& name) {
  std::string letters;
  for (const char c : name) {
    if (c != '_' && c != '-') letters += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return letters;
}

std::string without_digits(std::string name) {
  std::erase_if(name, [](unsigned char c) { return std::isdigit(c); });
  return name;
}

bool looks_like_a_slip_of(const std::string& name, const std::string& other) {
  const std::string a = bare(name), b = bare(other);
  if (a == b) return name != other;
  if (without_digits(a) == without_digits(b)) return false;  // beta1 and beta2
  const std::size_t length = std::min(a.size(), b.size()), allowed = length >= 8 ? 2 : length >= 4 ? 1 : 0;
  return edits_between(a, b) <= allowed;
}

// What this path may be meant for, by its first part that nobody knows; empty where nothing is near.
std::string meant_by(const std::string& path, const Paths& known) {
  const std::vector<std::string> parts = parts_of(path);
  std::size_t shared = 1;
  while (shared < parts.size() && known.contains(joined(parts, shared + 1))) ++shared;
  if (shared == parts.size()) return "";
  const std::string before = joined(parts, shared) + ".";
  for (auto other = known.lower_bound(before); other != known.end() && other->starts_with(before); ++other) {
    const std::string name = other->substr(before.size());
    if (name.find('.') == std::string::npos && looks_like_a_slip_of(parts[shared], name)) {
      return before + name + path.substr(joined(parts, shared + 1).size());
    }
  }
  return "";
}

// Of the base's own sections that stand beside each other, the one with fewer settings: of single settings both may
// well be meant.
void find_slips_in_base(const Settings& base, const auto& tell) {
  std::map<std::string, std::vector<std::string>> sections;
  for (const auto& [path, setting] : base) sections[joined(parts_of(path), 2)].push_back(path);
  for (const auto& [section, paths] : sections) {
    if (paths.front() == section) continue;
    Paths others;
    for (const auto& [other, their_paths] : sections) {
      const bool is_larger =
          their_paths.size() > paths.size() || (their_paths.size() == paths.size() && other > section);
      if (other != section && (is_larger || their_paths.front() == other)) others.insert(other);
    }
    for (const std::string& path : paths) tell(path, base.at(path).where, meant_by(path, others));
  }
}

}  // namespace

std::vector<std::string> likely_slips(const Grid& grid) {
  if (!grid.worker.is_external()) return {};
  Paths known, told;
  for (const auto& [path, setting] : grid.base) known.merge(beginnings_of(path));
  std::vector<std::string> slips;
  const auto tell = [&](const std::string& path, const std::string& where, const std::string& meant) {
    if (meant.empty() || !told.insert(path).second) return;
    slips.push_back(fmt::format("{}: \"{}\" is a setting of its own; did you mean \"{}\"?", where, path, meant));
  };
  for (const Block& block : grid.blocks) {
    for (const Axis& axis : block) tell(axis.path, axis.values.front().where, meant_by(axis.path, known));
  }
  find_slips_in_base(grid.base, tell);
  return slips;
}

}  // namespace pbn
