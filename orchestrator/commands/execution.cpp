#include "orchestrator/commands/execution.h"

#include <unistd.h>

#include <charconv>

#include "base/colour.h"
#include "base/error.h"
#include "base/log.h"
#include "base/output.h"
#include "config/schema.h"
#include "config/test_protocol.h"

namespace pbn {

namespace po = boost::program_options;
namespace {

int number_of_option(const Arguments& arguments, const char* option, int least, int most) {
  const auto& text = arguments[option].as<std::string>();
  int number = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool is_number = code == std::errc() && end == text.data() + text.size();
  if (is_number && number >= least && number <= most) return number;
  throw usage_error(fmt::format("--{}", option), "", "\"{}\" is not a number from {} to {}", text, least, most);
}

}  // namespace

void add_local_options(OptionsDescription& options) {
  options.add_options()("slots", po::value<std::string>()->default_value("auto")->value_name("N"),
                        "runs at a time, each with its own part of the processors; auto: as many as there are GPUs,\n"
                        "processors (run.ranks x run.threads) and memory (as earlier runs and tries took) for")(
      "retries", po::value<std::string>()->default_value("2")->value_name("N"),
      "how often a run that failed is tried again; not after a refused configuration or bad data");
}

LocalOptions local_options_of(const Arguments& arguments) {
  LocalOptions options;
  if (arguments["slots"].as<std::string>() != "auto") options.slots = number_of_option(arguments, "slots", 1, 1000);
  options.retries = number_of_option(arguments, "retries", 0, 1000);
  return options;
}

void add_test_options(OptionsDescription& options) {
  options.add_options()("scales", po::value<std::string>()->default_value("1")->value_name("A,B,..."),
                        "scales of the crop to average over; the paper's pyramid (Sec. 4.2) is 0.8,0.9,1,1.1,1.2,1.3")(
      "flip", "also predict on the mirror image, and average")(
      "no-shift",
      "leave joints in the middle of the heat map's highest cell, without the quarter shift to its neighbour")(
      "lineage-border",
      "decode joints at a heat map's border as pose-hg does: no shift along either axis, and no fading to 0 where "
      "scales "
      "are averaged");
}

Testing test_of(const Arguments& arguments) {
  const std::string text = arguments["scales"].as<std::string>();
  const Json scales = Json::parse("[" + text + "]", nullptr, false);
  if (!scales.is_array() || scales.empty()) {
    throw usage_error("--scales", "for example --scales 0.8,1,1.2", "\"{}\" is not a list of numbers", text);
  }
  try {
    return canonical(Testing{checked(*find_key("test.scales"), scales).get<std::vector<double>>(),
                             arguments.count("flip") > 0, arguments.count("no-shift") == 0,
                             arguments.count("lineage-border") > 0});
  } catch (const Error& error) {
    throw Error(error.blame, "--scales", error.problem, error.hint);
  }
}

void print_failures(const ExecutionSummary& summary) {
  for (const auto& failure : summary.failures) {
    print_to_stderr(fmt::format("\n{} {}. Its folder: {}\n", coloured(failure.run, Colour::red, STDERR_FILENO),
                                failure.reason, failure.folder));
    for (const std::string& line : failure.last_lines) print_to_stderr(fmt::format("  | {}\n", line));
  }
}

Json to_json(const ExecutionSummary& summary) {
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

int exit_code_of(const ExecutionSummary& summary) {
  if (summary.interrupted) {
    note("interrupted; the same command goes on from here");
    return static_cast<int>(Blame::requeue);
  }
  return summary.failures.empty() ? 0 : 1;
}

}  // namespace pbn
