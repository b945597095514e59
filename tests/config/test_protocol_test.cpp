// What test protocols are called.
#include "config/test_protocol.h"

#include <gmock/gmock.h>

#include "config/identity.h"
#include "config/schema.h"
#include "tests/data/error_of.h"

namespace pbn::config {
namespace {

using ::testing::HasSubstr;

Json resolved_with(const std::string& name) { return resolve({{"test", {{"name", name}, {"flip", true}}}}, ""); }

TEST(ProtocolName, IsWhatPeopleCallItAndIdentifiesNothing) {
  const TestProtocol named = test_protocol(resolved_with("mirrored")["test"]),
                     plain = test_protocol(resolved_with("")["test"]);
  EXPECT_EQ(protocol_title(named), "mirrored");
  EXPECT_EQ(protocol_title(plain), "scale-1-flip-shift");
  EXPECT_EQ(protocol_name(named), protocol_name(plain));
  EXPECT_EQ(test_protocol(to_json(named)).name, "mirrored");
  EXPECT_FALSE(to_json(plain).contains("name")) << "as in files of earlier versions";
  EXPECT_EQ(run_id(identity_of(resolved_with("mirrored"), {})), run_id(identity_of(resolved_with(""), {})));
}

TEST(ProtocolName, IsNoPathAndNotLikeTheNamesThatIdentifyProtocols) {
  for (const char* good : {"", "a", "pyramid", "six-scales_2.1", "P6"}) EXPECT_TRUE(is_protocol_name(good)) << good;
  for (const char* bad : {"a/b", "..", ".a", "a.", "two words", "scale-1-flip", "scales", "\xC3\xA4", "-a"}) {
    EXPECT_FALSE(is_protocol_name(bad)) << bad;
  }
  EXPECT_FALSE(is_protocol_name(std::string(61, 'a')));
  EXPECT_THAT(data::error_of([] { resolved_with("a/b"); }).what(),
              HasSubstr("test.name: \"a/b\" is not allowed; expected letters, digits, and - _ . between them"));
}

}  // namespace
}  // namespace pbn::config
