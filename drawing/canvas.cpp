#include "drawing/canvas.h"

#include <cairo.h>

#include <algorithm>
#include <cstdint>
#include <numbers>

#include "base/error.h"

namespace pbn::drawing {
namespace {

using Surface = std::unique_ptr<cairo_surface_t, void (*)(cairo_surface_t*)>;
using Context = std::unique_ptr<cairo_t, void (*)(cairo_t*)>;

// cairo stores a pixel as one number, 0x00RRGGBB; rows may be padded.
std::uint32_t* row_of(cairo_surface_t* surface, int y) {
  return reinterpret_cast<std::uint32_t*>(cairo_image_surface_get_data(surface) +
                                          std::ptrdiff_t{y} * cairo_image_surface_get_stride(surface));
}

Surface surface_of(const data::Image& picture) {
  Surface surface(cairo_image_surface_create(CAIRO_FORMAT_RGB24, picture.width, picture.height), cairo_surface_destroy);
  if (cairo_surface_status(surface.get()) != CAIRO_STATUS_SUCCESS) {
    throw bug_error("drawing", "", "cairo refuses a picture of {} x {}", picture.width, picture.height);
  }
  const std::uint8_t* rgb = picture.pixels.data();
  for (int y = 0; y < picture.height; ++y) {
    std::uint32_t* row = row_of(surface.get(), y);
    for (int x = 0; x < picture.width; ++x, rgb += 3) {
      row[x] = std::uint32_t{rgb[0]} << 16 | std::uint32_t{rgb[1]} << 8 | rgb[2];
    }
  }
  cairo_surface_mark_dirty(surface.get());
  return surface;
}

void set_colour(cairo_t* context, const std::string& colour, double opacity) {
  const auto [red, green, blue] = rgb_of(colour);
  cairo_set_source_rgba(context, red / 255, green / 255, blue / 255, opacity);
}

}  // namespace

struct Canvas::State {
  explicit State(const data::Image& picture)
      : surface(surface_of(picture)), context(cairo_create(surface.get()), cairo_destroy) {}

  Surface surface;
  Context context;
};

Canvas::Canvas(const data::Image& picture) : state_(std::make_unique<State>(picture)) {}
Canvas::~Canvas() = default;
Canvas::Canvas(Canvas&&) noexcept = default;
Canvas& Canvas::operator=(Canvas&&) noexcept = default;

void Canvas::line(const Point& from, const Point& to, double width, const std::string& colour, double opacity) {
  cairo_t* const context = state_->context.get();
  set_colour(context, colour, opacity);
  cairo_set_line_width(context, width);
  cairo_move_to(context, from[0], from[1]);
  cairo_line_to(context, to[0], to[1]);
  cairo_stroke(context);
}

void Canvas::disc(const Point& centre, double radius, const std::string& colour, double opacity) {
  cairo_t* const context = state_->context.get();
  set_colour(context, colour, opacity);
  cairo_arc(context, centre[0], centre[1], radius, 0, 2 * std::numbers::pi);
  cairo_fill(context);
}

void Canvas::ring(const Point& centre, double radius, double width, const std::string& colour, double opacity) {
  cairo_t* const context = state_->context.get();
  set_colour(context, colour, opacity);
  cairo_set_line_width(context, width);
  cairo_new_path(context);
  cairo_arc(context, centre[0], centre[1], radius, 0, 2 * std::numbers::pi);
  cairo_stroke(context);
}

data::Image Canvas::picture() const {
  cairo_surface_t* const surface = state_->surface.get();
  cairo_surface_flush(surface);
  data::Image picture{cairo_image_surface_get_width(surface), cairo_image_surface_get_height(surface), {}};
  picture.pixels.reserve(std::size_t{3} * picture.width * picture.height);
  for (int y = 0; y < picture.height; ++y) {
    const std::uint32_t* row = row_of(surface, y);
    for (int x = 0; x < picture.width; ++x) {
      for (const int shift : {16, 8, 0}) picture.pixels.push_back(static_cast<std::uint8_t>(row[x] >> shift));
    }
  }
  return picture;
}

std::array<double, 3> rgb_of(const std::string& colour) {
  const auto channel = [&](std::size_t at) { return std::stoi(colour.substr(at, 2), nullptr, 16); };
  return {1.0 * channel(1), 1.0 * channel(3), 1.0 * channel(5)};
}

data::Image cropped(const data::Image& picture, int left, int top, int width, int height) {
  if (left < 0 || top < 0 || width < 1 || height < 1 || left + width > picture.width || top + height > picture.height) {
    throw bug_error("drawing", "", "no {} x {} at ({}, {}) in {} x {}", width, height, left, top, picture.width,
                    picture.height);
  }
  data::Image part{width, height, {}};
  for (int y = top; y < top + height; ++y) {
    const auto row = picture.pixels.begin() + std::ptrdiff_t{3} * (std::ptrdiff_t{y} * picture.width + left);
    part.pixels.insert(part.pixels.end(), row, row + std::ptrdiff_t{3} * width);
  }
  return part;
}

data::Image side_by_side(const data::Image& left, const data::Image& right, int gap_pixels) {
  if (left.height != right.height) throw bug_error("drawing", "", "{} and {} rows", left.height, right.height);
  const int width = left.width + gap_pixels + right.width;
  data::Image both{width, left.height, std::vector<std::uint8_t>(std::size_t{3} * width * left.height, 255)};
  const auto copy_row = [&](const data::Image& from, int y, int column) {
    const auto row = from.pixels.begin() + std::ptrdiff_t{3} * y * from.width;
    std::copy(row, row + std::ptrdiff_t{3} * from.width,
              both.pixels.begin() + std::ptrdiff_t{3} * (y * width + column));
  };
  for (int y = 0; y < left.height; ++y) {
    copy_row(left, y, 0);
    copy_row(right, y, left.width + gap_pixels);
  }
  return both;
}

}  // namespace pbn::drawing
