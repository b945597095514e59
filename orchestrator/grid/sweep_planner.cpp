#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "base/digest.h"
#include "base/error.h"
#include "base/suggestion.h"
#include "config/run_config.h"
#include "config/schema.h"
#include "evaluation/metrics.h"
#include "orchestrator/grid/labels.h"
#include "orchestrator/grid/settled_sections.h"
#include "orchestrator/grid/sweep.h"

namespace pbn {
namespace {

// "has model.depth = 3 and model.width = 128 or 256"
std::string words(const Condition& condition) {
  std::string text;
  for (const Axis& axis : condition.keys) {
    std::vector<std::string> values;
    for (const Setting& setting : axis.values) {
      values.push_back(setting.value.is_string() ? setting.value.get<std::string>() : setting.value.dump());
    }
    text += fmt::format("{} {} = {}", text.empty() ? "has" : " and", axis.path, fmt::join(values, " or "));
  }
  return text;
}

}  // namespace

// Cells are numbered by what they are told in each section; whatever depends on one section, or on two, is made once
// for each of their numbers.
class SweepPlanner {
 public:
  explicit SweepPlanner(Grid grid) : worker_(std::make_shared<Worker>(grid.worker)) {
    sweep_.grid = std::move(grid);
    room_.expected = this->grid().expected;
    names_ = section_names(is_own());
    for (const std::string& name : names_) variants_.emplace_back(this->grid(), name, values_);
    excluded_.resize(this->grid().exclude.size());
    if (is_own()) {
      const std::string command = canonical({{"worker", {{"command", worker_->command}}}});
      worker_identity_ = command.substr(1, command.size() - 2);
    }
  }

  Sweep plan() {
    for (const Block& block : grid().blocks) add_block(block);
    require_exclusions_to_match();
    require_baseline();
    label_cells();
    choose_cells();
    sweep_.missing = room_.missing();
    sweep_.data = room_.files();
    sweep_.metric = metric();
    return std::move(sweep_);
  }

 private:
  using Numbers = std::vector<std::size_t>;  // of each section's variant

  const Grid& grid() const { return sweep_.grid; }
  bool is_own() const { return worker_->is_own(); }

  std::size_t section_index(const std::string& path) const {
    return static_cast<std::size_t>(std::find(names_.begin(), names_.end(), section_of(path)) - names_.begin());
  }

  // A block is the product of its sections' variants, each of which is the product of that section's axes.
  void add_block(const Block& block) {
    std::vector<std::size_t> section(block.size()), stride(block.size());
    std::vector<std::size_t> count(variants_.size(), 1);
    for (std::size_t axis = 0; axis < block.size(); ++axis) {
      section[axis] = section_index(block[axis].path);
      stride[axis] = count[section[axis]];
      count[section[axis]] *= block[axis].values.size();
    }
    std::vector<std::vector<std::size_t>> numbers(variants_.size());  // (sections, choices)
    for (std::size_t s = 0; s < variants_.size(); ++s) {
      for (std::size_t choice = 0; choice < count[s]; ++choice) {
        std::vector<std::pair<const Axis*, std::size_t>> values;
        for (std::size_t axis = 0; axis < block.size(); ++axis) {
          if (section[axis] == s) values.emplace_back(&block[axis], choice / stride[axis] % block[axis].values.size());
        }
        numbers[s].push_back(variants_[s].number_of(values));
      }
    }
    const std::size_t cells = Grid::count_cells(block);
    Numbers cell(variants_.size());
    for (std::size_t index = 0; index < cells; ++index) {
      std::vector<std::size_t> choice(variants_.size(), 0);
      std::size_t rest = index;
      for (std::size_t axis = block.size(); axis-- > 0;) {  // the last one is the fastest
        choice[section[axis]] += rest % block[axis].values.size() * stride[axis];
        rest /= block[axis].values.size();
      }
      for (std::size_t s = 0; s < variants_.size(); ++s) cell[s] = numbers[s][choice[s]];
      try {
        if (!is_excluded(cell)) add_cell(cell);
      } catch (const Error& error) {
        throw placed(error, grid().settings_of(block, index));
      }
    }
  }

  bool fits(const Axis& axis, const Numbers& cell) {
    const std::size_t section = section_index(axis.path);
    return variants_[section].fits(axis, cell[section]);
  }

  bool fits(const Condition& condition, const Numbers& cell) {
    return std::all_of(condition.keys.begin(), condition.keys.end(),
                       [&](const Axis& axis) { return fits(axis, cell); });
  }

  bool is_excluded(const Numbers& cell) {
    bool any = false;
    for (std::size_t i = 0; i < grid().exclude.size(); ++i) {
      if (!fits(grid().exclude[i], cell)) continue;
      excluded_[i] = any = true;
    }
    return any;
  }

  void add_cell(const Numbers& numbers) {
    Cell cell;
    cell.worker_ = worker_;
    const auto [before_seed, after_seed] = is_own() ? compose_own(cell, numbers) : compose(cell, numbers);
    const bool is_pending = cell.data_ && cell.data_->is_pending;
    const std::string id = sha256_hex("{" + before_seed + after_seed.substr(before_seed.empty()) + "}");
    if (!known_.insert(id).second) return;
    if (!is_pending) cell.id = id;
    for (const std::uint32_t seed : grid().seeds) {
      const std::string seeded = fmt::format("{}\"seed\":{}", before_seed.empty() ? "" : ",", seed);
      cell.runs.push_back({seed, is_pending ? "" : sha256_hex("{" + before_seed + seeded + after_seed + "}")});
    }
    cell.is_baseline = is_baseline(numbers);
    sweep_.cells.push_back(std::move(cell));
    numbers_.push_back(numbers);
  }

  // Both give the cell its sections and return its canonical identity (config/run_config.h), before and after the seed.
  std::pair<std::string, std::string> compose_own(Cell& cell, const Numbers& numbers) {
    const auto& section = settled_.as_told(0, numbers[0]);
    cell.sections_ = {section};
    return {"", "," + section->identity + "," + worker_identity_};
  }

  std::pair<std::string, std::string> compose(Cell& cell, const Numbers& numbers) {
    const auto [d, m, t, test, r] = std::array{numbers[0], numbers[1], numbers[2], numbers[3], numbers[4]};
    const SettledData& data = settled_.data(d);
    const SettledModel& model = settled_.model(m, d);
    const auto& train = settled_.training(t, r);
    cell.data_ = data.files;
    cell.sections_ = {data.section, model.section, train, settled_.as_told(3, test), settled_.as_told(4, r)};
    cell.parameters = model.parameters;
    cell.gflop_per_image = model.gflop_per_image;
    const int ranks = variants_[4][r].at("ranks");
    const int batch = train->settled.at("global_batch"), accumulate = train->settled.at("accumulate");
    require_even_shares(batch, accumulate, ranks);
    if (!data.files->is_pending) count_steps(cell, batch);

    std::string before;
    const auto add = [&](const std::string& piece) {
      if (!piece.empty()) before += (before.empty() ? "" : ",") + piece;
    };
    add(data.section->identity);
    add(model.section->identity);
    add(fmt::format("\"recipe_version\":{}", recipe_version));
    const Json& batch_norm = model.section->settled.at("batch_norm");
    if (const auto samples = samples_per_batch_norm(batch_norm, batch, accumulate, ranks)) {
      add(fmt::format("\"samples_per_batch_norm\":{}", *samples));
    }
    return {before, train->identity.empty() ? "" : "," + train->identity};
  }

  void count_steps(Cell& cell, int batch) {
    const std::int64_t people = cell.data_->people(), epochs = cell.setting("train.epochs");
    if (batch > people) {
      throw usage_error("train.global_batch", "choose a smaller one", "{} is more than the {} training people", batch,
                        people);
    }
    cell.images = epochs * people;
    cell.steps = epochs * ((people + batch - 1) / batch);
  }

  bool is_baseline(const Numbers& cell) {
    if (grid().baseline.empty()) return false;
    if (baseline_.keys.empty()) {
      for (const auto& [path, setting] : grid().baseline) baseline_.keys.push_back({path, {setting}});
    }
    return fits(baseline_, cell);
  }

  // The error at the place in the grid that the setting came from.
  Error placed(const Error& error, const Settings& settings) const {
    const auto setting = settings.find(error.where);
    if (setting == settings.end()) {
      return error.where.find('.') == std::string::npos || find_key(error.where)
                 ? Error(error.blame, grid().file, error.where + ": " + error.problem, error.hint)
                 : error;
    }
    return Error(error.blame, setting->second.where, error.where + ": " + error.problem, error.hint);
  }

  void require_exclusions_to_match() const {
    for (std::size_t i = 0; i < excluded_.size(); ++i) {
      const Condition& condition = grid().exclude[i];
      if (!excluded_[i] && !is_forced(condition))
        throw usage_error(condition.where, "", "exclude: no cell {}", words(condition));
    }
  }

  // A value that --set gives to all cells may leave an exclusion without any.
  bool is_forced(const Condition& condition) const {
    const auto& set = grid().options.set;
    return std::any_of(set.begin(), set.end(), [&](const std::string& text) {
      return std::any_of(condition.keys.begin(), condition.keys.end(),
                         [&](const Axis& axis) { return text.starts_with(axis.path + "="); });
    });
  }

  void require_baseline() const {
    if (grid().baseline.empty()) return;
    const auto is_baseline = [](const Cell& cell) { return cell.is_baseline; };
    if (std::any_of(sweep_.cells.begin(), sweep_.cells.end(), is_baseline)) return;
    throw usage_error(grid().baseline.begin()->second.where, "", "baseline: no cell {}", words(baseline_));
  }

  void label_cells() {
    std::vector<std::string*> labels;
    for (std::size_t s : is_own() ? std::vector<std::size_t>{0} : std::vector<std::size_t>{1, 0, 2}) {  // model first
      std::vector<Section*> distinct;
      std::unordered_set<const Section*> seen;
      for (Cell& cell : sweep_.cells) {
        Section* section = cell.sections_[s].get();
        if (seen.insert(section).second) distinct.push_back(section);
      }
      label_sections(distinct);
      for (Cell& cell : sweep_.cells) {
        const std::string& words = cell.sections_[s]->label;
        if (!words.empty()) cell.label += (cell.label.empty() ? "" : " ") + words;
      }
    }
    for (Cell& cell : sweep_.cells) {
      if (cell.label.empty()) cell.label = is_own() ? grid().name : cell.setting("model.head").get<std::string>();
      labels.push_back(&cell.label);
    }
    number_equal_labels(labels);
  }

  void choose_cells() {
    for (const Condition& condition : grid().only) {
      std::vector<Cell> chosen;
      std::vector<Numbers> numbers;
      for (std::size_t i = 0; i < sweep_.cells.size(); ++i) {
        if (!fits(condition, numbers_[i])) continue;
        chosen.push_back(std::move(sweep_.cells[i]));
        numbers.push_back(std::move(numbers_[i]));
      }
      if (chosen.empty()) {
        throw usage_error(condition.where, "", "no cell {}{}", words(condition),
                          grid().only.size() > 1 ? " besides what the others ask for" : "");
      }
      sweep_.cells = std::move(chosen);
      numbers_ = std::move(numbers);
    }
  }

  std::string metric() {
    const Setting& wanted = grid().metric;
    const std::string name = wanted.value.is_null() ? "" : wanted.value.get<std::string>();
    if (is_own()) return name;
    std::vector<std::string> known;
    for (const Cell& cell : sweep_.cells) {
      if (cell.id.empty()) continue;
      const std::string headline = headline_figure(cell.validation().info.reference, cell.skeleton());
      const std::string metric = name.empty() ? headline
                                 : name.find('.') == std::string::npos
                                     ? headline.substr(0, headline.find('.') + 1) + name
                                     : name;
      known = room_.figures_of(cell.validation());
      if (name.empty() || std::find(known.begin(), known.end(), metric) != known.end()) return metric;
    }
    if (known.empty()) return name;  // the data will tell
    throw usage_error(wanted.where, suggestion(name, known), "metric: there is no figure \"{}\" in this data", name);
  }

  Sweep sweep_;
  std::shared_ptr<const Worker> worker_;
  std::string worker_identity_;
  std::vector<std::string> names_;  // of the sections
  SharedValues values_;
  std::vector<SectionVariants> variants_;
  std::vector<bool> excluded_;  // (exclusions) whether any cell fits
  Condition baseline_;
  std::vector<Numbers> numbers_;  // (cells)
  std::unordered_set<std::string> known_;

  DataRoom room_;
  SettledSections settled_{names_, variants_, room_, values_};
};

Sweep plan_sweep(Grid grid) { return SweepPlanner(std::move(grid)).plan(); }

}  // namespace pbn
