#include "orchestrator/report/figures/gallery.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <set>

#include "base/counted.h"
#include "orchestrator/report/content/pose_study.h"
#include "orchestrator/report/statistics/run_results.h"

namespace pbn::report {
namespace {

struct ShownCell {
  std::string label;
  bool is_baseline;
  evaluation::Predictions predictions;
};

struct GalleryData {
  std::vector<ShownCell> cells;
  data::PoseFile file;
  evaluation::GroundTruth truth;
  double threshold;                     // in reference lengths
  std::set<std::size_t> photographs{};  // already embedded in the page, by person

  PersonPainter painter(std::size_t person) {
    const bool is_embedded = !photographs.insert(person).second;
    return PersonPainter(file, truth, person, threshold, is_embedded);
  }
};

std::vector<ShownCell> shown_cells(const grid::Sweep& sweep, const runs::RunStore& store, const std::string& protocol,
                                   const evaluation::GroundTruth& truth, std::size_t most) {
  std::vector<ShownCell> shown;
  const std::string& validation = sweep.cells.front().validation().info.fingerprint;
  for (const grid::Cell& cell : sweep.cells) {
    if (shown.size() == most) break;
    if (cell.validation().info.fingerprint != validation) continue;  // other people
    for (const grid::Run& run : cell.runs) {
      auto predictions = predictions_of(cell, run, store, protocol, truth);
      if (!predictions) continue;
      shown.push_back({fmt::format("{}, seed {}", cell.label, run.seed), cell.is_baseline, std::move(*predictions)});
      break;
    }
  }
  return shown;
}

bool is_labelled(const evaluation::GroundTruth& truth, std::size_t person, int part) {
  return truth.labelled[person * static_cast<std::size_t>(truth.skeleton->size()) + static_cast<std::size_t>(part)];
}

// People in ascending order of the shown cells' mean error, without those who have few labelled joints.
std::vector<std::size_t> people_by_error(const std::vector<ShownCell>& cells, const evaluation::GroundTruth& truth) {
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
        sum += error < 2 ? error : 2;  // 2 for NaN, too
      }
    }
    if (labelled * 4 >= parts * 3) errors.emplace_back(sum / labelled, person);
  }
  std::sort(errors.begin(), errors.end());
  std::vector<std::size_t> people;
  for (const auto& [error, person] : errors) people.push_back(person);
  return people;
}

GallerySection people_at_quartiles(GalleryData& data) {
  GallerySection section{"Three validation people",
                         "Chosen by the mean error of the cells: a quarter, half and three quarters of the people have "
                         "a smaller one.",
                         {}};
  const std::vector<std::size_t> people = people_by_error(data.cells, data.truth);
  const std::pair<const char*, double> quartiles[] = {
      {"small error", 0.25}, {"medium error", 0.5}, {"large error", 0.75}};
  for (const auto& [words, quartile] : quartiles) {
    if (people.size() < 3) break;
    const std::size_t person = people[static_cast<std::size_t>(quartile * static_cast<double>(people.size() - 1))];
    const PersonPainter painter = data.painter(person);
    GalleryRow row{fmt::format("Person {}: {} ({:.0f}% have a smaller one)", person + 1, words, 100 * quartile),
                   {painter.truth()}};
    for (const ShownCell& cell : data.cells) row.panels.push_back(painter.prediction(cell.label, cell.predictions));
    section.rows.push_back(std::move(row));
  }
  return section;
}

// For each person, the joints that `one` finds minus those that `other` finds.
std::vector<int> gains(const ShownCell& one, const ShownCell& other, const GalleryData& data) {
  std::vector<int> gains(static_cast<std::size_t>(data.truth.people()));
  for (std::size_t person = 0; person < gains.size(); ++person) {
    for (int part = 0; part < one.predictions.parts; ++part) {
      if (!is_labelled(data.truth, person, part)) continue;
      gains[person] += error_of(one.predictions, data.truth, person, part) <= data.threshold;
      gains[person] -= error_of(other.predictions, data.truth, person, part) <= data.threshold;
    }
  }
  return gains;
}

// At most three people, those with the most joints that `better` finds in addition to what `worse` finds.
void add_people(GallerySection& section, GalleryData& data, const ShownCell& better, const ShownCell& worse) {
  constexpr std::size_t most = 3;
  const std::vector<int> gain = gains(better, worse, data);
  std::vector<std::size_t> people;
  for (std::size_t person = 0; person < gain.size(); ++person) {
    if (gain[person] > 0) people.push_back(person);
  }
  std::stable_sort(people.begin(), people.end(), [&](std::size_t a, std::size_t b) { return gain[a] > gain[b]; });
  for (std::size_t i = 0; i < std::min(most, people.size()); ++i) {
    const PersonPainter painter = data.painter(people[i]);
    section.rows.push_back({fmt::format("Person {}: {} finds {} more than {}", people[i] + 1, better.label,
                                        counted(gain[people[i]], "joint"), worse.label),
                            {painter.truth(), painter.prediction(better.label, better.predictions),
                             painter.prediction(worse.label, worse.predictions)}});
  }
}

GallerySection people_of_two_cells(GalleryData& data) {
  const std::vector<ShownCell>& cells = data.cells;
  if (cells.size() < 2) return {};
  const auto found = std::find_if(cells.begin(), cells.end(), [](const ShownCell& cell) { return cell.is_baseline; });
  const ShownCell& baseline = found == cells.end() ? cells.front() : *found;
  const ShownCell* other = nullptr;
  int most = -1;
  for (const ShownCell& cell : cells) {
    int differences = 0;
    if (&cell == &baseline) continue;
    for (const int gain : gains(cell, baseline, data)) differences += std::abs(gain);
    if (differences > most) other = &cell;
    most = std::max(most, differences);
  }
  GallerySection section{
      "Where two cells differ most",
      fmt::format("People for whom {} finds the most joints that {} misses, and the other way round. These are "
                  "extremes, not typical cases.",
                  other->label, baseline.label),
      {}};
  add_people(section, data, *other, baseline);
  add_people(section, data, baseline, *other);
  return section;
}

// In reference lengths: 0.5 of "pckh50.all16". The area under the curve ends at 0.5, too.
double found_within(const std::string& metric) {
  const auto digits = metric.find_first_of("0123456789");
  return digits < metric.find('.') ? std::stod(metric.substr(digits, 2)) / 100 : 0.5;
}

}  // namespace

std::vector<GallerySection> gallery(const grid::Sweep& sweep, const runs::RunStore& store, const std::string& protocol,
                                    std::size_t most_cells) {
  if (!has_poses(sweep)) return {};
  data::PoseFile file(sweep.cells.front().validation().path);
  evaluation::GroundTruth truth = evaluation::ground_truth(file);
  std::vector<ShownCell> cells = shown_cells(sweep, store, protocol, truth, most_cells);
  if (cells.empty()) return {};
  GalleryData data{std::move(cells), std::move(file), std::move(truth), found_within(sweep.metric)};
  std::vector<GallerySection> sections{people_at_quartiles(data), people_of_two_cells(data)};
  std::erase_if(sections, [](const GallerySection& section) { return section.rows.empty(); });
  return sections;
}

}  // namespace pbn::report
