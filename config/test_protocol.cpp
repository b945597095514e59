#include "config/test_protocol.h"

#include <fmt/format.h>

#include <algorithm>
#include <regex>

namespace pbn::config {

TestProtocol canonical_protocol(TestProtocol test) {
  std::sort(test.scales.begin(), test.scales.end());
  test.scales.erase(std::unique(test.scales.begin(), test.scales.end()), test.scales.end());
  test.shift = test.shift && test.scales.size() == 1;
  test.lineage_border = test.lineage_border && (test.shift || test.scales.size() > 1);
  return test;
}

std::string protocol_name(const TestProtocol& test) {
  const TestProtocol form = canonical_protocol(test);
  return fmt::format("{}-{}{}{}{}", form.scales.size() == 1 ? "scale" : "scales", fmt::join(form.scales, "-"),
                     form.flip ? "-flip" : "", form.shift ? "-shift" : "",
                     form.lineage_border ? "-lineage-border" : "");
}

std::string protocol_title(const TestProtocol& test) { return test.name.empty() ? protocol_name(test) : test.name; }

bool is_protocol_name(const std::string& text) {
  static const std::regex form("[A-Za-z0-9]([A-Za-z0-9._-]{0,58}[A-Za-z0-9])?");
  return text.empty() || (std::regex_match(text, form) && !text.starts_with("scale"));
}

Json to_json(const TestProtocol& test) {
  Json json = {
      {"scales", test.scales}, {"flip", test.flip}, {"shift", test.shift}, {"lineage_border", test.lineage_border}};
  if (!test.name.empty()) json["name"] = test.name;
  return json;
}

TestProtocol test_protocol(const Json& test) {
  return {test["scales"].get<std::vector<double>>(), test["flip"], test["shift"], test.value("lineage_border", false),
          test.value("name", "")};
}

}  // namespace pbn::config
