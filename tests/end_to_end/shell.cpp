#include "shell.h"
#include "tests/places.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>

namespace pbn {

Answer shell(const std::string& command) {
  const std::string line =
      fmt::format("export PATH={}:$PATH OMP_NUM_THREADS=1; {{ {}\n}} 2>&1", programs_folder().string(), command);
  FILE* pipe = popen(line.c_str(), "r");
  Answer answer;
  std::array<char, 4096> part{};
  while (const std::size_t bytes = fread(part.data(), 1, part.size(), pipe)) answer.text.append(part.data(), bytes);
  const int status = pclose(pipe);
  answer.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return answer;
}

std::string small_people(const Workplace& place, const std::string& name, int people) {
  const std::string file = place / (name + ".h5");
  if (std::filesystem::exists(file)) return file;
  const Answer answer =
      shell(fmt::format("pbn prepare synthetic {} --box 64 --seed {} --people {}", file, people, people));
  EXPECT_EQ(answer.exit_code, 0) << answer.text;
  return file;
}

std::string written(const std::string& file, const std::string& text) {
  std::ofstream(file) << text;
  return file;
}

const char* const small_study = R"(name: small
model: {features: 16}
train: {epochs: 2, global_batch: 8, learning_rate: 1e-3, precision: fp32}
run: {ranks: 2}
seeds: [1, 2]
baseline: {model.head: plain}
cells:
  - {model.head: plain}
  - {model.head: pbn, model.groups: {related: 3}, model.width: 8}
)";

std::string worker_on(int ranks) {
  return fmt::format(
      "OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 mpirun --quiet -np {} --oversubscribe --bind-to none "
      "pbn_worker",
      ranks);
}

Json outcome_of(const std::string& run_folder) { return read_json(run_folder + "/result.json").at("outcome"); }

}  // namespace pbn
