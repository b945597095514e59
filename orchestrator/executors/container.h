// Workers in containers: pbn on the host, the worker inside, with the same paths on both sides. The launcher starts
// `pbn contain CONTAINER -- WORKER` once per rank, which becomes the container runtime's command. Only there is known
// what the launcher tells this rank.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "orchestrator/grid/strict_yaml.h"

namespace pbn::executors {

enum class ContainerRuntime { apptainer, podman, docker, enroot };

struct Container {
  std::string image;
  ContainerRuntime runtime = ContainerRuntime::apptainer;
  std::vector<std::string> options;   // further ones of the runtime
  std::vector<std::string> bind;      // further files and folders of the host, absolute
  std::string worker = "pbn_worker";  // the program in the image, if the grid names no other
  bool gpus = false;                  // whether the container sees the host's GPUs
};

// Read a container's description: {image, runtime, options, bind, worker, gpus}; only the image is required. Throw
// usage errors with file:line:column; `prefix` ("container.") comes before the keys in messages.
Container read_container(const grid::StrictYaml& yaml, const YAML::Node& map, const std::string& where,
                         const std::string& prefix);
Json container_schema();  // of the description (orchestrator/grid/json_schema.h)
Container read_container_file(const std::filesystem::path& file);
Container parse_container(const std::string& text, const std::string& name);

// The words before those of the worker: pbn contain CONTAINER --
std::vector<std::string> contained(const Container& container);

// Where a container is started.
struct ContainerHost {
  std::filesystem::path working_folder;
  std::map<std::string, std::string> environment;
  uid_t user = 0;
  gid_t group = 0;

  static ContainerHost here();
};

// The runtime's command that runs `words` in the container. The container sees, under the same paths, the working
// folder, the store of PBN_RUN, every file and folder that the run's config.json names by its absolute path, and what
// PMIx needs; it has the host's network and shared memory, as MPI requires, and the variables of pbn, MPI,
// Slurm and CUDA. Signals reach the worker through the runtime.
std::vector<std::string> container_command(const Container& container, const std::vector<std::string>& words,
                                           const ContainerHost& host);

// podman and docker name the container after the run and the rank, so that the next attempt can remove one that
// outlived its runtime. Empty for other runtimes and outside of runs.
std::string container_name(const Container& container, const ContainerHost& host);

}  // namespace pbn::executors
