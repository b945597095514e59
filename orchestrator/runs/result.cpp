#include "orchestrator/runs/result.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "base/files.h"
#include "base/text.h"
#include "base/time.h"

namespace pbn::runs {
namespace fs = std::filesystem;
namespace {

namespace dom = simdjson::dom;

constexpr std::size_t max_quote = 40;  // bytes of a value in an error

// Text that simdjson refuses is parsed again by nlohmann::json, which describes the mistake and accepts integers of
// more than 64 bits.
std::optional<dom::element> parsed(dom::parser& parser, const std::string& text, std::string& why) {
  dom::element root;
  if (parser.parse(text).get(root) == simdjson::SUCCESS) return root;
  try {
    if (parser.parse(parse_json(text, "result.json").dump()).get(root) == simdjson::SUCCESS) return root;
    why = "result.json holds a number that is too large";
  } catch (const Error& error) {
    why = "result.json " + error.problem;
  }
  return {};
}

std::string string_in(const dom::object& object, std::string_view name) {
  std::string_view text;
  return object[name].get(text) == simdjson::SUCCESS ? std::string(text) : "";
}

std::optional<double> number_from(const dom::element& element) {
  double number = 0;
  return element.get(number) == simdjson::SUCCESS ? std::optional(number) : std::nullopt;
}

std::optional<double> number_in(const dom::object& object, std::string_view name) {
  dom::element element;
  return object[name].get(element) == simdjson::SUCCESS ? number_from(element) : std::nullopt;
}

std::string quoted(const dom::element& value) {
  if (value.is_object()) return "an object";
  if (value.is_array()) return "a list";
  std::string text = simdjson::minify(value);
  if (text.size() <= max_quote) return text;
  return std::string(cut_to_bytes(text, max_quote)) + "...";
}

std::string why_not_figures(const dom::object& figures) {
  std::string_view before;
  bool is_sorted = true;
  for (const auto& [name, value] : figures) {
    if (!number_from(value)) return fmt::format("{} is {}, not a number", printable(name), quoted(value));
    is_sorted &= before < name;
    before = name;
  }
  if (is_sorted) return "";
  std::vector<std::string_view> names;
  for (const auto& [name, value] : figures) names.push_back(name);
  std::sort(names.begin(), names.end());
  const auto twice = std::adjacent_find(names.begin(), names.end());
  return twice == names.end() ? "" : fmt::format("its figures have {} twice", printable(*twice));
}

std::string why_not_of(const dom::object& result, const std::string& run) {
  dom::element id;
  if (result["run"].get(id) != simdjson::SUCCESS) return "result.json has no \"run\": the id that config.json gives";
  std::string_view text;
  if (id.get(text) == simdjson::SUCCESS && text.starts_with(run)) return "";
  return fmt::format("result.json is of another run: \"run\" is {}", quoted(id));
}

// Empty if the result is whole.
std::string why_damaged(const dom::element& root, const std::string& run) {
  dom::object result;
  if (root.get(result) != simdjson::SUCCESS) return fmt::format("result.json is {}, not an object", quoted(root));
  if (std::string why = why_not_of(result, run); !why.empty()) return why;
  dom::element outcome, figures;
  if (result["outcome"].get(outcome) != simdjson::SUCCESS) return "result.json has no \"outcome\"";
  if (!outcome.is_object()) return fmt::format("result.json's outcome is {}, not an object", quoted(outcome));
  if (outcome["figures"].get(figures) != simdjson::SUCCESS) return "result.json has no figures in its outcome";
  dom::object named;
  if (figures.get(named) != simdjson::SUCCESS)
    return fmt::format("result.json's figures are {}, not an object of numbers", quoted(figures));
  return why_not_figures(named);
}

std::vector<std::pair<std::string, double>> figures_in(const dom::object& outcome) {
  std::vector<std::pair<std::string, double>> figures;
  dom::object named;
  if (outcome["figures"].get(named) != simdjson::SUCCESS) return figures;
  for (const auto& [name, value] : named) figures.emplace_back(name, *number_from(value));
  std::sort(figures.begin(), figures.end());
  return figures;
}

// result.json has a list with one loss per epoch, or only the last loss.
std::vector<std::optional<double>> losses_in(const dom::object& outcome) {
  dom::element losses;
  if (outcome["training_loss"].get(losses) != simdjson::SUCCESS) return {};
  if (const auto only = number_from(losses)) return {only};
  std::vector<std::optional<double>> found;
  dom::array list;
  if (losses.get(list) != simdjson::SUCCESS) return {};
  for (const dom::element loss : list) found.push_back(number_from(loss));
  return found;
}

Json facts_in(const dom::object& result, std::string_view name) {
  Json facts = Json::object();
  dom::object object;
  if (result[name].get(object) != simdjson::SUCCESS) return facts;
  for (const auto& [key, value] : object) {
    if (value.is_object() || value.is_array() || value.is_null()) continue;
    facts[std::string(key)] = Json::parse(std::string(simdjson::minify(value)));
  }
  return facts;
}

Result result_in(const dom::object& whole) {
  dom::object outcome, identity;
  Result result;
  if (whole["outcome"].get(outcome) != simdjson::SUCCESS) return result;
  result.run = string_in(whole, "run");
  result.cell = string_in(whole, "cell");
  result.protocol = string_in(whole, "protocol");
  result.figures = figures_in(outcome);
  result.training_loss = losses_in(outcome);
  result.final_epoch = number_in(outcome, "final_epoch");
  result.weights_sha256 = string_in(outcome, "weights_sha256");
  if (whole["identity"].get(identity) == simdjson::SUCCESS) result.precision = string_in(identity, "train.precision");
  result.gflop_per_image = number_in(whole, "gflop_per_image");
  result.measured = facts_in(whole, "measured");
  result.versions = facts_in(whole, "versions");
  return result;
}

// Validates the result and calls take(root object) if it is whole.
ResultVerdict inspect(const fs::path& folder, const std::string& run, const auto& take) {
  const fs::path file = folder / "result.json";
  std::error_code missing;
  auto text = read_file_if_there(file);
  if (!text && !fs::exists(fs::symlink_status(file, missing))) return {};
  if (!text) text = read_file_if_there(file);  // it may have been published since
  if (!text) return {ResultVerdict::damaged, "result.json cannot be read"};
  thread_local dom::parser parser;
  std::string why;
  const auto root = parsed(parser, *text, why);
  if (root) why = why_damaged(*root, run);
  if (!why.empty()) return {ResultVerdict::damaged, why};
  take(dom::object(*root));
  return {ResultVerdict::whole, ""};
}

}  // namespace

std::string printable(std::string_view name) {
  const std::string quoted = Json(name).dump();
  return quoted.substr(1, quoted.size() - 2);
}

std::optional<double> Result::figure(const std::string& name) const {
  const auto found =
      std::find_if(figures.begin(), figures.end(), [&](const auto& entry) { return entry.first == name; });
  return found == figures.end() ? std::nullopt : std::optional(found->second);
}

std::optional<double> Result::last_training_loss() const {
  const auto last = std::find_if(training_loss.rbegin(), training_loss.rend(), [](const auto& loss) { return loss; });
  return last == training_loss.rend() ? std::nullopt : *last;
}

std::optional<double> Result::measured_number(const char* name) const {
  const auto found = measured.find(name);
  return found != measured.end() && found->is_number() ? std::optional(found->get<double>()) : std::nullopt;
}

ResultVerdict judge_result(const fs::path& folder, const std::string& run) {
  return inspect(folder, run, [](const dom::object&) {});
}

FoundResult read_result(const fs::path& folder, const std::string& run) {
  FoundResult found;
  found.verdict = inspect(folder, run, [&](const dom::object& whole) { found.result = result_in(whole); });
  return found;
}

void put_result_aside(const fs::path& folder) {
  const fs::path file = folder / "result.json";
  if (fs::is_regular_file(file)) read_file(file);
  fs::rename(file, folder / "result.json.refused");
}

}  // namespace pbn::runs
