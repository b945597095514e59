// What a benchmark states: ours against a named peer, measured in one run, and the ratio that we promise.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/table.h"

namespace pbn::bench {

enum class Better { more, less };  // rates, or times and memory

struct Claim {
  std::string name{};  // "loader.raw"
  double ours = 0;
  std::optional<double> peer{};  // none where the peer is not installed: nothing is claimed then
  std::string peer_name{};       // "opencv-python"
  std::string unit{};            // "images/s/core"
  double goal = 1;               // the least ratio that we promise
  Better better = Better::more;

  // How many times better than the peer: ours / peer for rates, peer / ours for times and memory.
  std::optional<double> ratio() const;
};

// As `--json` prints it: a list of {claim, ours, peer, peer_name, unit, ratio, goal}; null where there is no peer.
Json to_json(const std::vector<Claim>& claims);
std::vector<Claim> claims_from_json(const Json& list);
Table table_of(const std::vector<Claim>& claims);

}  // namespace pbn::bench
