// config/skeleton.h: a definition, whole or as --skeleton FILE, which replaces members of another. What was read is
// written as a definition that reads as the same skeleton.
#include "config/skeleton.h"

#include "base/json.h"
#include "fuzz/target.h"

namespace pbn {
namespace {

void read_and_write(const Json& definition) {
  const config::Skeleton skeleton = config::parse_skeleton(definition, "a.json");
  if (static_cast<int>(skeleton.mirrored().size()) != skeleton.size()) std::abort();
  const Json written = config::to_json(skeleton);
  if (config::to_json(config::parse_skeleton(written, "again")) != written) std::abort();
  config::with_only_parts(skeleton, {skeleton.parts.data(), 1});
}

}  // namespace

void fuzz(std::string_view bytes) {
  read_or_refuse(Blame::data, "a.json", [&] { read_and_write(parse_json(bytes, "a.json")); });
  read_or_refuse(Blame::data, "a.json", [&] {
    const Json given = parse_json(bytes, "a.json");
    Json definition = {{"name", "bird"},
                       {"parts", {"beak", "r-wing", "l-wing", "tail"}},
                       {"mirror", {{"r-wing", "l-wing"}}},
                       {"limbs", {{"beak", "tail"}}}};
    if (given.is_object()) definition.update(given);
    read_and_write(definition);
  });
}

}  // namespace pbn
