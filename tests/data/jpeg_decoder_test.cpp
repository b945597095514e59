// Decoding windows of JPEGs.
#include "data/photographs/jpeg.h"

#include <turbojpeg.h>

#include "data/photographs/image.h"
#include "error_of.h"
#include "small_pose_file.h"

namespace pbn::data {
namespace {

using Bytes = std::vector<std::uint8_t>;

Bytes as_jpeg(const Bytes& pixels, TJSAMP chroma, int flags = 0) {
  const std::unique_ptr<void, int (*)(tjhandle)> encoder(tjInitCompress(), tjDestroy);
  unsigned char* bytes = nullptr;
  unsigned long size = 0;
  EXPECT_EQ(
      tjCompress2(encoder.get(), pixels.data(), crop_side, 0, crop_side, TJPF_RGB, &bytes, &size, chroma, 90, flags),
      0);
  const std::unique_ptr<unsigned char, void (*)(unsigned char*)> owner(bytes, tjFree);
  return {bytes, bytes + size};
}

TEST(JpegDecoder, AWindowHasTheBytesOfTheWholePictureHoweverItIsCoded) {
  const Bytes noise = random_crop(crop_side, 1);
  Random random(7, 0, 0, Purpose::synthetic);
  JpegDecoder decoder;
  for (const Bytes& jpeg : {as_jpeg(noise, TJSAMP_444), as_jpeg(noise, TJSAMP_420), as_jpeg(noise, TJSAMP_422),
                            as_jpeg(noise, TJSAMP_GRAY), as_jpeg(noise, TJSAMP_444, TJFLAG_PROGRESSIVE)}) {
    const Bytes whole = decode_image({reinterpret_cast<const char*>(jpeg.data()), jpeg.size()}, "noise").pixels;
    for (int trial = 0; trial < 60; ++trial) {
      Window window;
      window.left = static_cast<int>(random.below(crop_side)), window.top = static_cast<int>(random.below(crop_side));
      window.right =
          window.left + 1 + static_cast<int>(random.below(static_cast<std::uint32_t>(crop_side - window.left)));
      window.bottom =
          window.top + 1 + static_cast<int>(random.below(static_cast<std::uint32_t>(crop_side - window.top)));
      Bytes part(whole.size());
      decoder.decode(jpeg, crop_side, window, part);
      for (int y = window.top; y < window.bottom; ++y) {
        const auto first = (y * crop_side + window.left) * 3, last = (y * crop_side + window.right) * 3;
        ASSERT_TRUE(std::equal(whole.begin() + first, whole.begin() + last, part.begin() + first))
            << "columns " << window.left << " to " << window.right << " of row " << y;
      }
    }
  }
}

TEST(JpegDecoder, CanBeReusedAfterADamagedPicture) {
  const Bytes good = as_jpeg(random_crop(crop_side, 2), TJSAMP_444);
  const Window all{0, 0, crop_side, crop_side};
  Bytes pixels(crop_side * crop_side * 3), again(pixels.size());
  JpegDecoder decoder;
  decoder.decode(good, crop_side, all, pixels);
  for (std::size_t left = 0; left + 2 < good.size(); left += 101) {
    EXPECT_EQ(error_of([&] { decoder.decode(std::span(good).first(left), crop_side, all, again); }).blame, Blame::data);
  }
  decoder.decode(good, crop_side, all, again);
  EXPECT_EQ(again, pixels);
}

TEST(JpegDecoder, APictureOfAnotherSizeIsRefusedBeforeItIsWritten) {
  const Bytes jpeg = as_jpeg(random_crop(crop_side, 3), TJSAMP_444);
  Bytes small(64 * 64 * 3, 1);
  JpegDecoder decoder;
  EXPECT_THAT(error_of([&] {
                decoder.decode(jpeg, 64, {0, 0, 64, 64}, small);
              }).problem,
              testing::HasSubstr("has 96 x 96 pixels; expected 64 x 64"));
  EXPECT_EQ(small, Bytes(small.size(), 1));
}

}  // namespace
}  // namespace pbn::data
