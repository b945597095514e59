// Damaged and hostile headers of safetensors files: each is refused with one data error that names the file.
#include "model/weights/safetensors_header.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"

namespace pbn::model {
namespace {

using ::testing::HasSubstr;

std::string laid_out(const std::string& header, std::size_t data_bytes) {
  std::uint64_t length = header.size();
  return std::string(reinterpret_cast<const char*>(&length), 8) + header + std::string(data_bytes, '\0');
}

SafeTensorsHeader parse(const std::string& content) { return parse_safetensors_header(content, content.size(), "w"); }

std::string error_of_file(const std::string& content) {
  try {
    parse(content);
  } catch (const Error& error) {
    EXPECT_EQ(error.blame, Blame::data);
    EXPECT_EQ(error.where, "w");
    EXPECT_LT(error.problem.size(), 200u);
    return error.problem;
  }
  return "no error";
}

std::string error_of_header(const std::string& header, std::size_t data_bytes = 8) {
  return error_of_file(laid_out(header, data_bytes));
}

TEST(SafeTensorsHeader, ReturnsTheTypesShapesAndPlacesOfTensors) {
  const SafeTensorsHeader header = parse(laid_out(
      R"({"__metadata__":{"a":"b"},"x":{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]},
          "empty":{"dtype":"I64","shape":[0,7],"data_offsets":[8,8]}})",
      8));
  ASSERT_EQ(header.tensors.size(), 2u);
  EXPECT_EQ(header.tensors[0].name, "x");
  EXPECT_EQ(header.tensors[0].type, ElementType::f32);
  EXPECT_EQ(header.tensors[0].shape, (std::vector<std::int64_t>{2, 1}));
  EXPECT_EQ(header.tensors[1].begin, 8u);
  EXPECT_EQ(header.metadata, (Metadata{{"a", "b"}}));
}

TEST(SafeTensorsHeader, IsReadAsItWasWritten) {
  const std::string written =
      safetensors_header({{"b", ElementType::bf16, {3}, 0, 0}, {"a", ElementType::u8, {}, 0, 0}}, {{"k", "v"}});
  EXPECT_EQ(written.size() % 8, 0u);
  const SafeTensorsHeader header = parse(written + std::string(7, '\0'));
  EXPECT_EQ(header.tensors[1].name, "a");
  EXPECT_EQ(header.tensors[1].begin, 6u);
  EXPECT_EQ(header.data_begin, written.size());
}

TEST(SafeTensorsHeader, WithAnImpossibleLengthIsRefused) {
  EXPECT_THAT(error_of_file(""), HasSubstr("has only 0 bytes"));
  EXPECT_THAT(error_of_file("1234567"), HasSubstr("has only 7 bytes"));
  EXPECT_THAT(error_of_file(std::string("\xff\xff\xff\xff\xff\xff\xff\xff{}", 10)), HasSubstr("only 2 follow"));
  const std::string long_header = laid_out("{}", 0);
  std::uint64_t length = 200'000'000;
  const std::string start(reinterpret_cast<const char*>(&length), 8);
  EXPECT_THROW(parse_safetensors_header(start + "{}", 1'000'000'000, "w"), Error);
}

TEST(SafeTensorsHeader, ThatIsNotAJsonObjectOfEntriesIsRefused) {
  for (const char* header :
       {"[]", "{", "", "nul", "{\"x\":7}", "{\"__metadata__\":{\"a\":1}}", "{\"__metadata__\":[]}",
        R"({"x":{"dtype":"F32","shape":[2]}})", R"({"x":{"dtype":4,"shape":[2],"data_offsets":[0,8]}})",
        R"({"x":{"dtype":"F32","shape":2,"data_offsets":[0,8]}})",
        R"({"x":{"dtype":"F32","shape":[2],"data_offsets":[0]}})", "{\"\xff\xfe\":{}}"}) {
    EXPECT_NE(error_of_header(header), "no error") << header;
  }
  EXPECT_NE(error_of_header(std::string(100'000, '[')), "no error");  // without an overflow of the stack
}

TEST(SafeTensorsHeader, WithImpossibleTensorsIsRefused) {
  const auto with = [](const char* dtype, const char* shape, const char* offsets) {
    return error_of_header(
        fmt::format(R"({{"x":{{"dtype":"{}","shape":{},"data_offsets":{}}}}})", dtype, shape, offsets));
  };
  EXPECT_EQ(with("F32", "[2]", "[0,8]"), "no error");
  EXPECT_THAT(with("F16", "[2]", "[0,8]"), HasSubstr("has 8 bytes, which does not agree with its shape"));
  EXPECT_THAT(with("U16", "[4]", "[8,16]"), HasSubstr("lies outside"));
  EXPECT_THAT(with("F32", "[3]", "[0,8]"), HasSubstr("has 8 bytes, which does not agree with its shape"));
  EXPECT_THAT(with("F32", "[2]", "[8,16]"), HasSubstr("lies outside"));
  EXPECT_THAT(with("F32", "[2]", "[8,0]"), HasSubstr("lies outside"));
  EXPECT_THAT(with("F32", "[-2]", "[0,8]"), HasSubstr("not natural numbers"));
  EXPECT_THAT(with("F32", "[2.0]", "[0,8]"), HasSubstr("not natural numbers"));
  EXPECT_THAT(with("F32", "[true, 2]", "[0,8]"), HasSubstr("not natural numbers"));
  EXPECT_THAT(with("F32", "[2]", "[-8,0]"), HasSubstr("not natural numbers"));
  EXPECT_THAT(with("F32", "[18446744073709551615]", "[0,8]"), HasSubstr("not natural numbers"));
  EXPECT_THAT(with("F32", "[4294967296,4294967296,2]", "[0,8]"), HasSubstr("larger than any file"));
  EXPECT_THAT(with("F32", "[0,4294967296,4294967296]", "[0,0]"), HasSubstr("larger than any file"));
  EXPECT_THAT(with("U8", "[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,8]", "[0,8]"), HasSubstr("17 dimensions"));
}

TEST(SafeTensorsHeader, ReturnsThePlacesOfTensorsOfUnknownTypes) {
  const SafeTensorsHeader header = parse(laid_out(
      R"({"a":{"dtype":"U16","shape":[2],"data_offsets":[0,4]},"b":{"dtype":"F4","shape":[3],"data_offsets":[4,6]},
          "c":{"dtype":"BOOL","shape":[2],"data_offsets":[6,8]}})",
      8));
  EXPECT_EQ(header.tensors[0].type, ElementType::other);
  EXPECT_EQ(header.tensors[0].other_type, "U16");
  EXPECT_EQ(header.tensors[1].other_type, "F4");
  EXPECT_EQ(header.tensors[2].type, ElementType::boolean);
  EXPECT_EQ(header.tensors[2].begin, 6u);
}

TEST(SafeTensorsHeader, WithTensorsThatOverlapLeaveGapsOrShareANameIsRefused) {
  const auto two = [](const char* first, const char* second, const char* name = "y") {
    return error_of_header(fmt::format(R"({{"x":{{"dtype":"U8","shape":[4],"data_offsets":{}}},)"
                                       R"("{}":{{"dtype":"U8","shape":[4],"data_offsets":{}}}}})",
                                       first, name, second));
  };
  EXPECT_EQ(two("[0,4]", "[4,8]"), "no error");
  EXPECT_EQ(two("[4,8]", "[0,4]"), "no error");
  EXPECT_THAT(two("[0,4]", "[2,6]"), HasSubstr("overlap before tensor \"y\""));
  EXPECT_THAT(two("[0,4]", "[0,4]"), HasSubstr("overlap"));
  EXPECT_THAT(two("[0,4]", "[4,8]", "x"), HasSubstr("two tensors are called \"x\""));
  EXPECT_THAT(error_of_header(R"({"x":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}})"),
              HasSubstr("8 bytes of data"));
  EXPECT_THAT(error_of_header(R"({"x":{"dtype":"U8","shape":[4],"data_offsets":[4,8]}})"), HasSubstr("gap"));
}

TEST(SafeTensorsHeader, WithAVeryLongNameIsRefusedInAShortMessage) {
  EXPECT_THAT(error_of_header("{\"" + std::string(100'000, 'n') + "\":7}"), HasSubstr("nnn..."));
}

}  // namespace
}  // namespace pbn::model
