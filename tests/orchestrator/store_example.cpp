#include "tests/orchestrator/store_example.h"

#include <fmt/format.h>

#include "base/digest.h"
#include "base/files.h"
#include "config/identity.h"

namespace pbn {
namespace fs = std::filesystem;
namespace {

Json identity(int number) { return {{"seed", number}}; }

}  // namespace

std::string StoreExample::id(int number) { return config::run_id(identity(number)); }

void StoreExample::record(const std::string& sweep, const std::vector<std::string>& runs) const {
  Json cell = {
      {"label", "cell 1"}, {"cell", std::string(64, '0')}, {"settings", Json::object()}, {"runs", Json::array()}};
  for (const std::string& run : runs) cell["runs"].push_back({{"seed", cell["runs"].size() + 1}, {"run", run}});
  make_writable_folder(root() / "sweeps" / sweep);
  write_atomically(root() / "sweeps" / sweep / "cells.jsonl", canonical(cell) + "\n");
}

Json StoreExample::result_of(const std::string& run, double loss) const {
  Json result = {
      {"run", run},
      {"outcome", {{"figures", {{"pckh50.all16", 100 - loss}, {"auc.all16", 50}}}, {"training_loss", {1.0, loss}}}},
      {"measured", {{"seconds", 10}}},
      {"versions", {{"pbn", "0.1.0"}}}};
  for (int number = 0; number < 100; ++number) {
    if (id(number) == run) result["identity"] = identity(number);
  }
  return result;
}

void StoreExample::complete(const std::string& run, double loss) const {
  write(run, "config.json",
        Json({{"seed", 1}, {"model", {{"depth", 1}, {"width", static_cast<int>(loss * 100)}}}}).dump(1) + "\n");
  write(run, "log", "epoch 1/2\nepoch 2/2\n");
  write(run, "metrics.jsonl", "{\"kind\":\"epoch\",\"epoch\":1,\"training_loss\":1.0}\n");
  write(run, "predictions.h5", "predictions of " + run);
  write(run, "weights.safetensors", std::string(5000, 'w'));
  write(run, "ckpt/2-0.safetensors", std::string(20000, 'c'));
  write(run, "result.json", result_of(run, loss).dump(1) + "\n");
}

void StoreExample::attempt(const std::string& run, std::optional<int> code, const std::string& reason) const {
  write(run, "attempts/0001/meta.json",
        Json({{"host", "node7"}, {"boot", "b"}, {"pid", 1}, {"pid_started", 1u}, {"began", "2026-01-01T00:00:00Z"}})
            .dump());
  write(run, "attempts/0001/heartbeat", "3\n");
  if (code)
    write(run, "attempts/0001/exit.json",
          Json({{"code", *code}, {"reason", reason}, {"ended", "2026-01-01T01:00:00Z"}}).dump());
}

void StoreExample::write(const std::string& run, const std::string& file, const std::string& content) const {
  const fs::path path = folder(run) / file;
  fs::create_directories(path.parent_path());
  write_atomically(path, content, Durability::cached);
}

}  // namespace pbn
