#include "orchestrator/report/figures/gallery.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <set>

#include "base/error.h"
#include "orchestrator/report/statistics/run_results.h"

namespace pbn {
namespace {

struct ShownCell {
  std::string label;
  bool is_baseline;
  Predictions predictions;
};

// What the pictures are made of.
struct Exhibits {
  std::vector<ShownCell> cells;
  PoseFile file;
  GroundTruth truth;
  double threshold;
  std::set<std::size_t> photographs{};  // of people who are on the page already

  PersonPainter painter(std::size_t person) {
    const bool is_there = !photographs.insert(person).second;
    return PersonPainter(file, truth, person, threshold, is_there);
  }
};

std::optional<Predictions> predictions_of(const Cell& cell, const RunStore& store, const std::string& protocol,
                                          const Run& run, const GroundTruth& truth) {
  const auto file = predictions_file(cell, run, store, protocol);
  if (!file) return {};
  try {
    Predictions predictions = read_predictions(*file);
    const bool fits = predictions.parts == truth.skeleton->size() && predictions.people() == truth.people();
    return fits ? std::optional(std::move(predictions)) : std::nullopt;
  } catch (const Error&) {  // damaged: the figures of the run still count
    return {};
  }
}

std::vector<ShownCell> shown_cells(const Sweep& sweep, const RunStore& store, const std::string& protocol,
                                   const GroundTruth& truth, std::size_t most) {
  std::vector<ShownCell> shown;
  const std::string& validation = sweep.cells.front().validation().info.fingerprint;
  for (const Cell& cell : sweep.cells) {
    if (shown.size() == most) break;
    if (cell.validation().info.fingerprint != validation) continue;  // other people
    for (const Run& run : cell.runs) {
      auto predictions = predictions_of(cell, store, protocol, run, truth);
      if (!predictions) continue;
      shown.push_back({fmt::format("{}, seed {}", cell.label, run.seed), cell.is_baseline, std::move(*predictions)});
      break;
    }
  }
  return shown;
}

bool is_labelled(const GroundTruth& truth, std::size_t person, int part) {
  return truth.labelled[person * static_cast<std::size_t>(truth.skeleton->size()) + static_cast<std::size_t>(part)];
}

// People ordered by how far the shown cells are off, in the mean; those with few labelled joints are left out.
std::vector<std::size_t> people_by_error(const std::vector<ShownCell>& cells, const GroundTruth& truth) {
  const int parts = truth.skeleton->size();
  std::vector<std::pair<double, std::size_t>> errors;
  for (std::size_t person = 0; person < static_cast<std::size_t>(truth.people()); ++person) {
    double sum = 0;
    int labelled = 0;
    for (int part = 0; part < parts; ++part) {
      if (!is_labelled(truth, person, part)) continue;
      ++labelled;
      for (const ShownCell& cell : cells) {
        const double error = error_of(cell.predictions, truth, person, part);
        sum += error < 2 ? error : 2;  // also where it is not a number
      }
    }
    if (labelled * 4 >= parts * 3) errors.emplace_back(sum / labelled, person);
  }
  std::sort(errors.begin(), errors.end());
  std::vector<std::size_t> people;
  for (const auto& [error, person] : errors) people.push_back(person);
  return people;
}

GallerySection three_people(Exhibits& exhibits) {
  GallerySection section{"Three validation people",
                         "Chosen by the cells' mean error: a quarter, half and three quarters of the people are nearer "
                         "to the truth.",
                         {}};
  const std::vector<std::size_t> people = people_by_error(exhibits.cells, exhibits.truth);
  const std::pair<const char*, double> quartiles[] = {
      {"a small error", 0.25}, {"a middling error", 0.5}, {"a large error", 0.75}};
  for (const auto& [words, quartile] : quartiles) {
    if (people.size() < 3) break;
    const std::size_t person = people[static_cast<std::size_t>(quartile * static_cast<double>(people.size() - 1))];
    const PersonPainter painter = exhibits.painter(person);
    GalleryRow row{fmt::format("Person {}: {} ({:.0f}% of the people are nearer)", person + 1, words, 100 * quartile),
                   {painter.truth()}};
    for (const ShownCell& cell : exhibits.cells) row.panels.push_back(painter.prediction(cell.label, cell.predictions));
    section.rows.push_back(std::move(row));
  }
  return section;
}

// Of each person: joints that one cell finds and the other misses, less those the other way round.
std::vector<int> gains(const ShownCell& one, const ShownCell& other, const Exhibits& exhibits) {
  std::vector<int> gains(static_cast<std::size_t>(exhibits.truth.people()));
  for (std::size_t person = 0; person < gains.size(); ++person) {
    for (int part = 0; part < one.predictions.parts; ++part) {
      if (!is_labelled(exhibits.truth, person, part)) continue;
      gains[person] += error_of(one.predictions, exhibits.truth, person, part) <= exhibits.threshold;
      gains[person] -= error_of(other.predictions, exhibits.truth, person, part) <= exhibits.threshold;
    }
  }
  return gains;
}

// Three people at most whom `better` is better at by the most joints.
void add_people(GallerySection& section, Exhibits& exhibits, const ShownCell& better, const ShownCell& worse) {
  constexpr std::size_t most = 3;
  const std::vector<int> gain = gains(better, worse, exhibits);
  std::vector<std::size_t> people;
  for (std::size_t person = 0; person < gain.size(); ++person) {
    if (gain[person] > 0) people.push_back(person);
  }
  std::stable_sort(people.begin(), people.end(), [&](std::size_t a, std::size_t b) { return gain[a] > gain[b]; });
  for (std::size_t i = 0; i < std::min(most, people.size()); ++i) {
    const PersonPainter painter = exhibits.painter(people[i]);
    section.rows.push_back({fmt::format("Person {}: {} finds {} {} more than {}", people[i] + 1, better.label,
                                        gain[people[i]], gain[people[i]] == 1 ? "joint" : "joints", worse.label),
                            {painter.truth(), painter.prediction(better.label, better.predictions),
                             painter.prediction(worse.label, worse.predictions)}});
  }
}

GallerySection where_two_differ(Exhibits& exhibits) {
  const std::vector<ShownCell>& cells = exhibits.cells;
  if (cells.size() < 2) return {};
  const auto found = std::find_if(cells.begin(), cells.end(), [](const ShownCell& cell) { return cell.is_baseline; });
  const ShownCell& baseline = found == cells.end() ? cells.front() : *found;
  const ShownCell* other = nullptr;
  int most = -1;
  for (const ShownCell& cell : cells) {
    int differences = 0;
    if (&cell == &baseline) continue;
    for (const int gain : gains(cell, baseline, exhibits)) differences += std::abs(gain);
    if (differences > most) other = &cell;
    most = std::max(most, differences);
  }
  GallerySection section{
      "Where two cells differ most",
      fmt::format("People of whom {} finds most joints that {} misses, and the other way round. They "
                  "are the extremes and not what mostly happens.",
                  other->label, baseline.label),
      {}};
  add_people(section, exhibits, *other, baseline);
  add_people(section, exhibits, baseline, *other);
  return section;
}

// 0.5 of "pckh50.all16"; the area under the curve ends at 0.5 too.
double threshold_of(const std::string& metric) {
  const auto digits = metric.find_first_of("0123456789");
  return digits < metric.find('.') ? std::stod(metric.substr(digits, 2)) / 100 : 0.5;
}

}  // namespace

std::vector<GallerySection> gallery(const Sweep& sweep, const RunStore& store, const std::string& protocol,
                                    std::size_t most_cells) {
  if (sweep.cells.front().worker().is_external()) return {};  // no pose files that we would know of
  PoseFile file(sweep.cells.front().validation().path);
  GroundTruth truth = ground_truth(file);
  std::vector<ShownCell> cells = shown_cells(sweep, store, protocol, truth, most_cells);
  if (cells.empty()) return {};
  Exhibits exhibits{std::move(cells), std::move(file), std::move(truth), threshold_of(sweep.metric)};
  std::vector<GallerySection> sections{three_people(exhibits), where_two_differ(exhibits)};
  std::erase_if(sections, [](const GallerySection& section) { return section.rows.empty(); });
  return sections;
}

}  // namespace pbn
