#include "orchestrator/runs/event_file.h"

#include <array>
#include <bit>

namespace pbn::runs {
namespace {

constexpr std::array<std::uint32_t, 256> make_crc_table() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t byte = 0; byte < table.size(); ++byte) {
    std::uint32_t crc = byte;
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0x82f63b78U : 0U);
    table[byte] = crc;
  }
  return table;
}
constexpr std::array<std::uint32_t, 256> crc_table = make_crc_table();

// As TFRecords hold it, since the checksum of data that contain their own CRC has no value.
std::uint32_t masked_crc(std::string_view data) { return std::rotr(crc32c(data), 15) + 0xa282ead8U; }

template <typename Number>
void add_little_endian(std::string& bytes, Number number) {
  for (std::size_t byte = 0; byte < sizeof(Number); ++byte) bytes += static_cast<char>((number >> (8 * byte)) & 0xff);
}

// The parts of a protocol buffer: a key is the field's number and the form of its value.
enum class WireForm : unsigned { varint = 0, eight_bytes = 1, text = 2, four_bytes = 5 };

void add_varint(std::string& message, std::uint64_t number) {
  for (; number > 0x7f; number >>= 7) message += static_cast<char>((number & 0x7f) | 0x80);
  message += static_cast<char>(number);
}

void add_key(std::string& message, unsigned field, WireForm form) {
  add_varint(message, (field << 3) | static_cast<unsigned>(form));
}

void add_text(std::string& message, unsigned field, std::string_view text) {
  add_key(message, field, WireForm::text);
  add_varint(message, text.size());
  message += text;
}

std::string event_at(double wall_time) {
  std::string event;
  add_key(event, 1, WireForm::eight_bytes);
  add_little_endian(event, std::bit_cast<std::uint64_t>(wall_time));
  return event;
}

std::string scalar_summary(std::string_view tag, float value) {
  std::string scalar, summary;
  add_text(scalar, 1, tag);
  add_key(scalar, 2, WireForm::four_bytes);
  add_little_endian(scalar, std::bit_cast<std::uint32_t>(value));
  add_text(summary, 1, scalar);
  return summary;
}

}  // namespace

std::uint32_t crc32c(std::string_view data) {
  std::uint32_t crc = ~0U;
  for (const char byte : data) crc = (crc >> 8) ^ crc_table[(crc ^ static_cast<unsigned char>(byte)) & 0xff];
  return ~crc;
}

EventFile::EventFile(double wall_time) : wall_time_(wall_time) {
  std::string event = event_at(wall_time_);
  add_text(event, 3, "brain.Event:2");
  add_record(event);
}

void EventFile::add(std::string_view tag, std::int64_t step, double value) {
  std::string event = event_at(wall_time_);
  add_key(event, 2, WireForm::varint);
  add_varint(event, static_cast<std::uint64_t>(step));
  add_text(event, 5, scalar_summary(tag, static_cast<float>(value)));
  add_record(event);
}

void EventFile::add_record(std::string_view data) {
  std::string length;
  add_little_endian(length, static_cast<std::uint64_t>(data.size()));
  content_ += length;
  add_little_endian(content_, masked_crc(length));
  content_ += data;
  add_little_endian(content_, masked_crc(data));
}

}  // namespace pbn::runs
