#include "orchestrator/worker_views.h"

#include <unistd.h>

#include <chrono>

#include "base/error.h"
#include "base/files.h"
#include "base/json.h"
#include "base/process.h"
#include "orchestrator/worker_process.h"

namespace pbn {
namespace {

namespace fs = std::filesystem;

// Removed at the end of its scope, with all that is in it.
struct PassingFolder {
  fs::path path = fs::temp_directory_path() / fmt::format("pbn-views-{}", ::getpid());

  PassingFolder() { make_writable_folder(path); }
  ~PassingFolder() {
    std::error_code ignored;
    fs::remove_all(path, ignored);
  }
  PassingFolder(const PassingFolder&) = delete;
  PassingFolder& operator=(const PassingFolder&) = delete;
};

}  // namespace

std::string sheet_of_views(const fs::path& pose_file, const std::vector<std::int64_t>& people, std::uint32_t seed,
                           int epoch) {
  const fs::path worker = find_worker();
  const PassingFolder folder;
  const fs::path request = folder.path / "request.json", answer = folder.path / "views.svg";
  write_json(request, {{"file", fs::absolute(pose_file).string()},
                       {"people", people},
                       {"seed", seed},
                       {"epoch", epoch},
                       {"answer", answer.string()}});
  ProcessOptions options;
  options.command = {worker.string(), "--show", request.string()};
  Process process(options);
  std::optional<int> code;
  while (!code) code = process.wait_for(std::chrono::minutes(1));
  if (*code != 0) throw environment_error(worker.string(), "what it said stands above", "could not draw the views");
  return read_file(answer);
}

}  // namespace pbn
