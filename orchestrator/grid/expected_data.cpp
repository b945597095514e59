#include "orchestrator/grid/expected_data.h"

#include "base/error.h"
#include "config/skeleton.h"
#include "orchestrator/grid/json_schema.h"

namespace pbn::grid {
namespace {

constexpr int box_step = 64, largest_box = 4096;

YamlReaders readers_of(const StrictYaml& yaml, ExpectedData& data) {
  const auto& names = config::shipped_skeleton_names();
  const auto read_skeleton = [&](const YamlEntry& entry) { data.skeleton = yaml.choice(entry, names, "expected."); };
  const auto read_box = [&](const YamlEntry& entry) {
    data.box_pixels = yaml.whole_number(entry, box_step, largest_box, "expected.");
    if (data.box_pixels % box_step != 0) {
      throw usage_error(entry.value_where, "a multiple of 64", "expected.box_pixels: {} is not allowed",
                        data.box_pixels);
    }
  };
  Json box_schema = number_schema("pixels of a person's square box, a multiple of 64", box_step, largest_box);
  box_schema["multipleOf"] = box_step;
  return {{"skeleton", {read_skeleton, choice_schema("the skeleton of the people", names)}},
          {"box_pixels", {read_box, box_schema}}};
}

}  // namespace

ExpectedData read_expected_data(const StrictYaml& yaml, const YamlEntry& entry) {
  ExpectedData data;
  yaml.read_map(entry.value, entry.value_where, "expected.", readers_of(yaml, data));
  if (data.skeleton.empty() || data.box_pixels == 0) {
    throw usage_error(entry.where, "for example expected: {skeleton: mpii16, box_pixels: 256}",
                      "expected: needs skeleton and box_pixels");
  }
  return data;
}

Json expected_data_schema() {
  const StrictYaml nothing("{}", "");
  ExpectedData data;
  Json schema = map_schema(readers_of(nothing, data), {"skeleton", "box_pixels"});
  schema["description"] = "describes data files that do not exist yet, so that pbn plan knows sizes";
  return schema;
}

}  // namespace pbn::grid
