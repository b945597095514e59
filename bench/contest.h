// Measures contestants in turn in one run, so that a machine that becomes slower or faster meanwhile does so for all.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace pbn::bench {

struct Effort {
  int rounds = 5;      // in which every contestant is measured once
  double seconds = 2;  // about the time of one measurement
};

// Works for about this long and returns the contestant's figure, usually a rate per second.
using Measure = std::function<double(double seconds)>;

struct Contestant {
  std::string name;
  Measure measure;
};

double median(std::vector<double> values);

// The median of each contestant's figures, in their order. A short warm-up round before is not counted.
std::vector<double> medians_in_turn(const std::vector<Contestant>& contestants, const Effort& effort);

// A program that does the same work as this project. Once it is ready it prints a line that begins with "ready"; then,
// for each number of seconds on its standard input, it works for about that time and prints its figure in a line. In
// between it sleeps, and it ends at the end of its input. Throws an environment error, after what the program wrote to
// standard error, when it cannot be started or breaks off.
class Peer {
 public:
  // `processors`: the only ones that it may run on, by their Linux numbers, "0" or "0,1"; empty: all.
  explicit Peer(std::vector<std::string> command, const std::string& processors = "");
  ~Peer();
  Peer(Peer&&) noexcept;
  Peer& operator=(Peer&&) noexcept;

  double measure(double seconds);
  double peak_mebibytes() const;  // peak resident memory of the largest process among it and its descendants

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// The Python that has the peers' packages: $PBN_PEER_PYTHON, or the one of `./run bench --peers`, if it is installed.
std::optional<std::filesystem::path> peer_python();

// The command line of a peer in Python: bench/peers/SCRIPT, or $PBN_PEER_SCRIPTS/SCRIPT, with these arguments.
std::vector<std::string> peer_command(const std::string& script, const std::vector<std::string>& arguments);

Contestant python_contestant(const std::string& name, const std::string& script,
                             const std::vector<std::string>& arguments, const std::string& processors = "");

}  // namespace pbn::bench
