// For every cell of every grid in experiments/, on a base of each skeleton: the sizes that `pbn plan` computes by
// closed forms are those of the network that pbn_worker builds.
#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>
#include <ATen/record_function.h>
#include <c10/core/GradMode.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <set>

#include "base/json.h"
#include "config/run_config.h"
#include "model/network.h"
#include "orchestrator/grid/sweep.h"
#include "tests/places.h"
#include "tests/temporary_folder.h"

namespace pbn {
namespace {

namespace fs = std::filesystem;

constexpr int input_pixels = 64;

std::vector<fs::path> grids() {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(source_folder() / "experiments")) {
    const bool is_grid =
        entry.path().extension() == ".yaml" && entry.path().stem() != "paper";  // the published results
    if (is_grid) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

fs::path base_of(const std::string& skeleton) {
  return source_folder() / "experiments/bases" / (skeleton == "mpii16" ? "mpii.yaml" : "lsp-quick.yaml");
}

// A pose file with the people of one batch; its content does not matter.
fs::path people_of(const std::string& skeleton, const TemporaryFolder& folder) {
  data::PoseFileInfo info;
  info.skeleton = &config::skeleton_named(skeleton);
  info.dataset = info.split = info.source = "test";
  info.reference = skeleton == "lsp14" ? "torso" : "head";
  info.box_pixels = input_pixels;
  constexpr int people = 16;
  data::PoseFileWriter writer(folder / (skeleton + ".h5"), info, people);
  const auto side = static_cast<std::size_t>(info.crop_pixels());
  const int parts = config::skeleton_named(skeleton).size();
  for (int i = 0; i < people; ++i) {
    data::Person person;
    for (int part = 0; part < parts; ++part) {
      person.joints.push_back({static_cast<float>(2 * part + 10 * i), static_cast<float>(3 * part)});
    }
    person.labelled.assign(static_cast<std::size_t>(parts), true);
    person.occluded.assign(static_cast<std::size_t>(parts), data::Occlusion::visible);
    person.crop_to_image = {1, 0, 0, 0, 1, 0};
    person.reference_length = 10;
    writer.add(person, std::vector<std::uint8_t>(side * side * 3, 128));
  }
  writer.finish();
  return folder / (skeleton + ".h5");
}

// Counts the multiply-adds of the convolutions with a bias during its lifetime. (Only the sorting of heat maps is a
// convolution without bias.)
class MultiplyAdds {
 public:
  MultiplyAdds()
      : handle_(at::addThreadLocalCallback(
            at::RecordFunctionCallback(&count).needsInputs(true).scopes({at::RecordScope::FUNCTION}))) {
    sum = 0;
  }
  ~MultiplyAdds() { at::removeCallback(handle_); }
  std::int64_t value() const { return sum; }

 private:
  static std::unique_ptr<at::ObserverContext> count(const at::RecordFunction& function) {
    if (std::string_view(function.name()) != "aten::conv2d" || !function.inputs()[2].isTensor()) return nullptr;
    const at::Tensor x = function.inputs()[0].toTensor(), weight = function.inputs()[1].toTensor();
    sum += weight.numel() * x.size(0) * x.size(2) * x.size(3);  // stride 1, and the padding keeps the side
    return nullptr;
  }

  static inline std::int64_t sum;
  at::CallbackHandle handle_;
};

class GridNetworks : public testing::TestWithParam<std::tuple<fs::path, const char*>> {};

TEST_P(GridNetworks, HaveTheSizesThatPlanShows) {
  const auto& [grid, skeleton] = GetParam();
  const TemporaryFolder folder;
  const fs::path people = people_of(skeleton, folder);
  grid::GridOptions options{.set = {"data.train=" + people.string(), "data.validation=" + people.string()}};
  const bool has_base = !grid::read_grid(grid).base_file.empty();
  if (has_base) options.base = base_of(skeleton).string();
  const grid::Sweep sweep = grid::plan_sweep(grid::read_grid(grid, options));
  ASSERT_FALSE(sweep.cells.empty());
  std::set<std::string> seen;
  for (const grid::Cell& cell : sweep.cells) {
    const config::RunConfig config = config::run_config(cell.canonical(), cell.skeleton());
    if (!seen.insert(cell.section("model").dump()).second) continue;
    model::Network network(config.model, {.precision = config::Precision::fp64});  // its convolutions are ATen's own
    network.train(false);
    const c10::NoGradGuard no_gradient;
    const MultiplyAdds counted;
    network.forward(at::zeros({1, 3, input_pixels, input_pixels}, at::kDouble));
    EXPECT_EQ(network.flat_parameters().numel(), cell.parameters) << cell.label;
    EXPECT_DOUBLE_EQ(2e-9 * static_cast<double>(counted.value()), cell.gflop_per_image) << cell.label;
    EXPECT_EQ(counted.value(), config::count_multiply_adds(config.model, input_pixels)) << cell.label;
  }
}

std::string name_of(const testing::TestParamInfo<GridNetworks::ParamType>& example) {
  std::string name = std::get<0>(example.param).stem().string() + "_" + std::get<1>(example.param);
  for (char& c : name) c = std::isalnum(static_cast<unsigned char>(c)) ? c : '_';
  return name;
}

INSTANTIATE_TEST_SUITE_P(, GridNetworks,
                         testing::Combine(testing::ValuesIn(grids()), testing::Values("mpii16", "lsp14")), name_of);

}  // namespace
}  // namespace pbn
