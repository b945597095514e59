#include "orchestrator/runs/named_protocols.h"

#include "base/error.h"
#include "base/files.h"
#include "config/schema.h"
#include "config/test_protocol.h"
#include "orchestrator/runs/lenient_json.h"

namespace pbn::runs {
namespace {

std::filesystem::path file_of_protocols(const RunStore& store) { return store.root() / "protocols.json"; }

}  // namespace

std::map<std::string, config::TestProtocol> named_protocols(const RunStore& store) {
  std::map<std::string, config::TestProtocol> protocols;
  const std::filesystem::path file = file_of_protocols(store);
  const Json content = object_in(file);
  for (const auto& [name, test] : content.items()) {
    const Json resolved = config::resolve({{"test", test}}, file.string() + ": " + name);
    protocols[name] = config::canonical_protocol(config::test_protocol(resolved["test"]));
    protocols[name].name = name;
  }
  return protocols;
}

void name_protocol(const config::TestProtocol& test, const RunStore& store) {
  const std::map<std::string, config::TestProtocol> known = named_protocols(store);
  const auto same = known.find(test.name);
  if (same != known.end() && config::protocol_name(same->second) != config::protocol_name(test)) {
    throw usage_error("--name", "choose another name", "{} is the name of {} in this store, not of {}", test.name,
                      config::protocol_name(same->second), config::protocol_name(test));
  }
  if (same != known.end()) return;
  Json all = object_in(file_of_protocols(store));
  all[test.name] = config::to_json(config::canonical_protocol(test));
  all[test.name].erase("name");
  write_json(file_of_protocols(store), all);
}

}  // namespace pbn::runs
