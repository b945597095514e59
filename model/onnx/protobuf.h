// Writes Protocol Buffers' wire format (protobuf.dev/programming-guides/encoding), as far as an ONNX file needs it.
// LibTorch exports the symbols of a protobuf library of its own, with which Debian's would clash in the same program.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace pbn::model {

// A message whose fields are written in the order of the calls. `field` is the field's number in the .proto file.
class ProtobufMessage {
 public:
  ProtobufMessage& integer(int field, std::int64_t value);    // int32, int64, enum
  ProtobufMessage& real(int field, float value);              // float
  ProtobufMessage& bytes(int field, std::string_view value);  // string, bytes
  ProtobufMessage& message(int field, const ProtobufMessage& value);

  const std::string& encoded() const { return encoded_; }

 private:
  void varint(std::uint64_t value);
  void key(int field, int wire_type);

  std::string encoded_;
};

}  // namespace pbn::model
