#include <fmt/format.h>

#include "data/pose_file/pose_digests.h"
#include "orchestrator/commands/commands.h"

namespace pbn {
namespace {

std::string sentence(const std::string& file, const PoseFileRenewal& renewal) {
  if (!renewal.changed) return fmt::format("{}: agrees with its fingerprint {}, unchanged\n", file, renewal.before);
  if (renewal.before == renewal.after) {
    return fmt::format("{}: has a digest of its people now; its fingerprint {} stays\n", file, renewal.before);
  }
  return fmt::format("{}: fingerprint {}, was {}\n", file, renewal.after, renewal.before);
}

int renew(const Arguments& arguments) {
  Json all = Json::array();
  for (const std::string& file : arguments["FILE"].as<std::vector<std::string>>()) {
    const PoseFileRenewal renewal = renew_pose_file(file);
    all.push_back({{"file", file},
                   {"fingerprint", renewal.after},
                   {"fingerprint_before", renewal.before},
                   {"changed", renewal.changed}});
    if (!arguments.count("json")) fmt::print("{}", sentence(file, renewal));
  }
  if (arguments.count("json")) print_facts(all);
  return 0;
}

}  // namespace

Command renew_command() {
  Command command;
  command.name = "renew";
  command.summary = "give a pose file that was changed by hand a new fingerprint";
  command.description =
      "Runs know their data by the fingerprint that stands in a pose file. After a change of its joints, flags or\n"
      "pixels this makes the fingerprint and the digest of its people anew from what is in the file, which is "
      "replaced\n"
      "in one step. Runs on the old content stay what they are; a grid on the new one has runs of its own. A file "
      "that\n"
      "agrees with its fingerprint is left as it is.";
  command.positionals = {{"FILE", "pose files", true, true}};
  add_json_option(command.options);
  command.examples = "pbn renew data/mine-train.h5";
  command.run = renew;
  return command;
}

}  // namespace pbn
