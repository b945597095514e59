// The content of TensorBoard's event files.
//
// A file is a sequence of TFRecords: the length of the data (uint64), its checksum, the data, their checksum, all
// little-endian. A checksum is the CRC-32C, rotated right by 15 bits, plus 0xa282ead8. The data are the protocol buffer
// Event: wall_time (field 1, double), step (2, int64), and file_version (3, string; "brain.Event:2" in the first
// record) or summary (5), a Summary whose values (1) have a tag (1, string) and a simple_value (2, float). Source:
// tensorflow/core/util/event.proto, tensorflow/core/framework/summary.proto, tensorflow/core/lib/io/record_writer.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace pbn::runs {

class EventFile {
 public:
  explicit EventFile(double wall_time);  // seconds since 1970, of all its events

  // A point of the curve `tag`. TensorBoard keeps values in single precision.
  void add(std::string_view tag, std::int64_t step, double value);

  const std::string& content() const { return content_; }

 private:
  void add_record(std::string_view data);

  double wall_time_;
  std::string content_;
};

std::uint32_t crc32c(std::string_view data);  // Castagnoli's polynomial, reflected: 0xe3069283 for "123456789"

}  // namespace pbn::runs
