#include "config/test_protocol.h"

#include <fmt/format.h>

#include <algorithm>

namespace pbn::config {

Testing canonical(Testing test) {
  std::sort(test.scales.begin(), test.scales.end());
  test.scales.erase(std::unique(test.scales.begin(), test.scales.end()), test.scales.end());
  test.shift = test.shift && test.scales.size() == 1;
  test.lineage_border = test.lineage_border && (test.shift || test.scales.size() > 1);
  return test;
}

std::string protocol_name(const Testing& test) {
  const auto [scales, flip, shift, lineage_border] = canonical(test);
  return fmt::format("{}-{}{}{}{}", scales.size() == 1 ? "scale" : "scales", fmt::join(scales, "-"),
                     flip ? "-flip" : "", shift ? "-shift" : "", lineage_border ? "-lineage-border" : "");
}

Json to_json(const Testing& test) {
  return {{"scales", test.scales}, {"flip", test.flip}, {"shift", test.shift}, {"lineage_border", test.lineage_border}};
}

Testing testing(const Json& test) {
  return {test["scales"].get<std::vector<double>>(), test["flip"], test["shift"], test.value("lineage_border", false)};
}

}  // namespace pbn::config
