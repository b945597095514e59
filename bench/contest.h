// Ours and the peers measured in turn in one run, so that a machine that grows slower or faster meanwhile does so for
// all of them.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace pbn::bench {

// Works for about this long and returns its figure: a rate per second, mostly.
using Measure = std::function<double(double seconds)>;

struct Contestant {
  std::string name;
  Measure measure;
};

// The median of each contestant's figures, in their order. One short round for warming up is not counted.
std::vector<double> medians_in_turn(const std::vector<Contestant>& contestants, int rounds, double seconds);

// A program that does the same work as ours. Once it is set up it prints a line that begins with "ready"; then, for
// each number of seconds that it reads on standard input, it works for about so long and prints its figure in a line.
// It sleeps in between and ends with its standard input. Throws an environment error, with the end of what the program
// wrote to standard error, when it cannot be started or breaks off.
class Peer {
 public:
  // On these processors only, where given: Linux numbers, "0" or "0,1".
  explicit Peer(std::vector<std::string> command, const std::string& processors = "");
  ~Peer();
  Peer(Peer&&) noexcept;
  Peer& operator=(Peer&&) noexcept;

  double measure(double seconds);
  double peak_mebibytes() const;  // of resident memory so far, in the largest of it and its descendants

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// The Python that has the peers' packages: $PBN_PEER_PYTHON, or that of `./run bench --peers`. None where neither is.
std::optional<std::filesystem::path> peer_python();

// Where a peer's script lies: bench/peers/NAME.
std::filesystem::path peer_script(const std::string& name);

}  // namespace pbn::bench
