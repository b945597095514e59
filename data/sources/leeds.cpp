#include "data/sources/leeds.h"

#include <fmt/format.h>

#include <boost/algorithm/string/case_conv.hpp>
#include <map>

#include "base/error.h"
#include "data/hdf5/hdf5.h"
#include "data/matlab/matlab_file.h"

namespace pbn::data {
namespace {

namespace fs = std::filesystem;
using boost::algorithm::to_lower_copy;

constexpr double leeds_first_pixel = 1;

struct LeedsFormat {
  std::string dataset, source;
  int digits = 0;            // in the names of the photographs
  bool is_extended = false;  // joints (14, 3, N) with the flag "annotated"; else (3, 14, N) with the flag "occluded"
  std::string hint;          // for joints of another shape
};

void require_leeds_folder(const fs::path& folder, const fs::path& file) {
  if (!fs::is_directory(folder)) {
    throw usage_error(folder.string(), "give the folder that holds joints.mat and images/", "there is no such folder");
  }
  if (!fs::exists(file)) {
    throw data_error(file.string(), "give the folder that holds joints.mat and images/, or the corrected joints",
                     "there is no such file");
  }
  const fs::path images = folder / "images";
  if (!fs::is_directory(images) || fs::is_empty(images)) {
    throw data_error(images.string(), "unpack the data set again", "there are no images");
  }
}

MatlabArray read_joints(const fs::path& file, const LeedsFormat& format) {
  MatlabArray joints = read_matlab_array(file, "joints");
  const auto& shape = joints.shape;
  const std::size_t rows = format.is_extended ? 14 : 3, columns = format.is_extended ? 3 : 14;
  if (shape.size() != 3 || shape[0] != rows || shape[1] != columns || shape[2] == 0) {
    throw data_error(file.string(), format.hint, "variable \"joints\" has shape {}; expected ({}, {}, people)",
                     describe(shape), rows, columns);
  }
  return joints;
}

// Person n, from 0, without a photograph.
PersonInPhotograph person_of(const MatlabArray& joints, std::size_t n, const LeedsFormat& format,
                             const fs::path& file) {
  PersonInPhotograph person;
  person.set_parts(config::lsp14().parts.size());
  for (std::size_t part = 0; part < person.joints.size(); ++part) {
    const auto value = [&](std::size_t i) {
      return format.is_extended ? joints.at({part, i, n}) : joints.at({i, part, n});
    };
    const double x = value(0), y = value(1), flag = value(2);
    const bool labelled = !format.is_extended || flag == 1;
    if ((flag != 0 && flag != 1) || (labelled && !(plausible_pixels(x) && plausible_pixels(y)))) {
      throw data_error(file.string(), limit_of_pixels,
                       "person {}, {}: ({}, {}, {}) is not a location in a photograph and a flag of 0 or 1", n + 1,
                       config::lsp14().parts[part], x, y, flag);
    }
    const Occlusion occluded = format.is_extended ? Occlusion::unknown
                               : flag == 1        ? Occlusion::occluded
                                                  : Occlusion::visible;
    if (labelled) person.label(part, x, y, occluded, leeds_first_pixel);
  }
  person.reference_length = torso_length(person);
  return person;
}

// The photographs of a folder by their number.
class NumberedPhotographs {
 public:
  NumberedPhotographs(fs::path images, int digits) : images_(std::move(images)), digits_(digits) {
    for (const auto& entry : fs::directory_iterator(images_)) {
      const std::string extension = to_lower_copy(entry.path().extension().string());
      if (extension != ".jpg" && extension != ".jpeg" && extension != ".png") continue;
      names_.emplace(to_lower_copy(entry.path().stem().string()), entry.path().filename().string());
    }
  }

  // Sets photograph and image_name, to a missing .jpg if there is none. Throws a data error if there are two.
  void assign(PersonInPhotograph& person, std::size_t number) const {
    const std::string stem = fmt::format("im{:0{}}", number, digits_);
    const auto [first, last] = names_.equal_range(stem);
    person.image_name = first == last ? stem + ".jpg" : first->second;
    person.photograph = images_ / person.image_name;
    if (first != last && std::next(first) != last) {
      throw data_error(person.photograph.string(), "keep the one that belongs to joints.mat",
                       "{} is a photograph of the same number", std::next(first)->second);
    }
  }

 private:
  fs::path images_;
  int digits_;
  std::multimap<std::string, std::string> names_;  // by "im0042"
};

// The people of one split; of all if there are no splits.
PhotographSet read_leeds(const LeedsFormat& format, const fs::path& folder, const fs::path& file,
                         std::optional<LspSplit> split) {
  require_leeds_folder(folder, file);
  const MatlabArray joints = read_joints(file, format);
  const NumberedPhotographs photographs(folder / "images", format.digits);
  const bool train = split != LspSplit::test;
  PhotographSet set{.info = {.skeleton = &config::lsp14(),
                             .dataset = format.dataset,
                             .split = train ? "train" : "test",
                             .source = format.source,
                             .reference = "torso"},
                    .first_pixel = leeds_first_pixel};
  const std::size_t people = joints.shape[2], end = split == LspSplit::train ? people / 2 : people;
  for (std::size_t n = train ? 0 : people / 2; n < end; ++n) {
    PersonInPhotograph& person = set.people.emplace_back(person_of(joints, n, format, file));
    photographs.assign(person, n + 1);
    if (train) person.box = box_of_body(person);
  }
  return set;
}

}  // namespace

PhotographSet read_lsp(const fs::path& folder, LspSplit split, const fs::path& annotations) {
  LeedsFormat format{.dataset = "lsp",
                     .source = split == LspSplit::train ? "Leeds Sports Pose, first half; box: body x 410/256"
                                                        : "Leeds Sports Pose, second half; box: photograph x 1.25",
                     .digits = 4,
                     .hint = "is it LSP's, and not one person's or LSP extended's?"};
  if (!annotations.empty()) format.source += "; joints of " + annotations.filename().string();
  return read_leeds(format, folder, annotations.empty() ? folder / "joints.mat" : annotations, split);
}

PhotographSet read_lsp_joints(const fs::path& file) {
  const LeedsFormat format{.dataset = "lsp",
                           .source = "Leeds Sports Pose",
                           .digits = 4,
                           .hint = "the truth is LSP's joints.mat; LSP extended is for training"};
  const MatlabArray joints = read_joints(file, format);
  PhotographSet set{.info = {.skeleton = &config::lsp14(), .dataset = format.dataset, .reference = "torso"},
                    .first_pixel = leeds_first_pixel};
  for (std::size_t n = 0; n < joints.shape[2]; ++n) set.people.push_back(person_of(joints, n, format, file));
  return set;
}

PhotographSet read_lspet(const fs::path& folder) {
  const LeedsFormat format{.dataset = "lspet",
                           .source = "Leeds Sports Pose, extended; box: body x 410/256",
                           .digits = 5,
                           .is_extended = true,
                           .hint = "is it LSP extended's, and not one person's or LSP's?"};
  return read_leeds(format, folder, folder / "joints.mat", std::nullopt);
}

}  // namespace pbn::data
