// Parts of the same people that one checkpoint finds and another misses, as in Fig. 8.
#pragma once

#include <string>
#include <vector>

#include "base/json.h"
#include "orchestrator/photographs/worker_requests.h"

namespace pbn::photographs {

struct Disagreement {
  std::size_t person = 0;
  std::string part;
  bool first_finds = false, second_finds = false;  // exactly one with truth; without truth neither
};

// Compares the parts that both networks predict. A part is found when its distance from the true place is at most
// `distance` times the side of the person's box. MPII's PCKh@0.5 is about 0.05, since a head measures a tenth of the
// box. For people without truth, parts disagree when the two predictions are farther apart than that.
std::vector<Disagreement> compare(const CheckpointPrediction& first, const CheckpointPrediction& second,
                                  const std::vector<PersonToFind>& people, double distance);

// [{"photograph", "person" (from 0 within the photograph), "annotation_id", "box", "part", "first_finds",
// "second_finds"}]
Json to_json(const std::vector<Disagreement>& disagreements, const std::vector<Photograph>& photographs,
             const std::vector<PersonToFind>& people);

// One line for each disagreement and one with their counts; `first` and `second` are the checkpoints' names.
std::string disagreements_text(const std::vector<Disagreement>& disagreements,
                               const std::vector<Photograph>& photographs, const std::vector<PersonToFind>& people,
                               const std::string& first, const std::string& second);

}  // namespace pbn::photographs
