// What a benchmark claims: this project's figure against a named peer's, measured in one run, and the promised ratio.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/table.h"

namespace pbn::bench {

enum class Better { more, less };  // more for rates, less for times and memory

struct Claim {
  std::string name{};  // "loader.raw"
  double ours = 0;
  std::optional<double> peer{};  // absent where the peer is not installed: then nothing is claimed
  std::string peer_name{};       // "opencv-python"
  std::string unit{};            // "images/s/core"
  double goal = 1;               // the smallest promised ratio
  Better better = Better::more;
  std::string absent{};  // why it was not measured on this machine, "no GPU"; then there are no figures

  // How many times better than the peer: ours / peer for rates, peer / ours for times and memory.
  std::optional<double> ratio() const;
};

// The output of --json: a list of {claim, ours, peer, peer_name, unit, ratio, goal}; null where there is no peer, and
// with "absent" where nothing was measured.
Json to_json(const std::vector<Claim>& claims);
std::vector<Claim> claims_from_json(const Json& list);
Table table_of(const std::vector<Claim>& claims);

}  // namespace pbn::bench
