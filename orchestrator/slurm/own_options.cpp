#include "orchestrator/slurm/own_options.h"

#include <algorithm>
#include <string_view>

#include "base/error.h"

namespace pbn::slurm {
namespace {

struct OwnOption {
  std::string_view name;
  char letter;  // 0: none
  std::string_view instead;
};

constexpr std::string_view by_pbn = "pbn needs a value of its own";
constexpr OwnOption own_options[] = {
    {"account", 'A', "write it as the entry \"account\""},
    {"array", 'a', "write it as the entry \"array\""},
    {"chdir", 'D', "start pbn submit in that folder"},
    {"cpus-per-task", 'c', "write it as the entry \"cpus\""},
    {"dependency", 'd', "use pbn submit --after"},
    {"job-name", 'J', by_pbn},
    {"mail-type", 0, "write it as the entry \"mail: {on: [...]}\""},
    {"mail-user", 0, "write it as the entry \"mail: {to: ...}\""},
    {"mem", 0, "write it as the entry \"memory\", per rank"},
    {"no-requeue", 0, "pbn queues runs again itself; where Slurm does not allow that, it submits them again"},
    {"nodes", 'N', "write it as the entry \"nodes\""},
    {"ntasks", 'n', "the grid's setting run.ranks gives it"},
    {"ntasks-per-node", 0, "the entry \"nodes\" and the grid's run.ranks give it"},
    {"open-mode", 0, by_pbn},
    {"output", 'o', by_pbn},
    {"parsable", 0, by_pbn},
    {"partition", 'p', "write it as the entry \"partition\""},
    {"qos", 'q', "write it as the entry \"qos\""},
    {"requeue", 0, by_pbn},
    {"signal", 0, "write it as the entry \"seconds_to_save\""},
    {"time", 't', "write it as the entry \"time\""},
    {"wrap", 0, by_pbn},
};
constexpr OwnOption own_with_gpus[] = {
    {"gres", 0,
     "write GPUs as the entries \"gpus\" and \"gpu_type\"; for other resources, leave \"gpus\" out and give all "
     "of --gres here"}};
constexpr OwnOption own_with_memory[] = {{"mem-per-cpu", 0, "leave out either this or the entry \"memory\""},
                                         {"mem-per-gpu", 0, "leave out either this or the entry \"memory\""}};

// sbatch also takes the beginning of a long option, and "-pgpu" for "-p gpu".
bool is_given_as(std::string_view element, const OwnOption& own) {
  if (!element.starts_with("--")) return own.letter != 0 && element.size() > 1 && element[1] == own.letter;
  const std::string_view name = element.substr(2, element.find_first_of("= ") - 2);
  return name == own.name || (name.size() >= 3 && own.name.starts_with(name));
}

template <std::size_t Count>
void refuse(const OwnOption (&options)[Count], const std::string& element, const std::string& where) {
  const auto own = std::ranges::find_if(options, [&](const OwnOption& option) { return is_given_as(element, option); });
  if (own == std::end(options)) return;
  throw usage_error(where, std::string(own->instead), "\"sbatch\": pbn gives --{} itself", own->name);
}

}  // namespace

void require_not_own(const std::string& element, const std::string& where, const SlurmProfile& profile) {
  if (!element.starts_with("-")) {
    throw usage_error(where, "write each option with its value as one element, such as --constraint=ib",
                      "\"sbatch\": \"{}\" is not an option", element);
  }
  refuse(own_options, element, where);
  if (profile.gpus > 0) refuse(own_with_gpus, element, where);
  if (profile.memory_mib > 0) refuse(own_with_memory, element, where);
}

bool chooses_mpi(const std::vector<std::string>& launcher_options) {
  return std::ranges::any_of(
      launcher_options, [](const std::string& option) { return option == "--mpi" || option.starts_with("--mpi="); });
}

}  // namespace pbn::slurm
