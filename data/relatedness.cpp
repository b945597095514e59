#include "data/relatedness.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <span>

#include "base/error.h"

namespace pbn {
namespace {

constexpr int unlabelled = -1;

// (N) the cell, row by row, in which each person has the part.
std::vector<int> cells_of(const BoxPoses& poses, std::size_t part, int cells) {
  const auto cell = [cells](double side) {
    return static_cast<int>(std::clamp(std::floor(side * cells + cells / 2.0), 0.0, cells - 1.0));
  };
  std::vector<int> places;
  places.reserve(poses.people.size());
  for (const BoxPose& person : poses.people) {
    const auto& [x, y] = person.joints[part];
    places.push_back(person.labelled[part] ? cell(y) * cells + cell(x) : unlabelled);
  }
  return places;
}

// The joint histogram of two parts over the people who have both.
struct JointHistogram {
  std::vector<std::int64_t> both, first, second;  // (C, C), (C), (C) counts; C = cells * cells
  std::int64_t people = 0;

  JointHistogram(std::span<const int> first_part, std::span<const int> second_part, int cells) {
    const auto places = static_cast<std::size_t>(cells) * static_cast<std::size_t>(cells);
    both.resize(places * places);
    first.resize(places);
    second.resize(places);
    for (std::size_t person = 0; person < first_part.size(); ++person) {
      if (first_part[person] == unlabelled || second_part[person] == unlabelled) continue;
      const auto a = static_cast<std::size_t>(first_part[person]), b = static_cast<std::size_t>(second_part[person]);
      ++both[a * places + b];
      ++first[a];
      ++second[b];
      ++people;
    }
  }

  double mutual_information() const {
    double sum = 0;
    for (std::size_t a = 0; a < first.size(); ++a) {
      if (first[a] == 0) continue;
      for (std::size_t b = 0; b < second.size(); ++b) {
        const auto count = static_cast<double>(both[a * second.size() + b]);
        if (count == 0) continue;
        const double independent = static_cast<double>(first[a]) * static_cast<double>(second[b]);
        sum += count * std::log(count * static_cast<double>(people) / independent);
      }
    }
    return sum / static_cast<double>(people);
  }
};

void require_labels(const BoxPoses& poses, std::span<const std::vector<int>> places) {
  for (std::size_t part = 0; part < places.size(); ++part) {
    if (std::all_of(places[part].begin(), places[part].end(), [](int cell) { return cell == unlabelled; })) {
      throw data_error(poses.source, "related parts need a file in which every part is annotated",
                       "nobody of {} people has the part \"{}\" labelled", poses.people.size(),
                       poses.skeleton->parts[part]);
    }
  }
}

}  // namespace

Relatedness estimate_relatedness(const BoxPoses& poses, int cells) {
  const auto parts = static_cast<std::size_t>(poses.skeleton->size());
  std::vector<std::vector<int>> places;
  for (std::size_t part = 0; part < parts; ++part) places.push_back(cells_of(poses, part, cells));
  require_labels(poses, places);

  Relatedness related{poses.skeleton, static_cast<int>(poses.people.size()), std::vector<double>(parts * parts)};
  for (std::size_t a = 0; a < parts; ++a) {
    for (std::size_t b = a + 1; b < parts; ++b) {
      const JointHistogram histogram(places[a], places[b], cells);
      if (histogram.people == 0) {
        throw data_error(poses.source, "related parts need people with both",
                         "nobody of {} people has both \"{}\" and \"{}\" labelled", poses.people.size(),
                         poses.skeleton->parts[a], poses.skeleton->parts[b]);
      }
      related.nats[a * parts + b] = related.nats[b * parts + a] = histogram.mutual_information();
    }
  }
  return related;
}

std::vector<double> Relatedness::normalised() const {
  const auto parts = static_cast<std::size_t>(skeleton->size());
  double least = std::numeric_limits<double>::infinity(), greatest = -least;
  for (std::size_t a = 0; a < parts; ++a) {
    for (std::size_t b = a + 1; b < parts; ++b) {
      least = std::min(least, nats[a * parts + b]);
      greatest = std::max(greatest, nats[a * parts + b]);
    }
  }
  std::vector<double> weights(parts * parts);
  for (std::size_t a = 0; a < parts; ++a) {
    for (std::size_t b = 0; b < parts; ++b) {
      if (a == b) continue;
      weights[a * parts + b] = greatest > least ? (nats[a * parts + b] - least) / (greatest - least) : 1;
    }
  }
  return weights;
}

}  // namespace pbn
