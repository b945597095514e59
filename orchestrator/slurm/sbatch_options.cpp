#include "orchestrator/slurm/sbatch_options.h"

#include <fmt/format.h>

#include <regex>

#include "base/error.h"

namespace pbn::slurm {
namespace fs = std::filesystem;
namespace {

// The pattern of log files for sbatch --output. A % begins a placeholder (%a is the element's index) unless doubled. If
// the pattern has a backslash, which quotes the next letter, sbatch replaces no placeholders at all.
std::string log_pattern(const fs::path& folder, bool is_array) {
  const bool has_placeholders = folder.string().find('\\') == std::string::npos;
  std::string pattern;
  for (const char letter : folder.string()) {
    if (letter == '\\' || (letter == '%' && has_placeholders)) pattern += letter;
    pattern += letter;
  }
  return pattern + (is_array && has_placeholders ? "/%a.log" : "/log");
}

}  // namespace

std::string JobName::text() const {
  return fmt::format("{}.{}-{}", sweep_folder.filename().string(), fs::path(chunk).filename().string(), unique);
}

std::vector<std::string> naming_options(const JobName& name, bool is_array) {
  return {"--job-name=" + name.text(),
          "--output=" + log_pattern(fs::absolute(name.sweep_folder) / name.chunk, is_array),
          "--chdir=/"};  // sbatch prepends the working folder to --output and would interpret its % and \ too
}

std::vector<std::string> dependency_options(const std::vector<std::string>& after,
                                            const std::vector<std::string>& ended) {
  std::vector<std::string> conditions = after, options;
  if (!ended.empty()) conditions.push_back(fmt::format("afterany:{}", fmt::join(ended, ":")));
  if (!conditions.empty()) options.push_back(fmt::format("--dependency={}", fmt::join(conditions, ",")));
  if (!after.empty()) options.push_back("--kill-on-invalid-dep=yes");
  return options;
}

std::string as_dependency(const std::string& given) {
  static const std::regex form(
      R"((after(any|ok|notok|corr|burstbuffer)?:)?[0-9]+(_[0-9]+)?(\+[0-9]+)?(:[0-9]+(_[0-9]+)?)*)");
  if (!std::regex_match(given, form)) {
    throw usage_error("--after", "give a job's number, such as 123, or as sbatch --dependency takes it: afterany:123",
                      "\"{}\" is not a job", given);
  }
  return given.starts_with("after") ? given : "afterok:" + given;
}

}  // namespace pbn::slurm
