#include "orchestrator/photographs/worker_views.h"

#include <unistd.h>

#include "base/error.h"
#include "base/files.h"
#include "base/json.h"
#include "base/process.h"
#include "orchestrator/executors/worker_command.h"

namespace pbn {
namespace fs = std::filesystem;

std::string sheet_of_views(const fs::path& pose_file, const std::vector<std::int64_t>& people, std::uint32_t seed,
                           int epoch) {
  const fs::path worker = find_worker();
  const TemporaryPath folder(fs::temp_directory_path() / fmt::format("pbn-views-{}", ::getpid()));
  make_writable_folder(folder.path());
  const fs::path request = folder.path() / "request.json", answer = folder.path() / "views.svg";
  write_json(request, {{"file", fs::absolute(pose_file).string()},
                       {"people", people},
                       {"seed", seed},
                       {"epoch", epoch},
                       {"answer", answer.string()}});
  ProcessOptions options;
  options.command = {worker.string(), "show", request.string()};
  if (Process(options).wait() != 0) {
    throw environment_error(worker.string(), "what it said stands above", "could not draw the views");
  }
  return read_file(answer);
}

}  // namespace pbn
