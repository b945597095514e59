// The worker of packaging/portable-worker.sh on this machine, by its own loader and by the machine's.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <filesystem>

#include "tests/end_to_end/shell.h"
#include "tests/places.h"

namespace pbn {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class PortableWorker : public testing::Test {
 protected:
  // A Debian of any age, to whoever asks for its glibc.
  static Answer on_glibc(const std::string& version, const std::string& command) {
    const Workplace tools;
    written(tools / "getconf", "#!/bin/sh\necho glibc " + version + "\n");
    fs::permissions(tools / "getconf", fs::perms::owner_all);
    return shell(
        fmt::format("export PATH={}:$PATH PBN_LIBTORCH='{}'; {}", tools / ".", libtorch_folder().string(), command));
  }

  const Workplace place_;
};

TEST_F(PortableWorker, HasTheSameBitsByItsOwnLoader) {
  fs::create_directories(place_ / "bin");
  fs::copy(built_program("pbn_worker"), place_ / "bin");
  const Answer made =
      shell(fmt::format("'{}' --with-others {} '{}'", (source_folder() / "packaging/portable-worker.sh").string(),
                        place_ / ".", libtorch_folder().string()));
  ASSERT_EQ(made.exit_code, 0) << made.text;
  const auto train = [&](const std::string& worker, const std::string& folder) {
    return fmt::format(
        "export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1; mpirun -np 2 --oversubscribe "
        "--bind-to none {} --train {} --validation {} --out {} --model.features 16 --train.epochs 1 "
        "--train.global_batch 8 --train.precision fp32",
        worker, small_people(place_, "train", 30), small_people(place_, "validation", 12), place_ / folder);
  };
  const std::string portable = place_ / "bin/pbn_worker";
  for (const auto& [glibc, folder] : {std::pair("2.28", "loader"), {"2.99", "direct"}}) {
    const Answer answer = on_glibc(glibc, train(portable, folder));
    ASSERT_EQ(answer.exit_code, 0) << answer.text;
  }
  ASSERT_EQ(shell(train(built_program("pbn_worker"), "built")).exit_code, 0);
  EXPECT_EQ(outcome_of(place_ / "loader"), outcome_of(place_ / "built"));
  EXPECT_EQ(outcome_of(place_ / "direct"), outcome_of(place_ / "built"));
  EXPECT_EQ(on_glibc("2.28", portable + " --no.such 1").exit_code, 64);
}

TEST_F(PortableWorker, IsRefusedIfItNeedsOtherLibraries) {
  fs::create_directories(place_ / "bin");
  fs::copy(built_program("pbn_worker"), place_ / "bin");
  const Answer refused = shell(fmt::format("'{}' {} '{}'", (source_folder() / "packaging/portable-worker.sh").string(),
                                           place_ / ".", libtorch_folder().string()));
  EXPECT_EQ(refused.exit_code, 65);
  EXPECT_THAT(refused.text, HasSubstr("libfmt.so"));
}

}  // namespace
}  // namespace pbn
