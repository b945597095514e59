// Checks that all ranks agree before they compute together: otherwise they could wait for each other forever, or sum
// unrelated numbers.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "worker/communication/ranks.h"

namespace pbn::worker {

// A name, such as "training data" or "libtorch version", and a value, such as a fingerprint or a version.
using Fact = std::pair<std::string, std::string>;
using Facts = std::vector<Fact>;

// Every rank calls it. Throws a SharedError if a rank's facts differ from those of rank 0. It names the lowest such
// rank with its host, the first differing item and both values.
void require_same_facts(const Ranks& ranks, const Facts& mine);

}  // namespace pbn::worker
