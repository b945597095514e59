// A folder with pose files of synthetic people, which rank 0 makes and all ranks of the test program use.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <optional>
#include <string>

#include "data/preparing/prepare.h"
#include "tests/temporary_folder.h"
#include "tests/worker/communication/world.h"
#include "worker/training/run_setup.h"

namespace pbn::worker {

class RanksWithFiles : public testing::Test {
 protected:
  RanksWithFiles(std::int64_t people_to_train, std::int64_t people_to_validate) {
    if (is_first()) made_.emplace();
    place_ = world().from_first(made_ ? made_->path().string() : "");
    if (is_first()) {
      prepare("train", people_to_train);
      prepare("validation", people_to_validate);
    }
    world().barrier();
  }
  ~RanksWithFiles() override { world().barrier(); }  // before rank 0 removes the folder

  static bool is_first() { return world().rank() == 0; }
  std::filesystem::path folder(const std::string& run) const { return place_ / run; }

  // Two epochs of a small network, saved after every step, in folder(run).
  GivenSettings small_training(const std::string& run) const {
    GivenSettings given;
    given.place = "here";
    given.folder = folder(run);
    given.values = {
        {"data", {{"train", (place_ / "train.h5").string()}, {"validation", (place_ / "validation.h5").string()}}},
        {"model", {{"features", 16}, {"head", "pbn"}, {"width", 8}}},
        {"train", {{"epochs", 2}, {"global_batch", 8}, {"learning_rate", 1e-3}, {"precision", "fp32"}}},
        {"run", {{"device", "cpu"}, {"checkpoint_seconds", 0}, {"validate_every", 1}, {"loader_threads", 2}}}};
    return given;
  }

 private:
  void prepare(const std::string& split, std::int64_t people) const {
    data::SyntheticOptions options;
    options.files = {{split, place_ / (split + ".h5")}};
    options.people = people;
    options.how.box_pixels = 64;
    options.how.show_progress = false;
    data::prepare_synthetic(options);
  }

  std::optional<TemporaryFolder> made_;
  std::filesystem::path place_;
};

}  // namespace pbn::worker
