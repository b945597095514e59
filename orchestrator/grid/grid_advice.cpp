#include "orchestrator/grid/grid_advice.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <set>

#include "base/suggestion.h"
#include "config/schema.h"
#include "orchestrator/grid/script_words.h"

namespace pbn::grid {
namespace fs = std::filesystem;
namespace {

constexpr std::uintmax_t large_copy = 4 << 20;  // bytes of a program

constexpr std::size_t max_cells_searched = 1000;  // for one that uses a setting; larger blocks count as using it

// Why no cell of this block uses the setting; nothing if a cell does.
std::optional<std::string> why_idle_in(const Block& block, const Grid& grid, const config::Key& key) {
  const std::size_t cells = Grid::count_cells(block);
  std::optional<std::string> reason;
  for (std::size_t cell = 0; cell < cells; ++cell) {
    if (cell == max_cells_searched) return {};
    const Settings settings = grid.settings_of(block, cell);
    const auto setting = [&](const std::string& other) -> const Json& {
      const auto found = settings.find(other);
      return found == settings.end() ? config::find_key(other)->default_value : found->second.value;
    };
    reason = config::why_idle(key, setting);
    if (!reason) return {};
  }
  return reason;
}

class Advice {
 public:
  explicit Advice(const Grid& grid) : grid_(grid) {}

  void check(const Axis& axis, const std::vector<const Block*>& blocks) {
    const config::Key* key = config::find_key(axis.path);
    const auto is_given = [&](const Setting& setting) { return setting.value != key->default_value; };
    if (!key) return;
    for (const Setting& setting : axis.values) {
      if (const auto doubt = config::doubt_about(*key, setting.value)) add(setting, *doubt);
    }
    const auto given = std::find_if(axis.values.begin(), axis.values.end(), is_given);
    if (given == axis.values.end()) return;
    std::optional<std::string> reason;
    for (const Block* block : blocks) {
      reason = why_idle_in(*block, grid_, *key);
      if (!reason) return;
    }
    if (reason) add(*given, fmt::format("no cell uses {}: {}", axis.path, *reason));
  }

  std::vector<std::string> sentences;

 private:
  void add(const Setting& setting, const std::string& words) {
    sentences.push_back(fmt::format("{}: {}", setting.where, words));
  }

  const Grid& grid_;
};

// The name without differences of style: "BatchSize" and "batch_size" are equal.
std::string normalized(const std::string& name) {
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

bool is_likely_misspelling(const std::string& name, const std::string& other) {
  const std::string a = normalized(name), b = normalized(other);
  if (a == b) return name != other;
  if (without_digits(a) == without_digits(b)) return false;  // beta1 and beta2
  const std::size_t length = std::min(a.size(), b.size()), allowed = length >= 8 ? 2 : length >= 4 ? 1 : 0;
  return edits_between(a, b) <= allowed;
}

// Corrects the first unknown name of the path; empty if the path is known or resembles nothing.
std::string corrected(const std::string& path, const Json& known) {
  const Json* section = &known;
  for (std::size_t begin = 0; section->is_object();) {
    const std::size_t end = std::min(path.find('.', begin), path.size());
    const std::string name = path.substr(begin, end - begin);
    const auto inner = section->find(name);
    if (inner == section->end()) {
      for (const auto& [other, value] : section->items()) {
        if (is_likely_misspelling(name, other)) return path.substr(0, begin) + other + path.substr(end);
      }
      return "";
    }
    if (end == path.size()) return "";
    section = &*inner;
    begin = end + 1;
  }
  return "";
}

class MisspeltSettings {
 public:
  explicit MisspeltSettings(const Grid& grid) {
    for (const auto& [path, setting] : grid.base) set_path(base_, path, setting.value);
    for (const Block& block : grid.blocks) {
      for (const Axis& axis : block) check(axis.path, axis.values.front().where, base_);
    }
    check_sections_of_base(grid.base);
  }

  std::vector<std::string> sentences;

 private:
  void check(const std::string& path, const std::string& where, const Json& known) {
    const std::string correction = corrected(path, known);
    if (correction.empty() || !reported_.insert(path).second) return;
    sentences.push_back(fmt::format("{}: \"{}\" is a new setting; did you mean \"{}\"?", where, path, correction));
  }

  // Two sections of the base may have similar names; the one with fewer settings is the misspelt one. Two similar
  // settings that are not sections are both meant.
  void check_sections_of_base(const Settings& base) {
    const auto section_of = [](const std::string& path) {
      const std::string rest = path.substr(path.find('.') + 1);
      return rest.substr(0, rest.find('.'));
    };
    const Json& sections = at_path(base_, "settings");
    std::map<std::string, std::size_t> sizes;
    for (const auto& [path, setting] : base) ++sizes[section_of(path)];
    for (const auto& [path, setting] : base) {
      const std::string section = section_of(path);
      if (!sections[section].is_object()) continue;
      Json others = Json::object();
      for (const auto& [other, size] : sizes) {
        const bool is_larger = std::pair(size, other) > std::pair(sizes[section], section);
        if (other != section && (is_larger || !sections[other].is_object())) others[other] = sections[other];
      }
      check(path, setting.where, {{"settings", std::move(others)}});
    }
  }

  Json base_;
  std::set<std::string> reported_;
};

// A script gets only what its words name, unless it reads config.json in {run}.
void add_advice_about_script(const Grid& grid, std::vector<std::string>& sentences) {
  const std::vector<std::string> names = names_in_script(grid.worker.script, grid.worker.script_where);
  std::set<std::string> known;
  bool gets_seed = false;
  for (const std::string& name : names) {
    known.insert(name.starts_with("settings.") ? name : "settings." + name);
    gets_seed |= name == "seed";
  }
  if (!gets_seed && grid.seeds.size() > 1) {
    sentences.push_back(
        fmt::format("{}: the script does not get the seed: put {{seed}} into its words, or all seeds "
                    "of a cell give the same result",
                    grid.worker.script_where));
  }
  std::set<std::string> reported;
  for_each_setting(grid, [&](const std::string& path, const Setting& setting) {
    if (known.contains(path) || !reported.insert(path).second) return;
    sentences.push_back(fmt::format("{}: no word of the script names {{{}}}, so the script does not get this setting",
                                    setting.where, path.substr(path.find('.') + 1)));
  });
}

// Whether a word or a setting is the path of something in the folder in which pbn was started that the copies of the
// program lack.
bool is_left_behind(const std::string& path, const ProgramFiles& program) {
  std::error_code unreachable;
  if (path.empty() || fs::path(path).is_absolute() || !fs::exists(path, unreachable)) return false;
  const bool is_folder_of_copies = std::any_of(program.files.begin(), program.files.end(), [&](const auto& file) {
    return fs::path(file.first).string().starts_with((fs::path(path).lexically_normal() / "").string());
  });
  return !program.contains(path) && !is_folder_of_copies;
}

// Copies start in a folder of their own, where relative paths mean other files.
void add_advice_about_copies(const Grid& grid, std::vector<std::string>& sentences) {
  const Worker& worker = grid.worker;
  const auto check = [&](const std::string& path, const std::string& where) {
    if (!is_left_behind(path, worker.program)) return;
    sentences.push_back(
        fmt::format("{}: the program starts in the folder of its copies, which has no {}: {}", where, path,
                    worker.is_script() ? fmt::format("write {{here}}/{}, or list it in worker.files", path)
                                       : "give an absolute path, or list it in worker.files"));
  };
  const std::vector<std::string>& words = worker.is_script() ? worker.script : worker.command;
  for (std::size_t i = 1; i < words.size(); ++i) {
    const auto value = words[i].starts_with('-') ? words[i].find('=') + 1 : 0;  // --data=FILE
    check(words[i].substr(value), worker.is_script() ? worker.script_where : grid.file);
  }
  for_each_setting(grid, [&](const std::string&, const Setting& setting) {
    if (setting.value.is_string()) check(setting.value, setting.where);
  });
  if (worker.program.bytes > large_copy) {
    sentences.push_back(fmt::format("{}: every run gets a copy of {} MiB; copy: false runs the files themselves",
                                    worker.files.front().where, worker.program.bytes >> 20));
  }
}

}  // namespace

std::vector<std::string> advice_about(const Grid& grid) {
  if (grid.worker.is_external()) {
    std::vector<std::string> sentences = MisspeltSettings(grid).sentences;
    if (grid.worker.is_script()) add_advice_about_script(grid, sentences);
    if (grid.worker.runs_copies()) add_advice_about_copies(grid, sentences);
    return sentences;
  }
  Advice advice(grid);
  std::vector<const Block*> all;
  for (const Block& block : grid.blocks) all.push_back(&block);
  for (const auto& [path, setting] : grid.base) advice.check({path, {setting}}, all);
  for (const Block* block : all) {
    for (const Axis& axis : *block) advice.check(axis, {block});
  }
  return advice.sentences;
}

}  // namespace pbn::grid
