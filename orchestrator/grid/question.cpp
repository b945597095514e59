#include "orchestrator/grid/question.h"

#include <fmt/format.h>

#include "base/error.h"
#include "base/suggestion.h"

namespace pbn::grid {
namespace {

constexpr int fewest_seeds_of_a_rule = 2, most_seeds_of_a_rule = 1000;

std::string figure_name(const YamlEntry& entry) {
  if (!entry.value.IsScalar() || entry.value.Scalar().empty()) {
    throw usage_error(entry.value_where, "", "{}: expected text", entry.key);
  }
  return entry.value.Scalar();
}

Better read_better(const YamlEntry& entry) {
  const std::string word = entry.value.IsScalar() ? entry.value.Scalar() : "";
  if (word == "higher") return Better::higher;
  if (word == "lower") return Better::lower;
  throw usage_error(entry.value_where, suggestion(word, std::vector<std::string>{"higher", "lower"}),
                    "metric.better: expected higher or lower");
}

double read_margin(const StrictYaml& yaml, const YamlEntry& entry) {
  const Json value = yaml.value(entry.value, entry.value_where);
  if (value.is_number() && value > 0) return value;
  throw usage_error(entry.value_where, "a positive number in the figure's unit, such as 0.5",
                    "metric.margin: {} is not allowed", value.dump());
}

YamlReaders readers_of(const StrictYaml& yaml, AskedFigure& figure) {
  return {{"name",
           [&](const YamlEntry& entry) {
             figure.name = {figure_name(entry), entry.value_where};
           }},
          {"better", [&](const YamlEntry& entry) { figure.better = read_better(entry); }},
          {"margin", [&](const YamlEntry& entry) { figure.margin = read_margin(yaml, entry); }}};
}

// A second figure has the direction and the margin of the first unless it says otherwise.
AskedFigure read_also(const StrictYaml& yaml, const YamlEntry& entry, const AskedFigure& first) {
  AskedFigure also = first;
  also.name = {};
  if (entry.value.IsMap()) {
    yaml.read_map(entry.value, entry.value_where, "metric.also.", readers_of(yaml, also));
  } else {
    also.name = {figure_name(entry), entry.value_where};
  }
  if (also.name.value.is_null()) {
    throw usage_error(entry.value_where, "for example also: {name: pck20.hard10, margin: 1}",
                      "metric.also: has no name");
  }
  if (also.name.value == first.name.value) {
    throw usage_error(entry.value_where, "", "metric.also: {} is the metric itself", also.name.value.dump());
  }
  return also;
}

std::string in_words(const AskedFigure& figure) {
  const char* const better = figure.better == Better::lower ? "lower" : figure.better == Better::higher ? "higher" : "";
  return fmt::format("{} {} {}", figure.name.value.is_null() ? "" : figure.name.value.get<std::string>(), better,
                     figure.margin ? Json(*figure.margin).dump() : "");
}

}  // namespace

Question read_question(const StrictYaml& yaml, const YamlEntry& metric) {
  Question question;
  if (!metric.value.IsMap()) {
    question.figure.name = {figure_name(metric), metric.value_where};
    return question;
  }
  question.is_stated = true;
  std::optional<YamlEntry> also;
  YamlReaders readers = readers_of(yaml, question.figure);
  readers["also"] = [&](const YamlEntry& entry) { also = entry; };  // after its defaults are known
  yaml.read_map(metric.value, metric.value_where, "metric.", readers);
  if (also) question.also = read_also(yaml, *also, question.figure);
  return question;
}

std::optional<evaluation::SeedRule> read_seed_rule(const StrictYaml& yaml, const YamlEntry& seeds) {
  if (!seeds.value.IsMap()) return std::nullopt;
  evaluation::SeedRule rule;
  bool has_until = false;
  const auto number = [&](const YamlEntry& entry) {
    const Json value = yaml.value(entry.value, entry.value_where);
    if (!value.is_number_integer() || value < fewest_seeds_of_a_rule || value > most_seeds_of_a_rule) {
      throw usage_error(entry.value_where,
                        fmt::format("a whole number from {} to {}", fewest_seeds_of_a_rule, most_seeds_of_a_rule),
                        "seeds.{}: {} is not allowed", entry.key, value.dump());
    }
    return value.get<int>();
  };
  const auto read_until = [&](const YamlEntry& entry) {
    if (!entry.value.IsScalar() || entry.value.Scalar() != "decided") {
      throw usage_error(entry.value_where, "", "seeds.until: expected decided");
    }
    has_until = true;
  };
  yaml.read_map(seeds.value, seeds.value_where, "seeds.",
                {{"until", read_until},
                 {"least", [&](const YamlEntry& entry) { rule.least = number(entry); }},
                 {"most", [&](const YamlEntry& entry) { rule.most = number(entry); }}});
  if (!has_until || rule.most < rule.least) {
    throw usage_error(seeds.value_where, "for example seeds: {until: decided, least: 5, most: 40}", "seeds: {}",
                      has_until ? "most is smaller than least" : "a rule begins with until: decided");
  }
  return rule;
}

std::string in_words(const evaluation::SeedRule& rule, const Question& question) {
  return fmt::format("until decided, least {}, most {}; {}; {}", rule.least, rule.most, in_words(question.figure),
                     question.also ? in_words(*question.also) : "");
}

}  // namespace pbn::grid
