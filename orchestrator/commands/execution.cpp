#include "orchestrator/commands/execution.h"

#include <unistd.h>

#include <algorithm>
#include <array>

#include "base/colour.h"
#include "base/error.h"
#include "base/log.h"
#include "base/output.h"
#include "config/schema.h"
#include "config/test_protocol.h"

namespace pbn::commands {
namespace {

constexpr const char* default_scales = "1";

}  // namespace

std::optional<executors::Container> container_of(const Arguments& arguments) {
  if (!arguments.has("container")) return {};
  return executors::read_container_file(arguments.text("container"));
}

Options execution_options() {
  return {
      {"slots", "N",
       "runs at a time, each on processors of its own; auto: as many as there are GPUs, processors (run.ranks x "
       "run.threads) and memory (as measured in earlier runs and by pbn try) for",
       "auto"},
      {"retries", "N", "times that a failed run is tried again, unless its configuration or data were refused", "2"},
      container_option};
}

executors::LocalOptions local_options_of(const Arguments& arguments) {
  return {.slots = arguments.text("slots") == "auto" ? 0 : arguments.number("slots", 1, 1000),
          .retries = arguments.number("retries", 0, 1000),
          .container = container_of(arguments)};
}

Options test_options() {
  return {{"scales", "A,B,...",
           "scales of the crop whose heat maps are averaged; the paper's pyramid (Sec. 4.2) is 0.8,0.9,1,1.1,1.2,1.3",
           default_scales},
          {"flip", "", "average the heat maps with those of the mirror image"},
          {"no-shift", "",
           "place joints in the middle of the heat map's highest cell, without the quarter shift to its neighbour"},
          {"lineage-border", "",
           "decode joints at a heat map's border as pose-hg does: no shift along either axis, and no fading to 0 where "
           "scales are averaged"}};
}

bool has_test_options(const Arguments& arguments) {
  return std::ranges::any_of(std::array{"flip", "no-shift", "lineage-border"},
                             [&](const char* option) { return arguments.has(option); }) ||
         arguments.text("scales") != default_scales;
}

config::TestProtocol test_protocol_of(const Arguments& arguments) {
  const std::string text = arguments.text("scales");
  const Json scales = Json::parse("[" + text + "]", nullptr, false);
  if (!scales.is_array() || scales.empty()) {
    throw usage_error("--scales", "for example --scales 0.8,1,1.2", "\"{}\" is not a list of numbers", text);
  }
  try {
    return config::canonical_protocol(
        config::TestProtocol{config::checked(*config::find_key("test.scales"), scales).get<std::vector<double>>(),
                             arguments.has("flip"), !arguments.has("no-shift"), arguments.has("lineage-border")});
  } catch (const Error& error) {
    throw Error(error.blame, "--scales", error.problem, error.hint);
  }
}

void print_failures(const executors::ExecutionSummary& summary) {
  for (const auto& failure : summary.failures) {
    print_to_stderr(fmt::format("\n{} {}. Its folder: {}\n", coloured(failure.run, Colour::red, STDERR_FILENO),
                                failure.reason, failure.folder));
    for (const std::string& line : failure.last_lines) print_to_stderr(fmt::format("  | {}\n", line));
  }
}

Json to_json(const executors::ExecutionSummary& summary) {
  Json failed = Json::array();
  for (const auto& [run, reason, folder, last_lines] : summary.failures) {
    failed.push_back({{"run", run}, {"reason", reason}, {"folder", folder}, {"last_lines", last_lines}});
  }
  return {{"finished", summary.finished},
          {"done_before", summary.skipped},
          {"cancelled", summary.cancelled},
          {"failed", std::move(failed)},
          {"interrupted", summary.interrupted}};
}

int exit_code_of(const executors::ExecutionSummary& summary) {
  if (summary.interrupted) {
    note("interrupted; the same command continues from here");
    return static_cast<int>(Blame::requeue);
  }
  return summary.failures.empty() ? 0 : 1;
}

}  // namespace pbn::commands
