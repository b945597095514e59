#include "orchestrator/report/content/verdicts.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "base/counted.h"
#include "base/number_text.h"
#include "base/text.h"
#include "orchestrator/report/statistics/comparison.h"
#include "orchestrator/report/tables/tables.h"

namespace pbn::report {
namespace {

constexpr std::size_t most_sentences = 12;

// A comparison that the study planned.
struct Asked {
  const ReportedCell& cell;
  const AskedFigure& figure;
  const Comparison* comparison;  // nullptr: no seed has a result in both
};

std::vector<Asked> asked_of(const Report& report) {
  const IsComparable is_comparable = same_parts(report.pose ? report.pose->skeleton : nullptr);
  std::vector<Asked> all;
  for (const ReportedCell& cell : report.cells) {
    const ReportedCell* const baseline = baseline_of(cell, report.cells);
    for (const AskedFigure& asked : report.question.figures) {
      if (!baseline || !cell.against || !is_comparable(cell, *baseline, asked.figure)) continue;
      all.push_back({cell, asked, entry_of(cell.against->figures, asked.figure)});
    }
  }
  return all;
}

evaluation::Finding finding_about(const Asked& asked) {
  return asked.comparison ? asked.comparison->finding.value_or(evaluation::Finding::undecided)
                          : evaluation::Finding::undecided;
}

// "; 12 more seeds would tell 0.5 apart": the margin, or without one the difference that was measured.
std::string advice_on_seeds(const Asked& asked, const Report& report, std::size_t comparisons) {
  const Comparison& comparison = *asked.comparison;
  const Question& question = report.question;
  if (question.rule && question.is_over) return fmt::format("; the rule ends at {} seeds", question.rule->most);
  if (comparison.n < 2) return "; too few seeds to say more";
  const double apart = asked.figure.margin.value_or(std::abs(comparison.mean.value_or(0)));
  const std::string number = significant_text(apart, 2);
  if (!comparison.deviation || *comparison.deviation == 0 || apart == 0) return "";
  const auto needed =
      evaluation::seeds_to_find(apart / *comparison.deviation, question.seeds(), comparisons, question.alpha);
  if (!needed) return fmt::format("; no number of seeds would tell {} apart", number);
  if (*needed <= comparison.n) return "";
  return fmt::format("; {} would tell {} apart", counted(*needed - comparison.n, "more seed"), number);
}

std::string sentence_of(const Asked& asked, const Report& report, std::size_t comparisons) {
  const std::string by = report.question.figures.size() > 1 ? " by " + one_line(asked.figure.figure) : "";
  std::string text =
      fmt::format("{} against {}{}: ", one_line(asked.cell.label), one_line(asked.cell.against->label), by);
  if (!asked.comparison) return text + "no result yet.";
  text += fmt::format("{}, {}", verdict_word(finding_about(asked), asked.figure.better),
                      report_difference(asked.comparison->mean, report.is_percent));
  const std::string interval = difference_interval(*asked.comparison, report.is_percent);
  if (!interval.empty()) text += " " + interval;
  if (finding_about(asked) == evaluation::Finding::undecided && !report.question.is_illustration)
    text += advice_on_seeds(asked, report, comparisons);
  return text + ".";
}

}  // namespace

std::string verdict_word(evaluation::Finding finding, grid::Better better) {
  const bool is_higher = finding == evaluation::Finding::higher;
  if (finding == evaluation::Finding::undecided) return "undecided";
  if (finding == evaluation::Finding::equivalent) return "equivalent";
  if (better == grid::Better::unknown) return is_higher ? "higher" : "lower";
  return is_higher == (better == grid::Better::higher) ? "better" : "worse";
}

std::string better_word(grid::Better better) {
  return better == grid::Better::higher ? "higher" : better == grid::Better::lower ? "lower" : "unknown";
}

std::vector<std::string> verdict_sentences(const Report& report) {
  const std::vector<Asked> all = asked_of(report);
  std::vector<std::string> sentences;
  std::map<std::string, int> others;
  for (const Asked& asked : all) {
    if (sentences.size() < most_sentences) {
      sentences.push_back(sentence_of(asked, report, all.size()));
    } else {
      ++others[verdict_word(finding_about(asked), asked.figure.better)];
    }
  }
  std::vector<std::string> counts;
  for (const auto& [word, count] : others) counts.push_back(fmt::format("{} {}", count, word));
  if (!counts.empty()) sentences.push_back(fmt::format("Of the other comparisons: {}.", fmt::join(counts, ", ")));
  return sentences;
}

std::string verdict_note(const Report& report) {
  const Question& question = report.question;
  if (question.is_illustration) return "An illustration of a study, whose seeds are too few to decide anything.";
  if (question.rule) {
    return fmt::format(
        "Seeds were added until the comparisons were decided, by a rule that was fixed beforehand: from {} to {}, "
        "round {}"
        "{}. The probability of any false verdict is at most {:g}%, if differences are symmetric given the earlier "
        "seeds.",
        question.rule->least, question.rule->most, question.rounds, question.is_over ? ", the last" : "",
        100 * question.alpha);
  }
  const std::string peeked =
      question.earlier ? fmt::format(
                             " Seeds were added after a report with {} ({}): p and intervals hold only for a number of "
                             "seeds that was chosen before the first look.",
                             counted(question.earlier->seeds, "seed"), question.earlier->sweep)
                       : "";
  return fmt::format("A difference counts where its corrected p is at most {:g}", question.alpha) +
         (question.has_margin() ? ", and as equivalence where its interval, corrected too, lies inside the margin."
                                : ".") +
         peeked;
}

}  // namespace pbn::report
