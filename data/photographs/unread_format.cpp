#include "data/photographs/unread_format.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/algorithm/string/case_conv.hpp>

namespace pbn::data {
namespace {

using std::string_view_literals::operator""sv;

constexpr const char* export_it = "export it as PNG or JPEG";

std::string convert(const char* program, const std::string& where, const char* output = "") {
  return fmt::format("convert it to PNG or JPEG: {} '{}' {}'{}.png'", program, where, output, where);
}

struct Beginning {
  std::string_view bytes;
  const char* name;
  const char* hint;                 // nullptr: convert it
  const char* program = "convert";  // ImageMagick
};

constexpr std::array beginnings = {
    Beginning{"GIF87a"sv, "a GIF image", nullptr},
    Beginning{"GIF89a"sv, "a GIF image", nullptr},
    Beginning{"II*\0"sv, "a TIFF image, or a camera's raw file", nullptr},
    Beginning{"MM\0*"sv, "a TIFF image, or a camera's raw file", nullptr},
    Beginning{"II+\0"sv, "a BigTIFF image", nullptr},
    Beginning{"MM\0+"sv, "a BigTIFF image", nullptr},
    Beginning{"8BPS"sv, "a Photoshop file", nullptr},
    Beginning{"\0\0\1\0"sv, "an icon (ICO)", nullptr},
    Beginning{"v/1\1"sv, "an OpenEXR image", nullptr},
    Beginning{"#?RADIANCE"sv, "a Radiance HDR image", nullptr},
    Beginning{"gimp xcf"sv, "a GIMP file", export_it},
    Beginning{"%PDF"sv, "a PDF file", export_it},
    Beginning{"\0\0\0\x0CJXL \r\n\x87\n"sv, "a JPEG XL image", nullptr, "djxl"},
    Beginning{"\xFF\x0A"sv, "a JPEG XL image", nullptr, "djxl"},
    Beginning{"\0\0\0\x0CjP  \r\n\x87\n"sv, "a JPEG 2000 image", nullptr},
    Beginning{"\xFF\x4F\xFF\x51"sv, "a JPEG 2000 image", nullptr},
    Beginning{"\x89HDF"sv, "an HDF5 file", "name a photograph"},
    Beginning{"\0\5\x16\7"sv, "a macOS file of attributes that accompanies a photograph",
              "leave out files that begin with ._"},
};

bool is_bmp(std::string_view bytes) {  // two letters are not enough: the size of its header must be a known one
  constexpr std::string_view sizes("\x0C\x28\x34\x38\x40\x6C\x7C");
  return bytes.starts_with("BM") && bytes.size() > 18 && sizes.find(bytes[14]) != std::string_view::npos &&
         bytes.substr(15, 3) == "\0\0\0"sv;
}

bool is_pnm(std::string_view bytes) {
  constexpr std::string_view blanks(" \t\r\n");
  return bytes.size() > 2 && bytes[0] == 'P' && bytes[1] >= '1' && bytes[1] <= '7' &&
         blanks.find(bytes[2]) != std::string_view::npos;
}

// Whether an ISO media file ("ftyp") has one of these brands.
bool has_brand(std::string_view bytes, std::initializer_list<std::string_view> wanted) {
  if (bytes.size() < 12 || bytes.substr(4, 4) != "ftyp") return false;
  const std::size_t end = std::min<std::size_t>({bytes.size(), static_cast<unsigned char>(bytes[3]), 256});
  for (std::size_t at = 8; at + 4 <= std::max<std::size_t>(end, 12); at += 4) {
    if (std::find(wanted.begin(), wanted.end(), bytes.substr(at, 4)) != wanted.end()) return true;
  }
  return false;
}

FileKind iso_media_kind(std::string_view bytes, const std::string& where) {
  if (has_brand(bytes, {"avif", "avis"})) return {"an AVIF image", convert("avifdec", where)};
  if (has_brand(bytes, {"heic", "heix", "heim", "heis", "hevc", "hevx", "hevm", "hevs", "mif1", "msf1"}))
    return {"a HEIC image (HEIF)", convert("heif-convert", where)};
  if (has_brand(bytes, {"crx "})) return {"a camera's raw file (CR3)", export_it};
  if (bytes.size() >= 12 && bytes.substr(4, 4) == "ftyp") return {"a video", "extract single pictures as PNG or JPEG"};
  return {};
}

FileKind markup_kind(std::string_view bytes) {
  if (bytes.starts_with("\xEF\xBB\xBF")) bytes.remove_prefix(3);
  bytes.remove_prefix(std::min(bytes.find_first_not_of(" \t\r\n"), bytes.size()));
  const std::string beginning = boost::algorithm::to_lower_copy(std::string(bytes.substr(0, 1024)));
  const auto has = [&](const char* word) { return beginning.find(word) != std::string::npos; };
  if (!beginning.starts_with("<")) {
    if (beginning.starts_with("{") || beginning.starts_with("[")) return {"JSON text", "name a photograph"};
    return {};
  }
  if (has("<svg")) return {"an SVG drawing", export_it};
  if (has("<html") || has("<!doctype html") || has("<head") || has("<body") || has("<title"))
    return {"a web page (HTML)", "the server sent it instead of the photograph; download that again"};
  if (beginning.starts_with("<?xml"))
    return {"an XML file", "perhaps a server's message instead of the photograph; download that again"};
  return {};
}

}  // namespace

FileKind unread_format(std::string_view bytes, const std::string& where) {
  if (bytes.empty()) return {"an empty file", "copy the image again"};
  for (const Beginning& beginning : beginnings) {
    if (!bytes.starts_with(beginning.bytes)) continue;
    return {beginning.name, beginning.hint != nullptr ? beginning.hint : convert(beginning.program, where)};
  }
  if (bytes.starts_with("RIFF") && bytes.substr(0, 12).ends_with("WEBP"))
    return {"a WebP image", convert("dwebp", where, "-o ")};
  if (is_bmp(bytes)) return {"a BMP image", convert("convert", where)};
  if (is_pnm(bytes)) return {"a PNM image", convert("convert", where)};
  if (FileKind iso = iso_media_kind(bytes, where); !iso.name.empty()) return iso;
  if (FileKind markup = markup_kind(bytes); !markup.name.empty()) return markup;
  if (std::all_of(bytes.begin(), bytes.end(), [](char byte) { return byte == 0; }))
    return {"a file of nothing but zeros", "the copy failed; copy the image again"};
  FileKind kind = kind_by_first_bytes(bytes);
  if (!kind.name.empty() && kind.hint.empty()) kind.hint = "name a photograph";
  return kind;
}

}  // namespace pbn::data
