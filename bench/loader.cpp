// bench_loader: augmented people per second of one core, pbn_worker's loader against Python programs with OpenCV.
#include <fmt/format.h>
#include <malloc.h>
#include <sched.h>

#include <filesystem>
#include <functional>
#include <memory>

#include "base/error.h"
#include "base/parallel.h"
#include "base/time.h"
#include "bench/contest.h"
#include "bench/program.h"
#include "data/loading/batch_loader.h"
#include "data/sources/leeds.h"
#include "data/sources/synthetic.h"
#include "tests/places.h"
#include "tests/temporary_folder.h"

namespace pbn::bench {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t batch_size = 16;
constexpr config::Augmentation paper_augmentation{0.25, 30, 0.4, 0.5, 0.5, 0.2, 0.5};

// Binds this process to the first processor that it may use, and returns its number, for the peers.
std::string bind_to_one_processor() {
  cpu_set_t allowed;
  CPU_ZERO(&allowed);
  ::sched_getaffinity(0, sizeof allowed, &allowed);
  int first = 0;
  while (first + 1 < CPU_SETSIZE && !CPU_ISSET(first, &allowed)) ++first;
  CPU_ZERO(&allowed);
  CPU_SET(first, &allowed);
  ::sched_setaffinity(0, sizeof allowed, &allowed);
  return std::to_string(first);
}

// People with boxes of 256 pixels and crops of 448: the first of LSPET, or synthetic ones where it is missing.
struct People {
  data::PoseFileInfo info;
  std::int64_t count;
  std::function<data::CroppedPerson(std::int64_t)> cut;
};

People people_of(const fs::path& lspet, std::int64_t count) {
  if (fs::exists(lspet / "joints.mat")) {
    auto set = std::make_shared<data::PhotographSet>(data::read_lspet(lspet));
    count = std::min<std::int64_t>(count, std::ssize(set->people));
    return {set->info, count,
            [set](std::int64_t n) { return data::cut_out(set->people[n], set->info, set->first_pixel).cropped; }};
  }
  fmt::print(stderr, "bench_loader: {} is missing: synthetic people, without a comparison with photographs\n",
             lspet.string());
  const data::SyntheticRecipe recipe;
  const data::PoseFileInfo info = data::synthetic_info(recipe, data::SyntheticSplit::train);
  return {info, count, [=](std::int64_t n) {
            return data::draw_synthetic_person(info, recipe, data::SyntheticSplit::train,
                                               static_cast<std::uint32_t>(n));
          }};
}

void write_if_missing(const fs::path& file, const People& people, int jpeg_quality) {
  if (fs::exists(file)) return;
  fmt::print(stderr, "bench_loader: making {}\n", file.filename().string());
  data::PoseFileInfo info = people.info;
  info.jpeg_quality = jpeg_quality;
  data::PoseFileWriter writer(file, info, people.count);
  in_order(
      people.count, 0,
      [&](std::int64_t n) {
        data::CroppedPerson cropped = people.cut(n);
        cropped.crop = data::stored_crop(info, std::move(cropped.crop));
        return cropped;
      },
      [&](const data::CroppedPerson& cropped) { writer.add(cropped.person, cropped.crop); });
  writer.finish();
}

// pbn_worker's loader with one thread.
class Loading {
 public:
  explicit Loading(const fs::path& file) : set_(data::PoseFile(file)) {}

  double operator()(double seconds) {
    const Stopwatch stopwatch;
    std::size_t seen = 0;
    while (true) {
      data::BatchLoader loader(set_, {.augment = paper_augmentation, .seed = 1}, ++epoch_, batches(), 1);
      while (const std::optional<data::Batch> batch = loader.next()) {
        seen += batch->people.size();
        if (stopwatch.seconds() >= seconds) return static_cast<double>(seen) / stopwatch.seconds();
      }
    }
  }

 private:
  std::vector<std::vector<std::int64_t>> batches() const {
    const std::vector<std::int64_t> order = data::epoch_order(set_.size(), 1, epoch_);
    std::vector<std::vector<std::int64_t>> result;
    for (std::size_t first = 0; first + batch_size <= order.size(); first += batch_size) {
      const auto begin = order.begin() + static_cast<std::ptrdiff_t>(first);
      result.emplace_back(begin, begin + static_cast<std::ptrdiff_t>(batch_size));
    }
    return result;
  }

  data::PoseSet set_;
  int epoch_ = 0;
};

std::vector<Claim> compare(const po::variables_map& arguments, const Effort& effort) {
  const fs::path lspet = arguments["data"].as<std::string>();
  const TemporaryFolder temporary("bench-loader");
  fs::path folder = arguments["files"].as<std::string>();
  if (folder.empty()) folder = temporary.path();
  fs::create_directories(folder);
  const fs::path raw = folder / "raw.h5", jpeg = folder / "jpeg.h5";
  const People people = people_of(lspet, arguments["people"].as<std::int64_t>());
  write_if_missing(raw, people, 0);
  write_if_missing(jpeg, people, 95);

  ::mallopt(M_MMAP_THRESHOLD, 1 << 30);  // batches reuse memory, as in pbn_worker
  ::mallopt(M_TRIM_THRESHOLD, 2'000'000'000);
  const std::string processor = bind_to_one_processor();
  std::vector<Contestant> contestants;
  for (const fs::path& file : {raw, jpeg}) {
    contestants.push_back(
        {file.stem(), [loading = std::make_shared<Loading>(file)](double s) { return (*loading)(s); }});
  }
  const auto add_peer = [&](const char* source, const fs::path& file) {
    contestants.push_back(
        python_contestant(source, "loader.py", {source, file.string(), (lspet / "images").string()}, processor));
  };
  if (peer_python()) {
    add_peer("raw", raw);
    add_peer("jpeg", jpeg);
    if (people.info.dataset == "lspet") add_peer("photograph", raw);
  }
  const std::vector<double> rates = medians_in_turn(contestants, effort);
  const auto peer_rate = [&](std::size_t index) {
    return index < rates.size() ? std::optional(rates[index]) : std::nullopt;
  };
  const std::string unit = "images/s/core";
  return {{"loader.raw", rates[0], peer_rate(2), "opencv-python", unit, 3},
          {"loader.jpeg", rates[1], peer_rate(3), "opencv-python", unit, 1.4},
          {"loader.today", rates[0], peer_rate(4), "opencv-python from photographs", unit, 7}};
}

Benchmark benchmark() {
  Benchmark loader{
      .name = "bench_loader",
      .description =
          R"(From crops of 448 pixels, raw or as JPEG, to augmented inputs of 256x256 and their joints, in batches of 16, all on
the same processor. The Python peers do the same with OpenCV from the same files; the third does what training
programs usually do: it decodes the photograph, warps it and draws the targets.)",
      .run = compare};
  loader.options.add_options()("data", po::value<std::string>()->default_value((shared_data() / "lspet").string()),
                               "folder of Leeds Sports Pose extended; without it people are synthetic")(
      "people", po::value<std::int64_t>()->default_value(2000), "number of people; a raw crop takes 600 kB")(
      "files", po::value<std::string>()->default_value(""), "folder that keeps the pose files for the next time");
  return loader;
}

}  // namespace
}  // namespace pbn::bench

int main(int argc, char** argv) { return pbn::bench::run_benchmark(pbn::bench::benchmark(), argc, argv); }
