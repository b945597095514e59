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

TEST(Json, AnIncompleteLastLineIsSkipped) {
  const TemporaryFolder folder;
  const fs::path file = folder / "lines.jsonl";
  append_json_line(file, {{"step", 1}});
  append_json_line(file, {{"step", 2}});
  std::ofstream(file, std::ios::app) << R"({"step": 3, "lo)";
  const auto lines = read_json_lines(file);
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_EQ(lines[1]["step"], 2);
}

TEST(Json, TheErrorNamesTheFileAndThePlace) {
  const TemporaryFolder folder;
  const fs::path file = folder / "broken.json";
  std::ofstream(file) << R"({"a": )";
  try {
    read_json(file);
    ADD_FAILURE() << "nothing was thrown";
  } catch (const Error& error) {
    EXPECT_EQ(error.blame, Blame::data);
    EXPECT_THAT(error.what(), testing::HasSubstr(file.string() + ": is not valid JSON: it ends in the middle"));
  }
}

// The error message for a text that is not JSON.
std::string message_for(const std::string& text) {
  try {
    parse_json(text, "a.json");
    return "nothing was thrown";
  } catch (const Error& error) {
    EXPECT_EQ(error.blame, Blame::data);
    EXPECT_EQ(error.where, "a.json");
    return error.what();
  }
}

TEST(Json, PythonsExtensionsAreNamedWithLineAndColumn) {
  EXPECT_THAT(message_for("{\n  \"a\": [1, NaN]}"),
              testing::HasSubstr("is not valid JSON at line 2, column 12: NaN is not a JSON number (near"));
  EXPECT_THAT(message_for("[-Infinity]"), testing::HasSubstr("line 1, column 2: -Infinity is not a JSON number"));
  EXPECT_THAT(message_for("[nan]"), testing::HasSubstr("column 2: nan is not a JSON number"));
  EXPECT_THAT(message_for("[True, None]"), testing::HasSubstr("column 2: True is Python, not JSON"));
  EXPECT_THAT(message_for("{'a': 1}"), testing::HasSubstr("column 2: a string is in '"));
}

TEST(Json, ColumnsAreCharactersAndAByteOrderMarkIsSkipped) {
  EXPECT_THAT(message_for("[\"äöü\", NaN]"), testing::HasSubstr("line 1, column 9: NaN"));
  EXPECT_EQ(parse_json("\xEF\xBB\xBF[1]", "a.json")[0], 1);
}

TEST(Json, CommonMistakesAreNamed) {
  EXPECT_THAT(message_for("[1, 2,]"), testing::HasSubstr("column 7: a comma follows the last value"));
  EXPECT_THAT(message_for("[1] // one"), testing::HasSubstr("comments are not JSON"));
  EXPECT_THAT(message_for("{\"a\": 1}\n{\"a\": 2}\n"),
              testing::HasSubstr("line 2, column 1: more text follows the end of the value"));
  EXPECT_THAT(message_for("[\"a\nb\"]"), testing::HasSubstr("a string contains a line break"));
  EXPECT_THAT(message_for("[\"\xE4\"]"), testing::HasSubstr("bytes that are not UTF-8"));
  EXPECT_THAT(message_for("[1, 1e999]"), testing::HasSubstr("too large, 1e999 at line 1, column 5"));
  EXPECT_THAT(message_for("[1 2]"), testing::HasSubstr("is not valid JSON at line 1, column 4 (near [1 2])"));
}

TEST(Json, TruncatedFilesAndOtherKindsOfFileAreRecognised) {
  EXPECT_THAT(message_for("{\"a\": [1,\n"),
              testing::HasSubstr("it ends in the middle, at line 2, column 1; copy or write"));
  EXPECT_THAT(message_for("[\"abc"), testing::HasSubstr("it ends in the middle, at line 1, column 6"));
  EXPECT_THAT(message_for(" \n"), testing::HasSubstr("it is empty"));
  EXPECT_THAT(message_for(std::string("\xFF\xFE[\0]\0", 6)), testing::HasSubstr("it is UTF-16 text"));
  EXPECT_THAT(message_for(std::string("\0[\0]", 4)), testing::HasSubstr("it is UTF-16 text"));
  EXPECT_THAT(message_for("<!DOCTYPE html><html>"), testing::HasSubstr("it is an HTML or XML page"));
  EXPECT_THAT(message_for("version https://git-lfs.github.com/spec/v1\noid sha256:0\n"),
              testing::HasSubstr("it is a git-LFS pointer; fetch"));
  EXPECT_THAT(message_for("\x89HDF\r\n\x1a\n"), testing::HasSubstr("it is an HDF5 file"));
  EXPECT_THAT(message_for("\x1F\x8B\x08"), testing::HasSubstr("it is a gzip archive"));
}

TEST(Json, AMillionBracketsAreRefusedAndBracketsInStringsAreNotCounted) {
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
