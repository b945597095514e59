#include "worker/commands/worker_help.h"

#include <fmt/format.h>

#include <string>
#include <vector>

#include "config/schema.h"

namespace pbn::worker {
namespace {

namespace po = boost::program_options;
using Texts = std::vector<std::string>;

constexpr CommandHelp all_helps[] = {
    {WorkerCommand::train, "", nullptr,
     R"(pbn_worker trains one network on pose files, on as many ranks as are started.

  mpirun -np 8 pbn_worker --train t.h5 --validation v.h5 --out DIR [--config c.json] [--model.head pbn ...]
  mpirun -np 2 pbn_worker --run DIR      trains a run that pbn prepared: DIR/config.json holds its settings

Other commands; each has its own --help:
  pbn_worker test                        tests a finished run under another protocol
  pbn_worker try                         measures speed and memory of a training
  pbn_worker self-test                   compares the kernels of the GPU, or of the processor, with LibTorch's
  pbn_worker predict                     finds people in photographs, for pbn predict
  pbn_worker show                        draws augmented training images, for pbn inspect
  pbn_worker onnx                        writes a network as an ONNX file, for pbn convert
  pbn_worker manual                      prints the manual page of all commands

DIR receives ckpt/, metrics.jsonl, predictions.h5, weights.safetensors and result.json. Started again with the same
settings, pbn_worker continues from the last checkpoint. SIGUSR2 makes it save a checkpoint and exit with code 75, as
does SIGTERM under srun and without a launcher. After SIGTERM to mpirun only the last checkpoint remains.
Exit codes: 0 done, 64 usage, 65 data, 69 environment, 70 a bug or no progress, 75 stopped with a checkpoint.

)"},
    {WorkerCommand::test, "test", nullptr,
     R"(pbn_worker test tests a finished run under another protocol and writes to DIR/tests/PROTOCOL/.

  mpirun -np 2 pbn_worker test --run DIR --test.scales '[0.8, 1, 1.2]' --test.flip true

)"},
    {WorkerCommand::try_steps, "try", nullptr,
     R"(pbn_worker try trains a few steps, prints speed and memory as a line of JSON and writes no file.

  mpirun -np 2 pbn_worker try --config c.json --steps 2

)"},
    {WorkerCommand::self_test, "self-test", nullptr,
     R"(pbn_worker self-test compares our own kernels with LibTorch's and with float64, for every operation of the network and
shapes of the paper's, forward and backward, and prints errors and times. It takes about a minute on a GPU. An own kernel
is right if it errs at most twice as much as LibTorch's, and by two roundings more. Exit code 65 if one is wrong. Where
all are right on your GPU, --run.kernels own may train with them.

  pbn_worker self-test --run.device cuda

)"},
    {WorkerCommand::predict, "predict", "REQUEST",
     R"(pbn_worker predict finds people in photographs. REQUEST is a JSON file with photographs, people and weights;
worker/commands/commands.h describes it, and `pbn predict` writes it.

  pbn_worker predict request.json --run.device cpu

)"},
    {WorkerCommand::show, "show", "REQUEST",
     R"(pbn_worker show draws people as a network sees them in training. REQUEST is a JSON file;
worker/commands/commands.h describes it, and `pbn inspect --augmented` writes it.

  pbn_worker show request.json

)"},
    {WorkerCommand::onnx, "onnx", "REQUEST",
     R"(pbn_worker onnx writes a network as an ONNX file. REQUEST is a JSON file;
worker/commands/commands.h describes it, and `pbn convert --onnx` writes it.

  pbn_worker onnx request.json

)"},
    {WorkerCommand::manual, "manual", nullptr,
     R"(pbn_worker manual prints the texts of every --help as a page for man.

  pbn_worker manual | man -l -

)"}};

constexpr int line_length = 120, help_length = 60;

// A section of --help: the keys whose paths begin with one of the prefixes and that no earlier section has.
struct HelpSection {
  const char* title;
  std::vector<std::string> prefixes;
};
const std::vector<HelpSection>& help_sections() {
  static const std::vector<HelpSection> all{
      {"Network (default values of the paper, except model.stacks: 8 in its benchmarks, 3 in its ablations)",
       {"model."}},
      {"Faults", {"run.checkpoint_seconds", "run.keep_checkpoints", "run.watchdog", "train.on_nan"}},
      {"Augmentation (default values of the paper)", {"train.augment."}},
      {"Training (in the paper: 250 epochs, batches of 16, drops of the learning rate after epochs 170 and 220)",
       {"train."}},
      {"Testing", {"test."}},
      {"Execution (changes no results, except by run.ranks, run.kernels, run.weight_gradients)", {"run."}},
      {"Seed", {"seed"}}};
  return all;
}

const HelpSection* section_of(const std::string& path) {
  for (const HelpSection& section : help_sections()) {
    for (const std::string& prefix : section.prefixes) {
      if (path.starts_with(prefix)) return &section;
    }
  }
  return nullptr;
}

po::options_description options_of(const HelpSection& section) {
  po::options_description options(section.title, line_length, help_length);
  for (const config::Key& key : config::all_keys()) {
    if (section_of(key.path) != &section) continue;
    const std::string help =
        fmt::format("{} ({}; default {})", key.help, config::allowed_values(key), key.default_value.dump());
    options.add_options()(key.path.c_str(), po::value<Texts>()->value_name("X"), help.c_str());
  }
  return options;
}

}  // namespace

std::span<const CommandHelp> command_helps() { return all_helps; }

po::options_description options_of(WorkerCommand command) {
  po::options_description general("General", line_length, help_length);
  general.add_options()("help,h", "print this text")("version", "print the versions of this program and its libraries");
  if (command == WorkerCommand::show || command == WorkerCommand::onnx || command == WorkerCommand::manual)
    return general;
  if (command == WorkerCommand::self_test) {
    general.add_options()("quick", "small shapes alone, some seconds on a processor")(
        "people", po::value<int>()->value_name("N"),
        "images in a batch (default 16; 2 on a processor or with --quick)")("json", "print the comparisons as JSON")(
        "run.device", po::value<Texts>()->value_name("X"), config::find_key("run.device")->help.c_str());
    return general;
  }
  if (command != WorkerCommand::predict)
    general.add_options()("run", po::value<std::string>()->value_name("DIR"), "folder of a run, with its config.json");
  if (command == WorkerCommand::try_steps)
    general.add_options()("steps", po::value<int>()->value_name("N"),
                          "number of training steps (default 2; on a GPU 12, since it records the fourth)");
  po::options_description files("Files", line_length, help_length);
  files.add_options()("config", po::value<std::string>()->value_name("FILE"),
                      "settings as JSON; options override these")(
      "train", po::value<Texts>()->multitoken()->value_name("FILES"), "pose files for training (data.train)")(
      "validation", po::value<std::string>()->value_name("FILE"), "pose file for validation (data.validation)")(
      "init", po::value<std::string>()->value_name("FILE"), "initial weights (train.init)")(
      "out", po::value<std::string>()->value_name("DIR"), "folder for the results");
  po::options_description options(line_length, help_length);
  options.add(general);
  if (command != WorkerCommand::predict) options.add(files);
  for (const HelpSection& section : help_sections()) options.add(options_of(section));
  return options;
}

}  // namespace pbn::worker
