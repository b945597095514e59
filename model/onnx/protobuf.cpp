#include "model/onnx/protobuf.h"

#include <bit>

namespace pbn::model {
namespace {

constexpr int varint_type = 0, length_type = 2, four_bytes_type = 5;

}  // namespace

ProtobufMessage& ProtobufMessage::integer(int field, std::int64_t value) {
  key(field, varint_type);
  varint(static_cast<std::uint64_t>(value));
  return *this;
}

ProtobufMessage& ProtobufMessage::real(int field, float value) {
  key(field, four_bytes_type);
  const auto bits = std::bit_cast<std::uint32_t>(value);
  for (int shift = 0; shift < 32; shift += 8) encoded_ += static_cast<char>(bits >> shift & 0xFFU);
  return *this;
}

ProtobufMessage& ProtobufMessage::bytes(int field, std::string_view value) {
  key(field, length_type);
  varint(value.size());
  encoded_ += value;
  return *this;
}

ProtobufMessage& ProtobufMessage::message(int field, const ProtobufMessage& value) {
  return bytes(field, value.encoded());
}

// Seven bits in each byte, the lowest first; the highest bit says that another byte follows.
void ProtobufMessage::varint(std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) encoded_ += static_cast<char>(value | 0x80U);
  encoded_ += static_cast<char>(value);
}

void ProtobufMessage::key(int field, int wire_type) {
  varint(static_cast<std::uint64_t>(field) << 3U | static_cast<std::uint64_t>(wire_type));
}

}  // namespace pbn::model
