#include "orchestrator/executors/container.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <set>
#include <utility>

#include "base/digest.h"
#include "base/error.h"
#include "base/files.h"
#include "base/process.h"
#include "orchestrator/grid/json_schema.h"
#include "orchestrator/runs/lenient_json.h"

namespace pbn::executors {
namespace fs = std::filesystem;
namespace {

const std::vector<std::string> runtimes{"apptainer", "podman", "docker", "enroot"};  // in the order of the enumeration

std::string word_of(ContainerRuntime runtime) { return runtimes[static_cast<std::size_t>(runtime)]; }

ContainerRuntime runtime_named(const std::string& word) {
  return static_cast<ContainerRuntime>(std::ranges::find(runtimes, word) - runtimes.begin());
}

const std::string* variable(const ContainerHost& host, const std::string& name) {
  const auto found = host.environment.find(name);
  return found == host.environment.end() ? nullptr : &found->second;
}

// The number that the launcher gives this process; nothing without a launcher.
std::optional<std::string> rank_of(const ContainerHost& host) {
  for (const char* name : {"OMPI_COMM_WORLD_RANK", "PMIX_RANK", "PMI_RANK"}) {
    if (const std::string* rank = variable(host, name)) return *rank;
  }
  return {};
}

// The store is the parent of the folder runs.
fs::path store_of_run(const fs::path& run_folder) {
  for (fs::path folder = run_folder; folder.has_relative_path(); folder = folder.parent_path()) {
    if (folder.filename() == "runs") return folder.parent_path();
  }
  return run_folder;
}

void add_existing_paths(const Json& value, std::set<fs::path>& paths) {
  if (value.is_structured()) {
    for (const Json& part : value) add_existing_paths(part, paths);
    return;
  }
  std::error_code unreachable;
  const fs::path path = value.is_string() ? fs::path(value.get<std::string>()) : fs::path();
  if (path.is_absolute() && path.has_relative_path() && fs::exists(path, unreachable)) paths.insert(path);
}

bool is_within(const fs::path& path, const fs::path& folder) {
  return std::mismatch(folder.begin(), folder.end(), path.begin(), path.end()).first == folder.end();
}

// The outermost of the paths that the container shares with the host.
std::vector<std::string> shared_paths(const Container& container, const ContainerHost& host) {
  std::set<fs::path> paths(container.bind.begin(), container.bind.end());
  paths.insert(host.working_folder);
  if (const std::string* run = variable(host, "PBN_RUN")) {
    paths.insert(store_of_run(*run));
    add_existing_paths(runs::object_in(fs::path(*run) / "config.json"), paths);
  }
  if (rank_of(host)) paths.insert("/tmp");  // the folders of Open MPI's sessions
  for (const auto& [name, value] : host.environment) {
    if (name.starts_with("PMIX_")) add_existing_paths(value, paths);
  }
  std::vector<std::string> outermost;
  for (const fs::path& path : paths) {  // sorted, so that a folder comes before what it contains
    const bool is_shared = std::ranges::any_of(outermost, [&](const auto& folder) { return is_within(path, folder); });
    if (!is_shared) outermost.push_back(path.string());
  }
  return outermost;
}

// The variables that matter to a worker and its libraries.
std::vector<std::string> shared_variables(const ContainerHost& host) {
  static constexpr const char* prefixes[] = {"PBN_",    "OMPI_", "PMIX_", "PMI_", "PRTE_", "SLURM_", "CUDA_",
                                             "NVIDIA_", "NCCL_", "OMP_",  "MKL_", "UCX_",  "FI_"};
  std::vector<std::string> names;
  for (const auto& [name, value] : host.environment) {
    if (std::ranges::any_of(prefixes, [&](const char* prefix) { return name.starts_with(prefix); }))
      names.push_back(name);
  }
  return names;
}

using Words = std::vector<std::string>;

void add_each(Words& command, const char* form, const Words& values) {
  for (const std::string& value : values) command.push_back(fmt::format(fmt::runtime(form), value));
}

// Apptainer shares the environment, the network, processes and /tmp of its own accord.
Words apptainer_options(const Container& container, const ContainerHost& host) {
  Words options{"apptainer", "exec", "--pwd=" + host.working_folder.string()};
  add_each(options, "--bind={0}", shared_paths(container, host));
  if (container.gpus) options.push_back("--nv");
  return options;
}

// What podman and docker have in common.
Words oci_options(const Container& container, const ContainerHost& host) {
  Words options{word_of(container.runtime), "run", "--rm", "--network=host", "--ipc=host"};
  if (const std::string name = container_name(container, host); !name.empty()) options.push_back("--name=" + name);
  options.push_back("--workdir=" + host.working_folder.string());
  add_each(options, "--volume={0}:{0}", shared_paths(container, host));
  add_each(options, "--env={0}", shared_variables(host));
  return options;
}

// The container stays in the job's control groups, so that their limits hold. podman allows that only to containers
// with processes of their own, where all ranks have the same number; Open MPI's shared memory (vader) confuses them.
Words podman_options(const Container& container, const ContainerHost& host) {
  Words options = oci_options(container, host);
  options.insert(options.end(), {"--cgroups=disabled", "--security-opt=label=disable"});
  if (rank_of(host)) options.push_back("--env=OMPI_MCA_btl=^vader");
  if (!container_name(container, host).empty()) options.push_back("--replace");
  if (container.gpus) options.push_back("--device=nvidia.com/gpu=all");
  return options;
}

// Docker's daemon would leave files of root.
Words docker_options(const Container& container, const ContainerHost& host) {
  Words options = oci_options(container, host);
  options.insert(options.end(), {"--pid=host", fmt::format("--user={}:{}", host.user, host.group)});
  if (container.gpus) options.push_back("--gpus=all");
  return options;
}

Words enroot_options(const Container& container, const ContainerHost& host) {
  Words options{"enroot", "start"};
  add_each(options, "--mount={0}:{0}:none:x-create=auto,rbind", shared_paths(container, host));
  add_each(options, "--env={0}", shared_variables(host));
  if (container.gpus && !variable(host, "NVIDIA_VISIBLE_DEVICES"))
    options.push_back("--env=NVIDIA_VISIBLE_DEVICES=all");
  return options;
}

Words options_of(const Container& container, const ContainerHost& host) {
  switch (container.runtime) {
    case ContainerRuntime::apptainer:
      return apptainer_options(container, host);
    case ContainerRuntime::podman:
      return podman_options(container, host);
    case ContainerRuntime::docker:
      return docker_options(container, host);
    case ContainerRuntime::enroot:
      return enroot_options(container, host);
  }
  return {};
}

grid::YamlReaders readers_of_container(const grid::StrictYaml& yaml, Container& container) {
  const auto read_bind = [&](const grid::YamlEntry& entry) {
    container.bind = yaml.lines(entry);
    for (const std::string& path : container.bind) {
      if (fs::path(path).is_absolute()) continue;
      throw usage_error(entry.value_where, "", "\"bind\": {} is not an absolute path", path);
    }
  };
  const auto read_gpus = [&](const grid::YamlEntry& entry) { container.gpus = yaml.yes_or_no(entry); };
  Json bind_schema = grid::lines_schema("further files and folders of the host, by absolute paths");
  bind_schema["items"]["pattern"] = "^/[^\\n\\r]*$";
  return {{"image",
           {[&](const grid::YamlEntry& entry) { container.image = yaml.line(entry); },
            grid::line_schema("the image: a file of Apptainer or enroot, a name for podman or docker")}},
          {"runtime",
           {[&](const grid::YamlEntry& entry) { container.runtime = runtime_named(yaml.choice(entry, runtimes)); },
            grid::choice_schema("the program that starts containers; default: apptainer", runtimes)}},
          {"options",
           {[&](const grid::YamlEntry& entry) { container.options = yaml.lines(entry); },
            grid::lines_schema("further options of the runtime")}},
          {"bind", {read_bind, bind_schema}},
          {"worker",
           {[&](const grid::YamlEntry& entry) { container.worker = yaml.line(entry); },
            grid::line_schema("the worker in the image; default: pbn_worker")}},
          {"gpus", {read_gpus, grid::yes_or_no_schema("whether the container sees the host's GPUs")}}};
}

}  // namespace

Container read_container(const grid::StrictYaml& yaml, const YAML::Node& map, const std::string& where,
                         const std::string& prefix) {
  Container container;
  yaml.read_map(map, where, prefix, readers_of_container(yaml, container));
  if (container.image.empty()) {
    throw usage_error(yaml.place_of(map, where), "image: /shared/images/pbn.sif", "\"{}image\" is missing", prefix);
  }
  return container;
}

Json container_schema() {
  const grid::StrictYaml nothing("{}", "");
  Container container;
  Json schema = grid::map_schema(readers_of_container(nothing, container), {"image"});
  schema["description"] = "the container in which workers run (docs/containers.md)";
  return schema;
}

Container read_container_file(const fs::path& file) {
  if (!fs::exists(file)) {
    throw usage_error("--container", "write image and runtime into it, as in slurm/profile-example.yaml", "no file {}",
                      file.string());
  }
  return parse_container(read_file(file), file.string());
}

Container parse_container(const std::string& text, const std::string& name) {
  const grid::StrictYaml yaml(text, name);
  return read_container(yaml, yaml.root(), name, "");
}

std::vector<std::string> contained(const Container& container) {
  Json facts = {{"image", container.image}, {"runtime", word_of(container.runtime)}};
  if (!container.options.empty()) facts["options"] = container.options;
  if (!container.bind.empty()) facts["bind"] = container.bind;
  if (container.gpus) facts["gpus"] = true;
  return {own_program().string(), "contain", canonical(facts), "--"};
}

ContainerHost ContainerHost::here() {
  ContainerHost host{fs::current_path(), {}, ::getuid(), ::getgid()};
  for (char** text = environ; *text; ++text) {
    const std::string line = *text;
    const auto middle = line.find('=');
    if (middle != std::string::npos) host.environment.emplace(line.substr(0, middle), line.substr(middle + 1));
  }
  return host;
}

std::string container_name(const Container& container, const ContainerHost& host) {
  const bool has_names = container.runtime == ContainerRuntime::podman || container.runtime == ContainerRuntime::docker;
  const std::string* run = variable(host, "PBN_RUN");
  if (!has_names || !run) return "";
  return fmt::format("pbn-{}-{}", sha256_hex(*run).substr(0, 12), rank_of(host).value_or("0"));
}

std::vector<std::string> container_command(const Container& container, const std::vector<std::string>& words,
                                           const ContainerHost& host) {
  Words command = options_of(container, host);
  command.insert(command.end(), container.options.begin(), container.options.end());
  command.push_back(container.image);
  if (container.runtime == ContainerRuntime::enroot) {  // which starts in the image's folder
    command.insert(command.end(), {"sh", "-c", "cd -- \"$0\" && exec \"$@\"", host.working_folder.string()});
  }
  command.insert(command.end(), words.begin(), words.end());
  return command;
}

}  // namespace pbn::executors
