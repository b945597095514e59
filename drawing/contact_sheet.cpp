#include "drawing/contact_sheet.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "data/loading/batch_loader.h"
#include "drawing/svg.h"

namespace pbn::drawing {
namespace {

constexpr double tile_side = 264, gap = 14, caption_height = 44, margin = 24, header_height = 104;
constexpr std::size_t most_columns = 8;

// The square of the crop that a tile shows, in crop pixels: the box and all labelled joints, with a margin.
struct Square {
  double start, side;
};

Square shown_square(const data::PoseFileInfo& info, const data::Person& person) {
  constexpr double margin_of_box = 0.06, margin_of_joints = 0.03;
  const double crop = info.crop_pixels(), middle = crop / 2;
  double reach = (0.5 + margin_of_box) * info.box_pixels;  // half the square's side
  for (std::size_t part = 0; part < person.labelled.size(); ++part) {
    if (!person.labelled[part]) continue;
    for (const double place : person.joints[part]) {
      reach = std::max(reach, std::abs(place - middle) + margin_of_joints * info.box_pixels);
    }
  }
  reach = std::min(reach, middle);
  return {middle - reach, 2 * reach};
}

std::string box_outline(const data::PoseFileInfo& info, double shown_side) {
  const double start = (info.crop_pixels() - info.box_pixels) / 2.0;
  const auto square = [&](const char* colour, double width, const std::string& dashes) {
    return fmt::format(
        "<rect x=\"{0}\" y=\"{0}\" width=\"{1}\" height=\"{1}\" fill=\"none\" stroke=\"{2}\" "
        "stroke-width=\"{3:.2f}\" stroke-dasharray=\"{4}\"/>",
        start, info.box_pixels, colour, width * shown_side, dashes);
  };
  return square("#000000", 0.004, "none") + square("#ffffff", 0.003, fmt::format("{:.1f}", shown_side / 60));
}

std::string shortened(const std::string& text, std::size_t letters) {
  return text.size() <= letters ? text : "…" + text.substr(text.size() - letters + 1);
}

std::string tile_svg(const SheetTile& tile, double x, double y) {
  return fmt::format("<svg x=\"{0}\" y=\"{1}\" width=\"{2}\" height=\"{2}\" viewBox=\"{3} {3} {4} {4}\">{5}</svg>",
                     svg_length(x), svg_length(y), svg_length(tile_side), svg_length(tile.start), svg_length(tile.side),
                     tile.content) +
         text_element({svg_length(x), svg_length(y + tile_side + 16), "ink", shortened(tile.caption, 38)}) +
         text_element({svg_length(x), svg_length(y + tile_side + 32), "soft small", shortened(tile.note, 48)});
}

std::string legend(double x, double y) {
  std::string svg;
  const auto entry = [&](const std::string& disc, const std::string& words) {
    svg += fmt::format("<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"5\" {}/>", x + 5, y - 4, disc) +
           text_element({svg_length(x + 16), svg_length(y), "soft", words});
    x += 34 + 7.2 * static_cast<double>(words.size());
  };
  const PartColours colours = colours_by_side(config::mpii16());
  const auto filled = [&](const char* part) {
    return fmt::format("fill=\"{}\" stroke=\"#000000\"", colours[config::mpii16().index_of(part)]);
  };
  entry(filled("r-wrist"), "the person's right");
  entry(filled("l-wrist"), "left");
  entry(filled("neck"), "middle");
  return svg;
}

}  // namespace

std::string person_caption(const data::Person& person, std::int64_t index) {
  return fmt::format("{}: {}{}", index + 1, person.image_name,
                     person.person_index > 0 ? fmt::format(", person {}", person.person_index + 1) : "");
}

SheetTile person_tile(const data::PoseFile& file, std::int64_t index) {
  const data::Person& person = file.people()[static_cast<std::size_t>(index)];
  const int pixels = file.info().crop_pixels();
  const auto labelled = std::count(person.labelled.begin(), person.labelled.end(), true);
  int occluded = 0;
  for (std::size_t part = 0; part < person.labelled.size(); ++part) {
    occluded += person.labelled[part] && person.occluded[part] == data::Occlusion::occluded;
  }
  const std::string reference =
      person.reference_length > 0 ? fmt::format(", {} {:.0f} px", file.info().reference, person.reference_length) : "";
  const Square shown = shown_square(file.info(), person);
  return {shown.start, shown.side,
          fmt::format("<image width=\"{0}\" height=\"{0}\" href=\"{1}\"/>", pixels, crop_data_uri(file, index)) +
              box_outline(file.info(), shown.side) +
              pose_svg(file.skeleton(), true_pose(person), colours_by_side(file.skeleton()),
                       static_cast<int>(1.2 * shown.side)),
          person_caption(person, index),
          fmt::format("{} of {} labelled, {} occluded{}", labelled, person.labelled.size(), occluded, reference)};
}

std::string contact_sheet(const std::string& title, const std::string& note, const std::vector<SheetTile>& tiles) {
  const auto square = static_cast<std::size_t>(std::ceil(std::sqrt(1.5 * static_cast<double>(tiles.size()))));
  const std::size_t columns = std::clamp<std::size_t>(square, 3, most_columns);
  const std::size_t rows = (tiles.size() + columns - 1) / columns;
  const double width = 2 * margin + static_cast<double>(columns) * (tile_side + gap) - gap;
  const double height = header_height + static_cast<double>(rows) * (tile_side + caption_height) + margin / 2;
  std::string content = text_element({svg_length(margin), "38", "ink title", title}) +
                        text_element({svg_length(margin), "60", "soft", note}) + legend(margin, 84);
  for (std::size_t i = 0; i < tiles.size(); ++i) {
    const std::size_t row = i / columns, column = i % columns;
    content += tile_svg(tiles[i], margin + static_cast<double>(column) * (tile_side + gap),
                        header_height + static_cast<double>(row) * (tile_side + caption_height));
  }
  return svg_picture(width, height, title, note, content);
}

std::vector<std::int64_t> first_people_of_epoch(std::int64_t people, std::int64_t count, std::uint64_t seed,
                                                int epoch) {
  std::vector<std::int64_t> order = data::epoch_order(people, seed, epoch);
  order.resize(static_cast<std::size_t>(std::min(people, count)));
  return order;
}

}  // namespace pbn::drawing
