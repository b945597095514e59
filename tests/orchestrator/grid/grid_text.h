// Grids written as text, the labels that their cells get, and the errors that refuse them.
#pragma once

#include <string>
#include <vector>

#include "orchestrator/grid/sweep.h"
#include "tests/data/error_of.h"

namespace pbn::grid {

// The sweep of a grid.yaml with this text.
inline Sweep sweep_of(const std::string& text, const GridOptions& options = {}) {
  return plan_sweep(parse_grid(text, "grid.yaml", options));
}

inline std::vector<std::string> labels_of(const Sweep& sweep) {
  std::vector<std::string> labels;
  for (const Cell& cell : sweep.cells) labels.push_back(cell.label);
  return labels;
}

// The message of the usage error that `make` throws.
template <typename Make>
std::string refusal_by(const Make& make) {
  const Error error = data::error_of(make);
  EXPECT_EQ(error.blame, Blame::usage) << error.what();
  return error.what();
}

inline std::string refusal(const std::string& text, const GridOptions& options = {}) {
  return refusal_by([&] { sweep_of(text, options); });
}

}  // namespace pbn::grid
