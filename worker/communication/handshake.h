// What must be the same on every rank before they compute together: otherwise they would wait for each other for ever,
// or add up numbers that do not belong together.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "worker/communication/ranks.h"

namespace pbn {

// An item in words, such as "data.train" or "LibTorch", and its value, such as a fingerprint or a version.
using Fact = std::pair<std::string, std::string>;
using Facts = std::vector<Fact>;

// Every rank calls it. Throws a SharedError where a rank's facts are not those of rank 0: it names the first item that
// differs, the lowest rank where it does with its host, and both values.
void require_same_facts(const Ranks& ranks, const Facts& mine);

}  // namespace pbn
