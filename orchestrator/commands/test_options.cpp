#include "orchestrator/commands/test_options.h"

#include "base/error.h"
#include "config/schema.h"
#include "config/test_protocol.h"

namespace pbn {

namespace po = boost::program_options;

void add_test_options(OptionsDescription& options) {
  options.add_options()("scales", po::value<std::string>()->default_value("1")->value_name("A,B,..."),
                        "crop scales to average over; the paper's pyramid (Sec. 4.2) is 0.8,0.9,1,1.1,1.2,1.3")(
      "flip", "also look at the mirror image and average")("no-shift",
                                                           "leave joints in the middle of the heat map's highest cell")(
      "lineage-border",
      "at a heat map's border as in pose-hg: no shift along either axis, and no fading to 0 where scales are averaged");
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

}  // namespace pbn
