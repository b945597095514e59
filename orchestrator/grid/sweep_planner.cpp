#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "base/error.h"
#include "base/host.h"
#include "base/suggestion.h"
#include "config/identity.h"
#include "config/run_config.h"
#include "config/schema.h"
#include "evaluation/metrics.h"
#include "orchestrator/grid/cell_sections.h"
#include "orchestrator/grid/labels.h"
#include "orchestrator/grid/script_words.h"
#include "orchestrator/grid/sweep.h"

namespace pbn::grid {
namespace {

// "has model.depth = 3 and model.width = 128 or 256"
std::string condition_in_words(const Condition& condition) {
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

// Missing files are identified by their names.
config::ContentDigests digests_of(const CellData& data, const Json& section, DataCatalog& catalog,
                                  const std::string& weights) {
  config::ContentDigests digests;
  if (data.is_pending) {
    digests.train = section["train"].get<std::vector<std::string>>();
    digests.validation = section["validation"];
  } else {
    for (const DataFile& file : data.train) digests.train.push_back(file.info.fingerprint);
    digests.validation = data.validation.info.fingerprint;
  }
  if (!weights.empty()) digests.initial_weights = catalog.digest_of(weights);
  return digests;
}

}  // namespace

class SweepPlanner {
 public:
  SweepPlanner(Grid grid, const std::string& auto_precision)
      : sweep_{std::move(grid), {}, {}, {}, {}, {}, auto_precision, {}} {
    catalog_.expected = this->grid().expected;
    excluded_.resize(this->grid().exclude.size());
    for (const auto& [path, setting] : this->grid().baseline) baseline_.keys.push_back({path, {setting}});
  }

  Sweep plan() {
    for (const Block& block : grid().blocks) add_block(block);
    require_exclusions_to_match();
    require_baseline();
    label_cells();
    choose_cells();
    sweep_.missing = catalog_.missing();
    sweep_.data = catalog_.files();
    sweep_.metric = figure(grid().question.figure.name);
    if (grid().question.also) sweep_.also = figure(grid().question.also->name);
    return std::move(sweep_);
  }

 private:
  const Grid& grid() const { return sweep_.grid; }
  bool is_external() const { return worker_->is_external(); }

  void add_block(const Block& block) {
    const std::size_t cells = Grid::count_cells(block);
    for (std::size_t index = 0; index < cells; ++index) {
      try {
        const GivenSettings given(sections_.resolved_base(), block, index);
        if (!is_excluded(given)) add_cell(given);
      } catch (const Error& error) {
        throw placed(error, grid().settings_of(block, index));
      }
    }
  }

  bool is_excluded(const GivenSettings& cell) {
    bool is_excluded = false;
    for (std::size_t i = 0; i < grid().exclude.size(); ++i) {
      if (cell.fits(grid().exclude[i], is_external())) excluded_[i] = is_excluded = true;
    }
    return is_excluded;
  }

  void add_cell(const GivenSettings& given) {
    Cell cell;
    cell.worker_ = worker_;
    Json identity = is_external() ? complete_external(cell, given) : complete(cell, given);
    const std::string id = config::cell_id(identity);
    if (!known_.insert(id).second) return;
    const bool is_pending = cell.data_ && cell.data_->is_pending;
    if (!is_pending) cell.id = id;
    for (const std::uint32_t seed : grid().seeds) {
      identity["seed"] = seed;
      cell.runs.push_back({seed, is_pending ? "" : config::run_id(identity)});
    }
    cell.is_baseline = !baseline_.keys.empty() && given.fits(baseline_, is_external());
    sweep_.cells.push_back(std::move(cell));
    given_.push_back(given);
  }

  // Set the cell's sections and return its runs' identity without the seed.
  Json complete_external(Cell& cell, const GivenSettings& given) {
    cell.sections_ = {sections_.as_given("settings", given)};
    const Json& settings = cell.sections_[0]->canonical;
    if (worker_->is_script()) require_values_of_script(settings);
    return config::identity_of_external_run(settings, worker_->identity(), nullptr);
  }

  void require_values_of_script(const Json& settings) const {
    for (const std::string& name : script_names_) {
      const Json value = value_for_script(name, settings, 0, "");
      if (value.is_null()) {
        throw usage_error(worker_->script_where, "{seed}, {run} or the name of a setting that every cell has",
                          "worker.script: a cell has no value for {{{}}}", name);
      }
      if (value.is_object()) {
        throw usage_error(worker_->script_where, fmt::format("for example {{{}.{}}}", name, value.begin().key()),
                          "worker.script: {{{}}} is a section of settings", name);
      }
    }
  }

  Json complete(Cell& cell, const GivenSettings& given) {
    const auto [data, files] = sections_.data(given);
    const auto [model, parameters, gflop_per_image] = sections_.model(given, *files);
    cell.sections_ = {data, model, sections_.training(given), sections_.as_given("test", given),
                      sections_.execution(given)};
    cell.data_ = files;
    sweep_.has_auto_precision |= given.at("train.precision") == "auto" && given.at("run.device") != "cuda";
    cell.parameters = parameters;
    cell.gflop_per_image = gflop_per_image;
    const int batch = cell.setting("train.global_batch");
    config::require_even_shares(batch, cell.setting("train.accumulate"), cell.ranks());
    config::require_device_for(cell.setting("train.precision"), cell.setting("run.device"));
    if (!files->is_pending) count_steps(cell, batch);
    const auto setting = [&cell](const std::string& path) -> const Json& { return cell.setting(path); };
    return config::identity_of(setting, digests_of(*files, data->canonical, catalog_, cell.setting("train.init")));
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

  // The same error, placed where the grid gives the setting.
  Error placed(const Error& error, const Settings& settings) const {
    const auto setting = settings.find(error.where);
    if (setting == settings.end()) {
      return error.where.find('.') == std::string::npos || config::find_key(error.where)
                 ? Error(error.blame, grid().file, error.where + ": " + error.problem, error.hint)
                 : error;
    }
    return Error(error.blame, setting->second.where, error.where + ": " + error.problem, error.hint);
  }

  void require_exclusions_to_match() const {
    for (std::size_t i = 0; i < excluded_.size(); ++i) {
      const Condition& condition = grid().exclude[i];
      if (!excluded_[i] && !is_overridden(condition))
        throw usage_error(condition.where, "", "exclude: no cell {}", condition_in_words(condition));
    }
  }

  // An exclusion may match no cell if --set overrides one of its keys.
  bool is_overridden(const Condition& condition) const {
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
    throw usage_error(grid().baseline.begin()->second.where, "", "baseline: no cell {}", condition_in_words(baseline_));
  }

  void for_each_section(const std::string& name, const auto& visit) {
    for (Cell& cell : sweep_.cells) {
      for (const auto& section : cell.sections_) {
        if (section->name == name) visit(cell, *section);
      }
    }
  }

  void label_cells() {
    std::vector<std::string*> labels;
    for (const char* name : {"settings", "model", "data", "train", "run"}) {
      std::vector<Section*> distinct;
      std::unordered_set<const Section*> seen;
      for_each_section(name, [&](Cell&, Section& section) {
        if (seen.insert(&section).second) distinct.push_back(&section);
      });
      label_sections(distinct);
      for_each_section(name, [&](Cell& cell, Section& section) {
        if (!section.label.empty()) cell.label += (cell.label.empty() ? "" : " ") + section.label;
      });
    }
    for (Cell& cell : sweep_.cells) {
      if (cell.label.empty()) cell.label = is_external() ? grid().name : cell.setting("model.head").get<std::string>();
      labels.push_back(&cell.label);
    }
    number_equal_labels(labels);
  }

  void choose_cells() {
    for (const Condition& condition : grid().only) {
      std::vector<Cell> chosen;
      std::vector<GivenSettings> given;
      for (std::size_t i = 0; i < sweep_.cells.size(); ++i) {
        if (!given_[i].fits(condition, is_external())) continue;
        chosen.push_back(std::move(sweep_.cells[i]));
        given.push_back(given_[i]);
      }
      if (chosen.empty()) {
        throw usage_error(condition.where, "", "no cell {}{}", condition_in_words(condition),
                          grid().only.size() > 1 ? " and satisfies the other --only options" : "");
      }
      sweep_.cells = std::move(chosen);
      given_ = std::move(given);
    }
  }

  std::string figure(const Setting& wanted) {
    std::string name = wanted.value.is_null() ? "" : wanted.value.get<std::string>();
    if (is_external()) return name;
    std::vector<std::string> known;
    for (const Cell& cell : sweep_.cells) {
      if (cell.id.empty()) continue;
      const std::string headline = evaluation::headline_figure(cell.validation().info.reference, cell.skeleton());
      std::string metric = name.empty()                          ? headline
                           : name.find('.') == std::string::npos ? headline.substr(0, headline.find('.') + 1) + name
                                                                 : name;
      known = catalog_.figures_of(cell.validation());
      if (name.empty() || std::find(known.begin(), known.end(), metric) != known.end()) return metric;
    }
    if (known.empty()) return name;  // all data files are missing
    throw usage_error(wanted.where, suggestion(name, known), "metric: there is no figure \"{}\" for this data", name);
  }

  Sweep sweep_;
  std::shared_ptr<const Worker> worker_ = std::make_shared<Worker>(sweep_.grid.worker);
  const std::vector<std::string> script_names_ = names_in_script(worker_->script, worker_->script_where);
  std::vector<bool> excluded_;  // per exclusion: whether it matches a cell
  Condition baseline_;
  std::vector<GivenSettings> given_;       // of each cell
  std::unordered_set<std::string> known_;  // ids of cells

  DataCatalog catalog_;
  CellSections sections_{sweep_.grid, catalog_, sweep_.auto_precision == "bf16"};
};

Sweep plan_sweep(Grid grid, const std::string& auto_precision) {
  const char* const of_this_machine = has_bf16() ? "bf16" : "fp32";
  return SweepPlanner(std::move(grid), auto_precision.empty() ? of_this_machine : auto_precision).plan();
}

}  // namespace pbn::grid
