#include "orchestrator/runs/attempt_history.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "base/error.h"
#include "base/files.h"

namespace pbn {
namespace {

namespace fs = std::filesystem;

Json json_in(const fs::path& file) {
  Json value = Json::parse(read_file_if_there(file).value_or(""), nullptr, false);
  return value.is_object() ? value : Json::object();
}

std::string ending_of(const Json& attempt, bool is_running) {
  const Json& code = at_path(attempt, "exit.code");
  if (!code.is_number_integer())
    return is_running ? "is running" : "never said how: it was killed, or its machine died";
  const Json& reason = at_path(attempt, "exit.reason");
  return reason.is_string() && !reason.get_ref<const std::string&>().empty() ? reason.get<std::string>()
                                                                             : exit_code_in_words(code);
}

}  // namespace

Json attempt_history(const fs::path& run_folder, const RunFacts& facts) {
  std::vector<fs::path> folders;
  std::error_code missing;
  for (const auto& entry : fs::directory_iterator(run_folder / "attempts", missing)) {
    if (entry.path().filename().string().find_first_not_of("0123456789") == std::string::npos)
      folders.push_back(entry.path());
  }
  std::sort(folders.begin(), folders.end());
  Json attempts = Json::array();
  for (const fs::path& folder : folders) {
    Json attempt = json_in(folder / "meta.json");
    attempt["attempt"] = folder.filename().string();
    Json exit = json_in(folder / "exit.json");
    if (!exit.empty()) attempt["exit"] = std::move(exit);
    attempt["how"] = ending_of(attempt, facts.state == RunState::running && folder == folders.back());
    attempts.push_back(std::move(attempt));
  }
  return attempts;
}

}  // namespace pbn
