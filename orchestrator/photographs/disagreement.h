// Where two checkpoints differ on the same people, as in Fig. 8: parts that one finds and the other misses.
#pragma once

#include <string>
#include <vector>

#include "base/json.h"
#include "orchestrator/photographs/photograph_prediction.h"

namespace pbn {

struct Disagreement {
  std::size_t person = 0;
  std::string part;
  bool first_finds = false, second_finds = false;  // one of them; without truth neither is known
};

// A part is found when it is no farther from its true place than `distance` times the side of the person's box; MPII's
// PCKh@0.5 is about 0.05, because a head measures a tenth of the box there. People of whom the truth knows nothing:
// parts that the two put farther apart than that. Only parts that both networks look for.
std::vector<Disagreement> compare(const CheckpointPrediction& first, const CheckpointPrediction& second,
                                  const std::vector<PersonToFind>& people, double distance);

// [{"photograph", "person" (from 0 in its photograph), "annotation_id", "box", "part", "first_finds", "second_finds"}]
Json to_json(const std::vector<Disagreement>& disagreements, const std::vector<Photograph>& photographs,
             const std::vector<PersonToFind>& people);

// A line for each, and one that counts them; `first` and `second` are the checkpoints' names.
std::string in_words(const std::vector<Disagreement>& disagreements, const std::vector<Photograph>& photographs,
                     const std::vector<PersonToFind>& people, const std::string& first, const std::string& second);

}  // namespace pbn
