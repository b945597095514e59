// The EXIF orientation.
#include "data/photographs/orientation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <string>

#include "base/random.h"

namespace pbn::data {
namespace {

std::string in_bytes(std::uint32_t value, int width, bool big_endian) {
  std::string bytes;
  for (int i = 0; i < width; ++i) {
    bytes += static_cast<char>(value >> 8 * (big_endian ? width - 1 - i : i));
  }
  return bytes;
}

// A TIFF with one other tag before the orientation.
std::string exif(std::uint32_t orientation, bool big_endian = true) {
  const auto number = [&](std::uint32_t value, int width) { return in_bytes(value, width, big_endian); };
  const auto entry = [&](std::uint32_t tag, std::uint32_t value) {
    return number(tag, 2) + number(3, 2) + number(1, 4) + number(value, 2) + number(0, 2);
  };
  return (big_endian ? "MM" : "II") + number(42, 2) + number(8, 4) + number(2, 2) + entry(0x0106, 2) +
         entry(0x0112, orientation) + number(0, 4);
}

std::string segment(char marker, const std::string& content) {
  return std::string("\xFF") + marker + in_bytes(static_cast<std::uint32_t>(content.size() + 2), 2, true) + content;
}

std::string jpeg_with(const Image& image, const std::string& segments) {
  std::string bytes = encode_jpeg(image, 95);
  return bytes.insert(2, segments);
}

std::string exif_segment(const std::string& tiff) { return segment('\xE1', std::string("Exif\0\0", 6) + tiff); }

// Inserts the chunk before the end chunk, which has 12 bytes.
std::string png_with(const Image& image, const std::string& tiff) {
  const std::string chunk = "eXIf" + tiff;
  const auto sum = static_cast<std::uint32_t>(
      crc32(0, reinterpret_cast<const unsigned char*>(chunk.data()), static_cast<unsigned>(chunk.size())));
  std::string bytes = encode_png(image);
  return bytes.insert(bytes.size() - 12,
                      in_bytes(static_cast<std::uint32_t>(tiff.size()), 4, true) + chunk + in_bytes(sum, 4, true));
}

// Letters, one for each pixel, row by row.
Image picture(int width, int height, const std::string& letters) {
  Image image{width, height, {}};
  for (const char letter : letters) image.pixels.insert(image.pixels.end(), 3, static_cast<std::uint8_t>(letter));
  return image;
}

std::string letters_of(const Image& image) {
  std::string letters;
  for (int y = 0; y < image.height; ++y) {
    for (int x = 0; x < image.width; ++x) letters += static_cast<char>(image.pixels[3 * (y * image.width + x)]);
    letters += '\n';
  }
  return letters;
}

TEST(Orientation, EachOfTheEightBringsTheSceneUpright) {
  const std::string upright = "###\n#..\n##.\n#..\n#..\n";  // an F; below, how cameras store it
  const std::string tall[] = {
      "###"
      "#.."
      "##."
      "#.."
      "#..",
      "###"
      "..#"
      ".##"
      "..#"
      "..#",
      "..#"
      "..#"
      ".##"
      "..#"
      "###",
      "#.."
      "#.."
      "##."
      "#.."
      "###"};
  const std::string wide[] = {
      "#####"
      "#.#.."
      "#....",
      "#...."
      "#.#.."
      "#####",
      "....#"
      "..#.#"
      "#####",
      "#####"
      "..#.#"
      "....#"};
  for (std::uint8_t i = 0; i < 4; ++i) {
    const auto first_four = Orientation{static_cast<std::uint8_t>(i + 1)};
    const auto last_four = Orientation{static_cast<std::uint8_t>(i + 5)};
    EXPECT_EQ(letters_of(turned(picture(3, 5, tall[i]), first_four)), upright) << i + 1;
    EXPECT_EQ(letters_of(turned(picture(5, 3, wide[i]), last_four)), upright) << i + 5;
    EXPECT_FALSE(swaps_sides(first_four));
    EXPECT_TRUE(swaps_sides(last_four));
  }
}

TEST(Orientation, IsReadFromJpegsAndPngsInBothByteOrders) {
  const Image image = picture(2, 1, "ab");
  for (std::uint8_t number = 1; number <= 8; ++number) {
    for (const bool big_endian : {true, false}) {
      const std::string tiff = exif(number, big_endian);
      EXPECT_EQ(camera_orientation(jpeg_with(image, exif_segment(tiff))), Orientation{number});
      EXPECT_EQ(camera_orientation(png_with(image, tiff)), Orientation{number});
    }
  }
}

TEST(Orientation, IsFoundBehindOtherSegmentsStrayBytesAndFill) {
  const std::string xmp = segment('\xE1', "http://ns.adobe.com/xap/1.0/"), comment = segment('\xFE', "held upright");
  const std::string segments = xmp + comment + "stray" + "\xFF\xFF" + exif_segment(exif(6)) + exif_segment(exif(3));
  EXPECT_EQ(camera_orientation(jpeg_with(picture(2, 1, "ab"), segments)), Orientation::right_top);
}

TEST(Orientation, MissingAndInvalidOrientationsAreUpright) {
  const Image image = picture(2, 1, "ab");
  EXPECT_EQ(camera_orientation(encode_jpeg(image, 90)), Orientation::top_left);
  EXPECT_EQ(camera_orientation(encode_png(image)), Orientation::top_left);
  EXPECT_EQ(camera_orientation(jpeg_with(image, exif_segment(exif(0)))), Orientation::top_left);
  EXPECT_EQ(camera_orientation(jpeg_with(image, exif_segment(exif(9)))), Orientation::top_left);
  EXPECT_EQ(camera_orientation(jpeg_with(image, exif_segment("MM"))), Orientation::top_left);
  EXPECT_EQ(camera_orientation(jpeg_with(image, exif_segment(""))), Orientation::top_left);
  EXPECT_EQ(camera_orientation(""), Orientation::top_left);
  EXPECT_EQ(camera_orientation("GIF89a"), Orientation::top_left);
}

TEST(Orientation, ArbitraryBytesAreSafe) {
  const Image image = picture(2, 1, "ab");
  Random random(3, 0, 0, Purpose::synthetic);
  for (const std::string& whole : {jpeg_with(image, exif_segment(exif(6))),
                                   jpeg_with(image, exif_segment(exif(6, false))), png_with(image, exif(6))}) {
    for (std::size_t left = 0; left < whole.size(); ++left) camera_orientation(std::string(whole, 0, left));
    for (int trial = 0; trial < 20000; ++trial) {
      std::string damaged = whole;
      for (int change = 0; change < 3; ++change) {
        damaged[random.below(static_cast<std::uint32_t>(damaged.size()))] = static_cast<char>(random.next() >> 24);
      }
      const auto number = static_cast<int>(camera_orientation(damaged));
      ASSERT_TRUE(number >= 1 && number <= 8);
    }
  }
}

TEST(Orientation, AFileIsReadUpright) {
  const std::string png = png_with(picture(5, 3, "#....#.#..#####"), exif(6));
  EXPECT_EQ(letters_of(turned(decode_image(png, "a.png"), camera_orientation(png))), "###\n#..\n##.\n#..\n#..\n");
}

}  // namespace
}  // namespace pbn::data
