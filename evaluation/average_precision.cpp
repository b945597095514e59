#include "evaluation/average_precision.h"

#include <algorithm>
#include <functional>
#include <limits>
#include <numeric>

namespace pbn::evaluation {
namespace {

constexpr std::size_t recalls = 101;

// As numpy.linspace(0.5, 0.95, 10) and numpy.linspace(0, 1, 101) round.
double threshold_at(std::size_t i) {
  return i + 1 == thresholds ? 0.95 : static_cast<double>(i) * ((0.95 - 0.5) / 9) + 0.5;
}
double recall_at(std::size_t i) { return static_cast<double>(i) * (1.0 / 100); }

bool lies_outside(double area, AreaRange range) { return area < range.low || area > range.high; }

enum class Match { none, counted, ignored };

// What one detection became at one threshold.
struct ScoredMatch {
  double score;
  Match match;
};

// Matches the detections of one photograph.
class Matcher {
 public:
  Matcher(const PeopleInPhotograph& photograph, AreaRange range) : photograph_(photograph), range_(range) {
    for (const TruePerson& person : photograph.people) {
      ignored_.push_back(person.is_ignored || lies_outside(person.area, range));
    }
    order_.resize(photograph.people.size());
    std::iota(order_.begin(), order_.end(), std::size_t{0});
    std::ranges::stable_partition(order_, [this](std::size_t person) { return !ignored_[person]; });
  }

  std::size_t people_that_count() const { return static_cast<std::size_t>(std::ranges::count(ignored_, false)); }

  void append_matches(double threshold, std::vector<ScoredMatch>& matches) const {
    std::vector<bool> taken(photograph_.people.size());
    for (std::size_t d = 0; d < photograph_.detected.size(); ++d) {
      const std::optional<std::size_t> person = best_person(d, threshold, taken);
      if (person) taken[*person] = true;
      matches.push_back({photograph_.detected[d].score, match_of(d, person)});
    }
  }

 private:
  // The most similar person left, of equally similar ones the last; an ignored one only if no other fits.
  std::optional<std::size_t> best_person(std::size_t detection, double threshold,
                                         const std::vector<bool>& taken) const {
    std::optional<std::size_t> best;
    double least = std::min(threshold, 1 - 1e-10);
    for (const std::size_t person : order_) {
      if (taken[person] && !photograph_.people[person].is_crowd) continue;
      if (best && !ignored_[*best] && ignored_[person]) break;
      const double similarity = photograph_.similarity[detection * photograph_.people.size() + person];
      if (similarity < least) continue;
      least = similarity;
      best = person;
    }
    return best;
  }

  Match match_of(std::size_t detection, std::optional<std::size_t> person) const {
    if (person && ignored_[*person]) return Match::ignored;
    if (person && !photograph_.people[*person].has_id_0) return Match::counted;
    return lies_outside(photograph_.detected[detection].area, range_) ? Match::ignored : Match::none;
  }

  const PeopleInPhotograph& photograph_;
  AreaRange range_;
  std::vector<bool> ignored_;
  std::vector<std::size_t> order_;  // people who count, then ignored ones
};

struct OneThreshold {
  double precision, recall;
};

// Sorts the detections of all photographs, and averages their precision over the recalls. The precision at a recall is
// the highest one at it or any higher recall.
OneThreshold averaged(std::vector<ScoredMatch>& matches, std::size_t people) {
  std::ranges::stable_sort(matches, std::greater{}, &ScoredMatch::score);
  std::vector<double> precision, recall;
  double right = 0, wrong = 0;
  for (const ScoredMatch& found : matches) {
    right += found.match == Match::counted;
    wrong += found.match == Match::none;
    recall.push_back(right / static_cast<double>(people));
    precision.push_back(right / (wrong + right + std::numeric_limits<double>::epsilon()));
  }
  for (std::size_t i = precision.size(); i-- > 1;) precision[i - 1] = std::max(precision[i - 1], precision[i]);
  double sum = 0;
  for (std::size_t i = 0; i < recalls; ++i) {
    const auto reached = std::ranges::lower_bound(recall, recall_at(i));
    if (reached != recall.end()) sum += precision[static_cast<std::size_t>(reached - recall.begin())];
  }
  return {sum / recalls, recall.empty() ? 0 : recall.back()};
}

}  // namespace

std::optional<PrecisionAndRecall> precision_and_recall(std::span<const PeopleInPhotograph> photographs,
                                                       AreaRange range) {
  std::vector<Matcher> matchers;
  std::size_t people = 0;
  for (const PeopleInPhotograph& photograph : photographs) {
    people += matchers.emplace_back(photograph, range).people_that_count();
  }
  if (people == 0) return std::nullopt;
  PrecisionAndRecall result;
  for (std::size_t t = 0; t < thresholds; ++t) {
    std::vector<ScoredMatch> matches;
    for (const Matcher& matcher : matchers) matcher.append_matches(threshold_at(t), matches);
    const auto [precision, recall] = averaged(matches, people);
    result.precision[t] = precision;
    result.recall[t] = recall;
  }
  return result;
}

}  // namespace pbn::evaluation
