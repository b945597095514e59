#include "data/photographs/image.h"

#include "base/error.h"
#include "base/files.h"
#include "data/photographs/jpeg.h"
#include "data/photographs/png.h"
#include "data/photographs/unread_format.h"

namespace pbn::data {
namespace {

constexpr std::int64_t most_pixels = std::int64_t{1} << 28;  // 2^14 x 2^14

}  // namespace

const char* const copy_again = "copy the image again, or leave it out by --skip-bad";
const char* const make_smaller = "make it smaller, or leave it out by --skip-bad";

void require_readable_size(std::int64_t width, std::int64_t height, const std::string& where) {
  if (width < 1 || height < 1) throw data_error(where, copy_again, "claims to have {} x {} pixels", width, height);
  if (width <= most_pixels / height) return;
  throw data_error(where, make_smaller, "has {} x {} pixels; more than {} ({} x {}) are not read", width, height,
                   most_pixels, 1 << 14, 1 << 14);
}

Image blank_image(int width, int height) {
  return {
      width, height,
      std::vector<std::uint8_t>(std::size_t{3} * static_cast<std::size_t>(width) * static_cast<std::size_t>(height))};
}

Image read_image(const std::filesystem::path& file) { return decode_image(read_file(file), file.string()); }

Image decode_image(std::string_view bytes, const std::string& where) {
  if (bytes.starts_with("\xFF\xD8")) return decode_jpeg(bytes, where);
  if (bytes.starts_with("\x89PNG")) return decode_png(bytes, where);
  const FileKind kind = unread_format(bytes, where);
  if (!kind.name.empty()) throw data_error(where, kind.hint, "is {}, not a JPEG or PNG image", kind.name);
  throw data_error(where, copy_again, "is neither a JPEG nor a PNG image ({} bytes)", bytes.size());
}

}  // namespace pbn::data
