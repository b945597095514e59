#include "worker/device/gpu_peaks.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <vector>

namespace pbn::worker {
namespace {

struct GpuModel {
  std::vector<std::string> words;  // all of them are in the name
  double bf16, tf32, fp32, fp64;   // 1e12 per second; 0: the model has none, or it is unknown
};

// The first that fits counts, so that a board with a longer name comes before that with a shorter one.
const std::vector<GpuModel>& gpu_models() {
  static const std::vector<GpuModel> models = {
      {{"GB200"}, 2500, 1250, 80, 40},
      {{"B200"}, 2250, 1125, 75, 37},
      {{"GH200"}, 989.4, 494.7, 66.9, 33.5},
      {{"H200", "NVL"}, 835.5, 417.5, 60, 30},
      {{"H200"}, 989.4, 494.7, 66.9, 33.5},
      {{"H100", "NVL"}, 835.5, 417.5, 60, 30},
      {{"H100", "PCIE"}, 756, 378, 51.2, 25.6},
      {{"H100"}, 989.4, 494.7, 66.9, 33.5},
      {{"H20"}, 148, 74, 44, 1},
      {{"A100"}, 312, 156, 19.5, 9.7},
      {{"A30"}, 165, 82, 10.3, 5.2},
      {{"A40"}, 149.7, 74.8, 37.4, 0.6},
      {{"A10"}, 125, 62.5, 31.2, 0.5},
      {{"L40S"}, 362, 183, 91.6, 1.4},
      {{"L40"}, 181, 90.5, 90.5, 1.4},
      {{"L4"}, 121, 60, 30.3, 0.5},
      {{"RTX", "6000", "ADA"}, 364, 182, 91.1, 1.4},
      {{"V100"}, 0, 0, 15.7, 7.8},
  };
  return models;
}

// Words of letters and digits, in capitals: "NVIDIA A100-PCIE-40GB" has A100 and PCIE.
std::vector<std::string> words_of(const std::string& name) {
  std::vector<std::string> words(1);
  for (const char letter : name) {
    if (std::isalnum(static_cast<unsigned char>(letter))) {
      words.back() += static_cast<char>(std::toupper(static_cast<unsigned char>(letter)));
    } else if (!words.back().empty()) {
      words.emplace_back();
    }
  }
  return words;
}

// Of seven slices; 1 for a whole GPU. A profile such as "3g.40gb" begins with its slices.
double share_of_gpu(const std::string& name) {
  const std::string mark = " MIG ";
  const std::size_t at = name.find(mark);
  return at == std::string::npos ? 1 : std::atoi(name.c_str() + at + mark.size()) / 7.0;
}

double tera_flops(const GpuModel& model, config::Precision precision) {
  switch (precision) {
    case config::Precision::bf16:
      return model.bf16;
    case config::Precision::tf32:
      return model.tf32;
    case config::Precision::fp64:
      return model.fp64;
    default:
      return model.fp32;
  }
}

}  // namespace

double gpu_peak_flops(const std::string& name, config::Precision precision) {
  const std::vector<std::string> words = words_of(name.substr(0, name.find(" MIG ")));
  const auto is_in_name = [&](const std::string& word) {
    return std::find(words.begin(), words.end(), word) != words.end();
  };
  for (const GpuModel& model : gpu_models()) {
    if (std::all_of(model.words.begin(), model.words.end(), is_in_name))
      return 1e12 * tera_flops(model, precision) * share_of_gpu(name);
  }
  return 0;
}

}  // namespace pbn::worker
