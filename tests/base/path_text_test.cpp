#include "base/path_text.h"

#include <gtest/gtest.h>

#include <set>

#include "base/error.h"
#include "base/json.h"
#include "base/text.h"

namespace pbn {
namespace {

const std::string names[] = {"plain.jpg",
                             "\xC3\xBC"
                             "ber.jpg",
                             "\xFC"
                             "ber.jpg",
                             "\\xFCber.jpg",
                             "back\\slash.jpg",
                             "\\x",
                             "\xE2\x82",
                             "\xED\xA0\x80",
                             "\xC0\xAF",
                             "\xFF\xFE\x80",
                             "a\\x5Cb",
                             "\\\\xFC",
                             "new\nline"};

TEST(PathText, IsUtf8AndDifferentForEveryPath) {
  std::set<std::string> texts;
  for (const std::string& name : names) {
    const std::string text = path_text(name);
    EXPECT_TRUE(is_utf8(text)) << text;
    EXPECT_EQ(path_of_text(text).string(), name);
    EXPECT_TRUE(texts.insert(text).second) << text;
  }
  for (int byte = 1; byte < 256; ++byte) {
    const std::string name{'a', static_cast<char>(byte), 'x', 'F', 'F'};
    EXPECT_EQ(path_of_text(path_text(name)).string(), name);
    EXPECT_NO_THROW(canonical(path_text(name)));
  }
}

TEST(PathText, IsThePathItselfIfItIsUtf8) {
  EXPECT_EQ(path_text("f\xC3\xBCnf/a b.jpg"), "f\xC3\xBCnf/a b.jpg");
  EXPECT_EQ(path_text("\xFC"
                      "ber.jpg"),
            "\\xFCber.jpg");
}

TEST(PathText, WritingOtherBytesAsJsonIsAUsageError) {
  try {
    canonical({{"store", "st\xFC"}});
    ADD_FAILURE() << "it was written";
  } catch (const Error& error) {
    EXPECT_EQ(error.blame, Blame::usage);
    EXPECT_EQ(error.where, "st\\xFC");
  }
}

}  // namespace
}  // namespace pbn
