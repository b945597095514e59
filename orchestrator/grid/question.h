// What a study asks: the figures that are compared, which way they are better, and how many seeds answer it.
//
//   metric: {name: error, better: lower, margin: 0.5, also: pck20.hard10@occluded, alpha: 0.025}
//   seeds: {until: decided, least: 5, most: 40}
//
// Both have a short form: a figure's name, a list of seeds.
#pragma once

#include <optional>

#include "evaluation/seed_rule.h"
#include "orchestrator/grid/grid.h"
#include "orchestrator/grid/strict_yaml.h"

namespace pbn::grid {

// Throw usage errors with file:line:column.
Question read_question(const StrictYaml& yaml, const YamlEntry& metric);
std::optional<evaluation::SeedRule> read_seed_rule(const StrictYaml& yaml, const YamlEntry& seeds);  // of a map

// What they take (json_schema.h).
Json question_schema();
Json seed_rule_schema();

// What a rule is made of, for the name of its sweep: "until decided, least 5, most 40; error, lower is better, ...".
std::string in_words(const evaluation::SeedRule& rule, const Question& question);

}  // namespace pbn::grid
