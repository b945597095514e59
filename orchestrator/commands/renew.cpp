#include <fmt/format.h>

#include "data/pose_file/pose_digests.h"
#include "orchestrator/commands/commands.h"

namespace pbn::commands {
namespace {

std::string sentence(const std::string& file, const data::PoseFileRenewal& renewal) {
  if (!renewal.changed)
    return fmt::format("{}: agrees with its fingerprint {} and is unchanged\n", file, renewal.before);
  if (renewal.before == renewal.after) {
    return fmt::format("{}: fingerprint {} as before; a digest of its people is added\n", file, renewal.before);
  }
  return fmt::format("{}: fingerprint {}, was {}\n", file, renewal.after, renewal.before);
}

int renew(const Arguments& arguments) {
  Json all = Json::array();
  for (const std::string& file : arguments.texts("FILE")) {
    const data::PoseFileRenewal renewal = data::renew_pose_file(file);
    all.push_back({{"file", file},
                   {"fingerprint", renewal.after},
                   {"fingerprint_before", renewal.before},
                   {"changed", renewal.changed}});
    if (!arguments.has("json")) fmt::print("{}", sentence(file, renewal));
  }
  if (arguments.has("json")) print_facts(all);
  return 0;
}

}  // namespace

Command renew_command() {
  return {
      .name = "renew",
      .summary = "give a pose file that was changed by hand a new fingerprint",
      .description =
          R"(Runs know their data by the fingerprint in the pose file. After a change of joints, flags or pixels this
command computes the fingerprint and the digest of the people again from the content, and replaces the file in
one step. Runs on the old content stay valid; a grid on the new content has new runs. A file that agrees with
its fingerprint stays as it is.)",
      .positionals = {{"FILE", "pose files", true, true}},
      .options = {json_option},
      .examples = "pbn renew data/mine-train.h5",
      .run = renew};
}

}  // namespace pbn::commands
