#include "data/image.h"

#include <cstdlib>

#include "base/files.h"
#include "error_of.h"
#include "small_pose_file.h"

namespace pbn {
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

TEST(Image, OtherFilesAreRefused) {
  EXPECT_THAT(error_of([] { decode_image("GIF89a", "a.gif"); }).what(), HasSubstr("neither a JPEG nor a PNG"));
  EXPECT_EQ(error_of([] { decode_image("", "a.jpg"); }).blame, Blame::data);
  EXPECT_EQ(error_of([] { read_image("no/such/file.jpg"); }).blame, Blame::environment);
}

}  // namespace
}  // namespace pbn
