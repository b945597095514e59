#include "orchestrator/commands/local_options.h"

#include <charconv>

#include "base/error.h"

namespace pbn {
namespace {

int number_in(const Arguments& arguments, const char* option, int least, int most) {
  const auto& text = arguments[option].as<std::string>();
  int number = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool is_number = code == std::errc() && end == text.data() + text.size();
  if (is_number && number >= least && number <= most) return number;
  throw usage_error(fmt::format("--{}", option), "", "\"{}\" is not a number from {} to {}", text, least, most);
}

}  // namespace

void add_local_options(OptionsDescription& options) {
  namespace po = boost::program_options;
  options.add_options()("slots", po::value<std::string>()->default_value("auto")->value_name("N"),
                        "runs at a time, each with its own part of the processors; auto: as many as there are GPUs,\n"
                        "processors (run.ranks x run.threads) and memory (as earlier runs and tries took) for")(
      "retries", po::value<std::string>()->default_value("2")->value_name("N"),
      "how often a run that failed is tried again; not after a refused configuration or bad data");
}

LocalOptions local_options_of(const Arguments& arguments) {
  LocalOptions options;
  if (arguments["slots"].as<std::string>() != "auto") options.slots = number_in(arguments, "slots", 1, 1000);
  options.retries = number_in(arguments, "retries", 0, 1000);
  return options;
}

}  // namespace pbn
