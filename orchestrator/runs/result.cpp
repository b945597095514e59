#include "orchestrator/runs/result.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "base/files.h"
#include "base/text.h"
#include "base/time.h"

namespace pbn {
namespace fs = std::filesystem;
namespace {

namespace dom = simdjson::dom;

constexpr std::size_t longest_quote = 40;  // of a value, in an error

bool is_there(const fs::path& file) {
  std::error_code missing;
  return fs::exists(fs::symlink_status(file, missing));
}

// simdjson says no more than that it is none, and knows no number of more than 64 bits: what it refuses is read again.
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

std::string text_at(const dom::object& object, std::string_view name) {
  std::string_view text;
  return object[name].get(text) == simdjson::SUCCESS ? std::string(text) : "";
}

std::optional<double> number_of(const dom::element& element) {
  double number = 0;
  return element.get(number) == simdjson::SUCCESS ? std::optional(number) : std::nullopt;
}

std::optional<double> number_at(const dom::object& object, std::string_view name) {
  dom::element element;
  return object[name].get(element) == simdjson::SUCCESS ? number_of(element) : std::nullopt;
}

std::string quoted(const dom::element& value) {
  if (value.is_object()) return "an object";
  if (value.is_array()) return "a list";
  const std::string text = simdjson::minify(value);
  if (text.size() <= longest_quote) return text;
  return std::string(cut_to_bytes(text, longest_quote)) + "...";
}

std::string why_not_figures(const dom::object& figures) {
  std::string_view before;
  bool is_sorted = true;
  for (const auto& [name, value] : figures) {
    if (!number_of(value)) return fmt::format("{} is {}, not a number", printable(name), quoted(value));
    is_sorted &= before < name;
    before = name;
  }
  if (is_sorted) return "";
  std::vector<std::string_view> names;
  for (const auto& [name, value] : figures) names.push_back(name);
  std::sort(names.begin(), names.end());
  const auto twice = std::adjacent_find(names.begin(), names.end());
  return twice == names.end() ? "" : fmt::format("{} stands twice among its figures", printable(*twice));
}

std::string why_not_of(const dom::object& result, const std::string& run) {
  dom::element id;
  if (result["run"].get(id) != simdjson::SUCCESS) return "result.json has no \"run\": the id that config.json gives";
  std::string_view text;
  if (id.get(text) == simdjson::SUCCESS && text.starts_with(run)) return "";
  return fmt::format("result.json is of another run: \"run\" is {}", quoted(id));
}

// Empty of a whole one.
std::string why_damaged(const dom::element& root, const std::string& run) {
  dom::object result;
  if (root.get(result) != simdjson::SUCCESS) return fmt::format("result.json is {}, not an object", quoted(root));
  if (const std::string why = why_not_of(result, run); !why.empty()) return why;
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
  for (const auto& [name, value] : named) figures.emplace_back(name, *number_of(value));
  std::sort(figures.begin(), figures.end());
  return figures;
}

// One per epoch, or only the last.
std::vector<std::optional<double>> losses_in(const dom::object& outcome) {
  dom::element losses;
  if (outcome["training_loss"].get(losses) != simdjson::SUCCESS) return {};
  if (const auto only = number_of(losses)) return {only};
  std::vector<std::optional<double>> found;
  dom::array list;
  if (losses.get(list) != simdjson::SUCCESS) return {};
  for (const dom::element loss : list) found.push_back(number_of(loss));
  return found;
}

Json facts_in(const dom::object& result, std::string_view name) {
  Json facts = Json::object();
  dom::object object;
  if (result[name].get(object) != simdjson::SUCCESS) return facts;
  for (const auto& [key, value] : object) {
    switch (value.type()) {
      case dom::element_type::STRING:
        facts[std::string(key)] = std::string(std::string_view(value));
        break;
      case dom::element_type::INT64:
        facts[std::string(key)] = std::int64_t(value);
        break;
      case dom::element_type::UINT64:
        facts[std::string(key)] = std::uint64_t(value);
        break;
      case dom::element_type::DOUBLE:
        facts[std::string(key)] = double(value);
        break;
      case dom::element_type::BOOL:
        facts[std::string(key)] = bool(value);
        break;
      default:
        break;
    }
  }
  return facts;
}

Result result_in(const dom::object& whole) {
  dom::object outcome, identity;
  Result result;
  if (whole["outcome"].get(outcome) != simdjson::SUCCESS) return result;
  result.run = text_at(whole, "run");
  result.cell = text_at(whole, "cell");
  result.protocol = text_at(whole, "protocol");
  result.figures = figures_in(outcome);
  result.training_loss = losses_in(outcome);
  result.final_epoch = number_at(outcome, "final_epoch");
  result.weights_sha256 = text_at(outcome, "weights_sha256");
  if (whole["identity"].get(identity) == simdjson::SUCCESS) result.precision = text_at(identity, "train.precision");
  result.gflop_per_image = number_at(whole, "gflop_per_image");
  result.measured = facts_in(whole, "measured");
  result.versions = facts_in(whole, "versions");
  return result;
}

// Judges it and, where it is whole, calls take(root object).
template <typename Take>
ResultVerdict look_at(const fs::path& folder, const std::string& run, const Take& take) {
  const fs::path file = folder / "result.json";
  auto text = read_file_if_there(file);
  if (!text && !is_there(file)) return {};
  if (!text) text = read_file_if_there(file);  // it came between the two
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
  return look_at(folder, run, [](const dom::object&) {});
}

FoundResult read_result(const fs::path& folder, const std::string& run) {
  FoundResult found;
  found.verdict = look_at(folder, run, [&](const dom::object& whole) { found.result = result_in(whole); });
  return found;
}

void put_result_aside(const fs::path& folder) {
  const fs::path file = folder / "result.json";
  if (fs::is_regular_file(file)) read_file(file);
  fs::rename(file, folder / "result.json.refused");
}

}  // namespace pbn
