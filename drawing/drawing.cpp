#include "drawing/drawing.h"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <array>
#include <cmath>

namespace pbn::drawing {
namespace {

using Point = std::array<double, 2>;

constexpr int jpeg_quality = 85;
constexpr std::array palette{"#d55e00", "#56b4e9", "#f0e442", "#009e73", "#cc79a7", "#0072b2", "#e69f00", "#999999"};

std::string line(const Point& from, const Point& to, const std::string& colour) {
  return fmt::format("<line x1=\"{:.1f}\" y1=\"{:.1f}\" x2=\"{:.1f}\" y2=\"{:.1f}\" stroke=\"{}\"/>", from[0], from[1],
                     to[0], to[1], colour);
}

std::string circle(const Point& at, double radius, const std::string& attributes) {
  return fmt::format("<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"{:.1f}\"{}/>", at[0], at[1], radius, attributes);
}

std::string paint(const char* kind, const std::string& stroke, double width, const std::string& fill) {
  return fmt::format(" class=\"{}\" stroke=\"{}\" stroke-width=\"{:.1f}\" fill=\"{}\"", kind, stroke, width, fill);
}

// Limbs have a dark shadow and joints a dark rim or centre, so that they stand out on any photograph.
std::string limbs(const config::Skeleton& skeleton, const DrawnPose& pose, const PartColours& colours) {
  std::string shadows, lines;
  for (const auto& [from, to] : skeleton.limbs) {
    if (!pose.labelled[from] || !pose.labelled[to]) continue;
    const Point a = pose.joints[from], b = pose.joints[to];
    const Point middle{(a[0] + b[0]) / 2, (a[1] + b[1]) / 2};
    shadows += line(a, b, "#000000");
    lines += line(a, middle, colours[from]) + line(middle, b, colours[to]);
  }
  return "<g class=\"shadow\" opacity=\"0.4\">" + shadows + "</g>" + lines;
}

std::string joints(const DrawnPose& pose, const PartColours& colours, double width) {
  std::string circles;
  for (std::size_t part = 0; part < pose.joints.size(); ++part) {
    if (!pose.labelled[part]) continue;
    const bool ring = pose.occluded[part] == data::Occlusion::occluded;
    circles += circle(pose.joints[part], (ring ? 1.7 : 1.4) * width,
                      ring ? paint("occluded", colours[part], 0.9 * width, "#000000")
                           : paint("joint", "#000000", width / 2, colours[part]));
  }
  return circles;
}

std::string base64(const std::string& bytes) {
  std::string text(4 * ((bytes.size() + 2) / 3) + 1, '\0');  // EVP_EncodeBlock writes a terminating zero
  EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), reinterpret_cast<const unsigned char*>(bytes.data()),
                  static_cast<int>(bytes.size()));
  text.pop_back();
  return text;
}

}  // namespace

DrawnPose true_pose(const data::Person& person) {
  DrawnPose pose{{}, person.labelled, person.occluded};
  for (const auto& [x, y] : person.joints) pose.joints.push_back({x, y});
  return pose;
}

DrawnPose predicted_pose(const evaluation::Predictions& predictions, std::int64_t index, const data::Person& person) {
  const data::Affine image_to_crop = data::inverse(person.crop_to_image);
  DrawnPose pose{{}, {}, person.occluded};
  for (int part = 0; part < predictions.parts; ++part) {
    const auto& [x, y] = predictions.joints[index * predictions.parts + part];
    pose.joints.push_back(data::apply(image_to_crop, x, y));
    pose.labelled.push_back(std::isfinite(x) && std::isfinite(y));
  }
  return pose;
}

PartColours colours_by_side(const config::Skeleton& skeleton) {
  PartColours colours;
  for (const std::string& part : skeleton.parts) {
    colours.push_back(palette[part.starts_with("r-") ? 0 : part.starts_with("l-") ? 1 : 2]);
  }
  for (const auto& [right, left] : skeleton.flip_pairs) {
    colours[static_cast<std::size_t>(right)] = palette[0];
    colours[static_cast<std::size_t>(left)] = palette[1];
  }
  return colours;
}

PartColours colours_by_group(const config::Skeleton& skeleton, const config::Groups& groups) {
  PartColours colours(skeleton.parts.size());
  for (std::size_t group = groups.size(); group-- > 0;) {
    for (const int part : groups[group]) colours[part] = group_colour(group);
  }
  return colours;
}

std::string group_colour(std::size_t group) { return palette[group % palette.size()]; }

std::string pose_svg(const config::Skeleton& skeleton, const DrawnPose& pose, const PartColours& colours,
                     int picture_pixels) {
  const double width = picture_pixels / 120.0;
  return fmt::format("<g class=\"pose\"><g stroke-width=\"{:.1f}\">{}</g>{}</g>", width, limbs(skeleton, pose, colours),
                     joints(pose, colours, width));
}

std::string data_uri(const data::Image& image) {
  return "data:image/jpeg;base64," + base64(data::encode_jpeg(image, jpeg_quality));
}

std::string svg_data_uri(const std::string& svg) { return "data:image/svg+xml;base64," + base64(svg); }

std::string crop_data_uri(const data::PoseFile& file, std::int64_t index) {
  const int side = file.info().crop_pixels();
  data::Image crop{side, side, std::vector<std::uint8_t>(std::size_t{3} * side * side)};
  file.read_crop(index, crop.pixels);
  return data_uri(crop);
}

}  // namespace pbn::drawing
