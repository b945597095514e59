// Test doubles of LibTorch's CUDAGraph and of the memory of graphs, under the very source of
// worker/cuda/recorded_graph.cpp: they log the calls and capture nothing.
#pragma once

#include <set>
#include <string>
#include <vector>

namespace pbn::worker {

// The calls since log_captures(), such as "free unused memory", "begin", "end", "replay", "abandon pool", "release
// pool", "clear error". The named calls throw: "begin", "end" (CUDA's end of a capture) or "instantiate" (after it).
void log_captures(std::set<std::string> failing = {});
std::vector<std::string> capture_calls();

}  // namespace pbn::worker
