#include "orchestrator/runs/run_store.h"

#include <algorithm>

#include "base/files.h"

namespace pbn {
namespace fs = std::filesystem;

fs::path RunStore::folder(const std::string& run) const {
  return root_ / "runs" / run.substr(0, 2) / run.substr(0, 12);
}

namespace {

// `run` may be the beginning of the id: 12 digits name a folder.
bool is_called(const Json& id, const std::string& run) {
  return id.is_string() && id.get_ref<const std::string&>().starts_with(run);
}

std::optional<Json> result_in(const fs::path& folder, const std::string& run) {
  const fs::path file = folder / "result.json";
  if (!fs::exists(file)) return {};
  Json result = Json::parse(read_file(file), nullptr, false);
  if (!result.is_object() || !at_path(result, "outcome.figures").is_object() || !is_called(at_path(result, "run"), run))
    return {};
  return result;
}

// Nothing is cut off. Taking 10 KB apart costs 100 us, counting brackets 1 us; only brackets within texts make the
// numbers differ where it is whole.
bool is_whole_object(const std::string& text) {
  const auto last = text.find_last_not_of(" \n\r\t");
  return last != std::string::npos && text[last] == '}' &&
         (std::count(text.begin(), text.end(), '{') == std::count(text.begin(), text.end(), '}') || Json::accept(text));
}

}  // namespace

std::optional<Json> RunStore::result(const std::string& run) const { return result_in(folder(run), run); }

bool RunStore::has_result(const std::string& run) const {
  const auto text = read_file_if_there(folder(run) / "result.json");
  return text && is_whole_object(*text) && text->find("\"figures\"") != std::string::npos &&
         text->rfind('"' + run) != std::string::npos;  // it stands near the end
}

std::optional<Json> RunStore::test_result(const std::string& run, const std::string& protocol) const {
  const auto trained = result(run);
  auto tested = result_in(test_folder(run, protocol), run);
  const char* const weights = "outcome.weights_sha256";
  return trained && tested && at_path(*trained, weights) == at_path(*tested, weights) ? tested : std::nullopt;
}

std::optional<fs::path> RunStore::tested(const std::string& run, const std::string& protocol) const {
  const auto own = result(run);
  const char* const of_earlier_versions = "scale-1-shift";  // which did not say
  if (own && own->value("protocol", of_earlier_versions) == protocol) return folder(run);
  return own && test_result(run, protocol) ? std::optional(test_folder(run, protocol)) : std::nullopt;
}

fs::path RunStore::test_folder(const std::string& run, const std::string& protocol) const {
  return folder(run) / "tests" / protocol;
}

std::vector<std::string> RunStore::tests(const std::string& run) const {
  std::vector<std::string> protocols;
  const fs::path tests = folder(run) / "tests";
  if (!fs::is_directory(tests)) return protocols;
  for (const auto& entry : fs::directory_iterator(tests)) protocols.push_back(entry.path().filename().string());
  std::sort(protocols.begin(), protocols.end());
  return protocols;
}

}  // namespace pbn
