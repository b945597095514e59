#include "base/json.h"

#include <gmock/gmock.h>

#include <fstream>

#include "base/digest.h"
#include "base/error.h"
#include "tests/temporary_folder.h"

namespace pbn {
namespace {

namespace fs = std::filesystem;

TEST(Json, TheCanonicalFormSortsKeysAndKeepsNumbersExact) {
  EXPECT_EQ(canonical({{"b", 0.1}, {"a", {1, 2.5, "x"}}}), R"({"a":[1,2.5,"x"],"b":0.1})");
}

TEST(Json, DottedPathsSetAndRead) {
  Json value = Json::object();
  set_path(value, "model.depth", 2);
  EXPECT_EQ(value["model"]["depth"], 2);
  EXPECT_EQ(at_path(value, "model.depth"), 2);
  EXPECT_TRUE(at_path(value, "model.width").is_null());
  EXPECT_TRUE(at_path(value, "model.depth.deeper").is_null());
}

TEST(Json, LinesSurviveAWriterThatWasKilledInTheMiddleOfOne) {
  const TemporaryFolder folder;
  const fs::path file = folder / "lines.jsonl";
  append_json_line(file, {{"step", 1}});
  append_json_line(file, {{"step", 2}});
  std::ofstream(file, std::ios::app) << R"({"step": 3, "lo)";
  const auto lines = read_json_lines(file);
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_EQ(lines[1]["step"], 2);
}

TEST(Json, ABrokenFileIsNamedWithThePlace) {
  const TemporaryFolder folder;
  const fs::path file = folder / "broken.json";
  std::ofstream(file) << R"({"a": )";
  try {
    read_json(file);
    ADD_FAILURE() << "nothing was thrown";
  } catch (const Error& error) {
    EXPECT_EQ(error.blame, Blame::data);
    EXPECT_THAT(error.what(), testing::HasSubstr(file.string() + ": is not valid JSON at byte"));
  }
}

TEST(Json, AMillionBracketsAreRefusedAndBracketsInTextsAreNotCounted) {
  EXPECT_THROW(parse_json(std::string(1'000'000, '['), "a.json"), Error);
  const std::string text = R"(["\")" + std::string(1000, '[') + R"("])";
  EXPECT_EQ(parse_json(text, "a.json")[0].get<std::string>().size(), 1001u);
}

TEST(Digest, IsSha256) {
  EXPECT_EQ(sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");  // FIPS 180-2
  Sha256 parts;
  parts.update("a");
  parts.update(std::span<const char>("bc", 2));
  EXPECT_EQ(parts.hex(), sha256_hex("abc"));
}

}  // namespace
}  // namespace pbn
