#include "orchestrator/grid/question.h"

#include <fmt/format.h>

#include <limits>

#include "base/error.h"
#include "orchestrator/grid/json_schema.h"

namespace pbn::grid {
namespace {

constexpr int fewest_seeds_of_a_rule = 2, most_seeds_of_a_rule = 1000;
constexpr double largest_alpha = 0.5;
const std::vector<std::string> directions{"higher", "lower"}, ends_of_a_rule{"decided"};

double read_positive(const StrictYaml& yaml, const YamlEntry& entry, double largest, const std::string& advice) {
  const Json value = yaml.value(entry.value, entry.value_where);
  if (value.is_number() && value > 0 && value <= largest) return value;
  throw usage_error(entry.value_where, advice, "metric.{}: {} is not allowed", entry.key, value.dump());
}

double read_margin(const StrictYaml& yaml, const YamlEntry& entry) {
  return read_positive(yaml, entry, std::numeric_limits<double>::infinity(),
                       "a positive number in the figure's unit, such as 0.5");
}

double read_alpha(const StrictYaml& yaml, const YamlEntry& entry) {
  return read_positive(yaml, entry, largest_alpha, "a probability, such as 0.05 or 0.025");
}

YamlReaders readers_of(const StrictYaml& yaml, AskedFigure& figure) {
  const Json margin_schema = {{"description", "the least difference that matters, in the figure's unit"},
                              {"type", "number"},
                              {"exclusiveMinimum", 0}};
  return {{"name",
           {[&](const YamlEntry& entry) {
              figure.name = {StrictYaml::text(entry), entry.value_where};
            },
            text_schema("the figure, such as pckh50.all16, or hard10 with the threshold that suits the data")}},
          {"better",
           {[&](const YamlEntry& entry) {
              figure.better = yaml.choice(entry, directions, "metric.") == "lower" ? Better::lower : Better::higher;
            },
            choice_schema("which way the figure is better", directions)}},
          {"margin", {[&](const YamlEntry& entry) { figure.margin = read_margin(yaml, entry); }, margin_schema}}};
}

// A name, or a map with these entries.
Json name_or_map(std::string_view help, const YamlReaders& readers, const std::vector<std::string>& required) {
  Json schema = map_schema(readers, required);
  schema.update(text_schema(help));
  schema["type"].push_back("object");
  return schema;
}

// A second figure has the direction and the margin of the first unless it says otherwise.
AskedFigure read_also(const StrictYaml& yaml, const YamlEntry& entry, const AskedFigure& first) {
  AskedFigure also = first;
  also.name = {};
  if (entry.value.IsMap()) {
    yaml.read_map(entry.value, entry.value_where, "metric.also.", readers_of(yaml, also));
  } else {
    also.name = {StrictYaml::text(entry), entry.value_where};
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

YamlReader alpha_reader(std::function<void(const YamlEntry&)> read) {
  return {std::move(read),
          {{"description", "the accepted probability of any false verdict"},
           {"type", "number"},
           {"exclusiveMinimum", 0},
           {"maximum", largest_alpha},
           {"default", evaluation::accepted_error}}};
}

YamlReader also_reader(const StrictYaml& yaml, std::function<void(const YamlEntry&)> read) {
  AskedFigure figure;
  return {std::move(read), name_or_map("a second figure to compare", readers_of(yaml, figure), {"name"})};
}

YamlReaders readers_of(const StrictYaml& yaml, evaluation::SeedRule& rule, bool& has_until) {
  const auto number = [&](const YamlEntry& entry) {
    return yaml.whole_number(entry, fewest_seeds_of_a_rule, most_seeds_of_a_rule, "seeds.");
  };
  const auto read_until = [&](const YamlEntry& entry) {
    yaml.choice(entry, ends_of_a_rule, "seeds.");
    has_until = true;
  };
  const auto seeds_schema = [](const char* help) {
    return number_schema(help, fewest_seeds_of_a_rule, most_seeds_of_a_rule);
  };
  return {{"until", {read_until, choice_schema("adds seeds until comparisons are decided", ends_of_a_rule)}},
          {"least",
           {[&rule, number](const YamlEntry& entry) { rule.least = number(entry); }, seeds_schema("seeds at first")}},
          {"most",
           {[&rule, number](const YamlEntry& entry) { rule.most = number(entry); }, seeds_schema("seeds at most")}}};
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
    question.figure.name = {StrictYaml::text(metric), metric.value_where};
    return question;
  }
  question.is_stated = true;
  std::optional<YamlEntry> also;
  YamlReaders readers = readers_of(yaml, question.figure);
  readers["also"] =
      also_reader(yaml, [&](const YamlEntry& entry) { also = entry; });  // read once its defaults are known
  readers["alpha"] = alpha_reader([&](const YamlEntry& entry) { question.alpha = read_alpha(yaml, entry); });
  yaml.read_map(metric.value, metric.value_where, "metric.", readers);
  if (also) question.also = read_also(yaml, *also, question.figure);
  return question;
}

Json question_schema() {
  const StrictYaml nothing("{}", "");
  AskedFigure figure;
  YamlReaders readers = readers_of(nothing, figure);
  readers["also"] = also_reader(nothing, {});
  readers["alpha"] = alpha_reader({});
  return name_or_map("the figure that tables compare (docs/deciding.md)", readers, {});
}

std::optional<evaluation::SeedRule> read_seed_rule(const StrictYaml& yaml, const YamlEntry& seeds) {
  if (!seeds.value.IsMap()) return std::nullopt;
  evaluation::SeedRule rule;
  bool has_until = false;
  yaml.read_map(seeds.value, seeds.value_where, "seeds.", readers_of(yaml, rule, has_until));
  if (!has_until || rule.most < rule.least) {
    throw usage_error(seeds.value_where, "for example seeds: {until: decided, least: 5, most: 40}", "seeds: {}",
                      has_until ? "most is smaller than least" : "a rule begins with until: decided");
  }
  return rule;
}

Json seed_rule_schema() {
  const StrictYaml nothing("{}", "");
  evaluation::SeedRule rule;
  bool has_until = false;
  return map_schema(readers_of(nothing, rule, has_until), {"until"});
}

std::string in_words(const evaluation::SeedRule& rule, const Question& question) {
  return fmt::format("until decided, least {}, most {}; {}; {}{}", rule.least, rule.most, in_words(question.figure),
                     question.also ? in_words(*question.also) : "",
                     question.alpha == evaluation::accepted_error ? "" : fmt::format("; alpha {}", question.alpha));
}

}  // namespace pbn::grid
