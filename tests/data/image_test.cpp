#include "data/photographs/image.h"

#include <png.h>
#include <zlib.h>

#include <cstdio>  // jpeglib.h needs it
#include <cstdlib>
#include <map>

#include <jpeglib.h>

#include "base/files.h"
#include "base/random.h"
#include "error_of.h"
#include "tests/temporary_folder.h"

namespace pbn::data {
namespace {

using testing::HasSubstr;

// Smooth, so that JPEG keeps it nearly as it is.
Image ramp(int width, int height) {
  Image image{width, height, {}};
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const auto across = static_cast<std::uint8_t>(255 * x / width),
                 down = static_cast<std::uint8_t>(255 * y / height);
      image.pixels.insert(image.pixels.end(), {across, down, 100});
    }
  }
  return image;
}

TEST(Image, PngKeepsEveryPixel) {
  const Image image = ramp(37, 21);
  const Image decoded = decode_image(encode_png(image), "ramp");
  EXPECT_EQ(decoded.width, 37);
  EXPECT_EQ(decoded.height, 21);
  EXPECT_EQ(decoded.pixels, image.pixels);
}

TEST(Image, JpegKeepsItNearly) {
  const Image image = ramp(64, 48);
  const Image decoded = decode_image(encode_jpeg(image, 95), "ramp");
  ASSERT_EQ(decoded.pixels.size(), image.pixels.size());
  for (std::size_t i = 0; i < image.pixels.size(); ++i) EXPECT_NEAR(decoded.pixels[i], image.pixels[i], 8) << i;
}

TEST(Image, AJpegThatEndsEarlyIsADataErrorAndNotAGreyHalf) {
  const std::string whole = encode_jpeg(ramp(64, 64), 90);
  for (const std::size_t left : {whole.size() - 2, whole.size() * 3 / 4, std::size_t{30}}) {
    const Error error = error_of([&] { decode_image(whole.substr(0, left), "im0007.jpg"); });
    EXPECT_EQ(error.blame, Blame::data) << left;
    EXPECT_THAT(error.what(), HasSubstr("im0007.jpg")) << left;
  }
}

TEST(Image, ATruncatedOrDamagedPngIsADataError) {
  const std::string whole = encode_png(ramp(64, 64));
  EXPECT_EQ(error_of([&] { decode_image(whole.substr(0, whole.size() / 2), "a.png"); }).blame, Blame::data);
  EXPECT_EQ(error_of([&] { decode_image(whole.substr(0, 12), "a.png"); }).blame, Blame::data);
}

// A kind of PNG.
struct PngKind {
  int bits, colour_type;
  double gamma = 0;  // of the gAMA chunk; 0: none
  bool srgb = false;
};

std::string png_of(const PngKind& kind, int width, int height, const std::vector<std::uint8_t>& samples) {
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, nullptr, nullptr, nullptr);
  png_infop info = png_create_info_struct(png);
  std::string bytes;
  png_set_write_fn(
      png, &bytes,
      [](png_structp writer, png_bytep data, std::size_t count) {
        static_cast<std::string*>(png_get_io_ptr(writer))->append(reinterpret_cast<char*>(data), count);
      },
      nullptr);
  png_set_IHDR(png, info, static_cast<png_uint_32>(width), static_cast<png_uint_32>(height), kind.bits,
               kind.colour_type, PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  if (kind.gamma > 0) png_set_gAMA(png, info, kind.gamma);
  if (kind.srgb) png_set_sRGB(png, info, PNG_sRGB_INTENT_PERCEPTUAL);
  std::vector<png_color> palette;
  for (int i = 0; i < 256; ++i) {
    const auto level = static_cast<png_byte>(i);
    palette.push_back({level, static_cast<png_byte>(255 - i), level});
  }
  if (kind.colour_type == PNG_COLOR_TYPE_PALETTE) png_set_PLTE(png, info, palette.data(), 256);
  png_write_info(png, info);
  const std::size_t row = samples.size() / static_cast<std::size_t>(height);
  for (int y = 0; y < height; ++y) {
    std::vector<std::uint8_t> line;
    for (std::size_t i = 0; i < row; ++i) {
      const std::uint8_t sample = samples[static_cast<std::size_t>(y) * row + i];
      line.insert(line.end(), static_cast<std::size_t>(kind.bits / 8), sample);  // 16 bits: 257 times the value of 8
    }
    png_write_row(png, line.data());
  }
  png_write_end(png, info);
  png_destroy_write_struct(&png, &info);
  return bytes;
}

std::vector<std::uint8_t> every_sample(int channels) {  // 16 x 16 pixels, including alpha
  std::vector<std::uint8_t> samples;
  for (int i = 0; i < 256; ++i) {
    for (int channel = 0; channel < channels; ++channel)
      samples.push_back(static_cast<std::uint8_t>(i * (channel + 1)));
  }
  return samples;
}

TEST(Image, APngOf16BitsDecodesLikeOneOf8Bits) {
  const std::map<int, int> channels = {
      {PNG_COLOR_TYPE_GRAY, 1}, {PNG_COLOR_TYPE_GRAY_ALPHA, 2}, {PNG_COLOR_TYPE_RGB, 3}, {PNG_COLOR_TYPE_RGB_ALPHA, 4}};
  for (const auto& [colour_type, count] : channels) {
    const std::vector<std::uint8_t> samples = every_sample(count);
    for (const auto& [gamma, srgb] :
         std::vector<std::pair<double, bool>>{{0, false}, {0, true}, {0.45455, false}, {1.0, false}}) {
      const Image narrow = decode_image(png_of({8, colour_type, gamma, srgb}, 16, 16, samples), "8");
      const Image wide = decode_image(png_of({16, colour_type, gamma, srgb}, 16, 16, samples), "16");
      EXPECT_EQ(wide.pixels, narrow.pixels)
          << "colour type " << colour_type << ", gamma " << gamma << ", sRGB " << srgb;
    }
  }
}

TEST(Image, WithoutAGammaAPngsSamplesAreThePixels) {
  for (const int bits : {8, 16}) {
    const Image grey = decode_image(png_of({bits, PNG_COLOR_TYPE_GRAY}, 16, 16, every_sample(1)), "grey.png");
    for (std::size_t i = 0; i < 256; ++i) {
      EXPECT_EQ(grey.pixels[3 * i], i);
      EXPECT_EQ(grey.pixels[3 * i + 2], i);
    }
    EXPECT_EQ(decode_image(png_of({bits, PNG_COLOR_TYPE_RGB}, 16, 16, every_sample(3)), "rgb.png").pixels,
              every_sample(3));
  }
  const Image coloured = decode_image(png_of({8, PNG_COLOR_TYPE_PALETTE}, 16, 16, every_sample(1)), "palette.png");
  EXPECT_EQ(coloured.pixels[3 * 40], 40);
  EXPECT_EQ(coloured.pixels[3 * 40 + 1], 215);
}

enum class Inks { plain, adobe, adobe_ycck };

// The image in CMYK, without black.
std::string jpeg_in_inks(const Image& image, Inks inks) {
  jpeg_error_mgr errors;
  jpeg_compress_struct picture{};
  picture.err = jpeg_std_error(&errors);
  jpeg_create_compress(&picture);
  unsigned char* bytes = nullptr;
  unsigned long size = 0;
  jpeg_mem_dest(&picture, &bytes, &size);
  picture.image_width = static_cast<JDIMENSION>(image.width);
  picture.image_height = static_cast<JDIMENSION>(image.height);
  picture.input_components = 4;
  picture.in_color_space = JCS_CMYK;
  jpeg_set_defaults(&picture);
  jpeg_set_colorspace(&picture, inks == Inks::adobe_ycck ? JCS_YCCK : JCS_CMYK);
  picture.write_Adobe_marker = inks != Inks::plain;
  jpeg_set_quality(&picture, 95, TRUE);
  jpeg_start_compress(&picture, TRUE);
  for (int y = 0; y < image.height; ++y) {
    std::vector<JSAMPLE> row;
    for (int i = 0; i < 3 * image.width; ++i) {
      const std::uint8_t light = image.pixels[static_cast<std::size_t>(y * image.width * 3 + i)];
      row.push_back(inks == Inks::plain ? static_cast<JSAMPLE>(255 - light) : light);
      if (i % 3 == 2) row.push_back(inks == Inks::plain ? 0 : 255);
    }
    JSAMPROW rows = row.data();
    jpeg_write_scanlines(&picture, &rows, 1);
  }
  jpeg_finish_compress(&picture);
  jpeg_destroy_compress(&picture);
  const std::string jpeg(reinterpret_cast<char*>(bytes), size);
  std::free(bytes);
  return jpeg;
}

TEST(Image, CmykJpegsAreDecoded) {
  const Image image = ramp(64, 48);
  for (const Inks inks : {Inks::plain, Inks::adobe, Inks::adobe_ycck}) {
    const Image decoded = decode_image(jpeg_in_inks(image, inks), "cmyk.jpg");
    ASSERT_EQ(decoded.pixels.size(), image.pixels.size());
    for (std::size_t i = 0; i < image.pixels.size(); ++i) {
      ASSERT_NEAR(decoded.pixels[i], image.pixels[i], 14) << i << " of kind " << static_cast<int>(inks);
    }
  }
}

// Noise, so that the entropy-coded data are long.
std::string noisy_jpeg() {
  Random random(5, 0, 0, Purpose::synthetic);
  Image image{96, 96, {}};
  for (int i = 0; i < 96 * 96 * 3; ++i) image.pixels.push_back(static_cast<std::uint8_t>(random.next() >> 24));
  return encode_jpeg(image, 90);
}

// The pixels are random. Detectable damage must not be decoded to grey.
TEST(Image, AJpegThatIsDamagedInItsMiddleIsADataError) {
  const std::string whole = noisy_jpeg();
  for (const std::string& lost : {std::string("\xFF\xD9"), std::string("\xFF\xD8"), std::string("\xFF\xC4")}) {
    std::string damaged = whole;
    damaged.replace(whole.size() / 2, lost.size(), lost);
    const Error error = error_of([&] { decode_image(damaged, "im0001.jpg"); });
    EXPECT_EQ(error.blame, Blame::data);
    EXPECT_THAT(error.what(), testing::AllOf(HasSubstr("im0001.jpg: is a damaged JPEG"), HasSubstr("--skip-bad")));
  }
}

TEST(Image, HarmlessFaultsOfAJpegAreIgnored) {
  const std::string whole = noisy_jpeg();
  const Image expected = decode_image(whole, "whole");
  const auto with = [&](std::size_t at, const std::string& bytes) { return std::string(whole).insert(at, bytes); };
  const std::size_t table = whole.find("\xFF\xDB");
  EXPECT_EQ(decode_image(with(table, "stray"), "between segments").pixels, expected.pixels);
  EXPECT_EQ(decode_image(with(whole.size() - 2, std::string(3, '\0')), "before the end").pixels, expected.pixels);
  EXPECT_EQ(decode_image(with(whole.size(), "of another program"), "behind the end").pixels, expected.pixels);
  std::string revision = whole;
  revision[whole.find("JFIF") + 5] = 9;
  EXPECT_EQ(decode_image(revision, "JFIF 9").pixels, expected.pixels);
}

std::string in_four_bytes(std::uint32_t value) {
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(value >> shift);
  return bytes;
}

TEST(Image, TooLargeImagesAreNotCalledDamaged) {
  const auto png_of_size = [](std::uint32_t width, std::uint32_t height) {
    std::string bytes = encode_png(ramp(4, 4));
    bytes.replace(16, 8, in_four_bytes(width) + in_four_bytes(height));
    const auto* header = reinterpret_cast<const unsigned char*>(bytes.data() + 12);
    bytes.replace(29, 4, in_four_bytes(static_cast<std::uint32_t>(crc32(0, header, 17))));
    return error_of([&] { decode_image(bytes, "huge.png"); });
  };
  for (const Error& error : {png_of_size(20000, 20000), png_of_size(2000000, 4)}) {
    EXPECT_EQ(error.blame, Blame::data);
    EXPECT_THAT(error.what(), testing::AllOf(HasSubstr("are not read"), HasSubstr("make it smaller")));
  }
  std::string jpeg = encode_jpeg(ramp(16, 16), 90);
  jpeg.replace(jpeg.find("\xFF\xC0") + 5, 4, "\x60\x60\x60\x60");
  EXPECT_THAT(error_of([&] { decode_image(jpeg, "huge.jpg"); }).what(),
              HasSubstr("has 24672 x 24672 pixels; more than"));
}

TEST(Image, AFileOfAnotherKindIsNamedWithAConversionCommand) {
  const std::map<std::string, std::string> kinds = {
      {std::string("RIFF\x24\0\0\0WEBPVP8 ", 16), "a WebP image"},
      {"GIF89a", "a GIF image"},
      {std::string("II*\0\x08\0\0\0", 8), "a TIFF image"},
      {std::string("MM\0*\0\0\0\x08", 8), "a TIFF image"},
      {std::string("\0\0\0\x18"
                   "ftypheic\0\0\0\0mif1heic",
                   24),
       "a HEIC image"},
      {std::string("\0\0\0\x18"
                   "ftypmif1\0\0\0\0mif1heic",
                   24),
       "a HEIC image"},
      {std::string("\0\0\0\x18"
                   "ftypavif\0\0\0\0avifmif1",
                   24),
       "an AVIF image"},
      {std::string("\0\0\0\x18"
                   "ftypmif1\0\0\0\0miafavif",
                   24),
       "an AVIF image"},
      {std::string("\0\0\0\x18"
                   "ftypisom\0\0\2\0isomiso2",
                   24),
       "a video"},
      {std::string("BM\x36\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0\1\0\0\0", 22), "a BMP image"},
      {std::string("\0\0\0\x0CJXL \r\n\x87\n", 12), "a JPEG XL image"},
      {"\xFF\x0A\xFA\x7F", "a JPEG XL image"},
      {std::string("\0\0\0\x0CjP  \r\n\x87\n", 12), "a JPEG 2000 image"},
      {"\xFF\x4F\xFF\x51", "a JPEG 2000 image"},
      {"version https://git-lfs.github.com/spec/v1\noid sha256:1\nsize 5\n", "a git-LFS pointer"},
      {"/annex/objects/SHA256E-s5--1.jpg", "a git-annex pointer"},
      {"\xEF\xBB\xBF\n <!DOCTYPE HTML>\n<html>", "a web page"},
      {"<html><head>", "a web page"},
      {"<?xml version=\"1.0\"?>\n<svg>", "an SVG drawing"},
      {"<?xml version=\"1.0\"?>\n<Error>AccessDenied</Error>", "an XML file"},
      {"{\"message\": \"not found\"}", "JSON text"},
      {"P6\n4 4\n255\n", "a PNM image"},
      {std::string(64, '\0'), "nothing but zeros"},
      {"", "an empty file"},
  };
  for (const auto& [bytes, name] : kinds) {
    const Error error = error_of([&] { decode_image(bytes, "im0001.jpg"); });
    EXPECT_EQ(error.blame, Blame::data);
    EXPECT_THAT(error.problem, testing::AllOf(testing::StartsWith("is " + name.substr(0, name.find("nothing"))),
                                              HasSubstr(name), HasSubstr("not a JPEG or PNG image")));
    EXPECT_NE(error.hint, "");
  }
  EXPECT_THAT(error_of([] { decode_image("RIFF1234WEBPVP8 ", "a.jpg"); }).hint,
              HasSubstr("dwebp 'a.jpg' -o 'a.jpg.png'"));
  EXPECT_THAT(error_of([] { decode_image("who knows", "a.jpg"); }).problem,
              HasSubstr("neither a JPEG nor a PNG image"));
  EXPECT_EQ(error_of([] { read_image("no/such/file.jpg"); }).blame, Blame::environment);
}

}  // namespace
}  // namespace pbn::data
