#include "orchestrator/report/result_scan.h"

#include <array>
#include <cmath>

namespace pbn {
namespace {

class Scan : public nlohmann::json_sax<Json> {
 public:
  ScannedResult result;
  bool has_figures = false;

  bool null() override { return true; }
  bool boolean(bool value) override { return take(value); }
  bool number_integer(number_integer_t value) override { return take_number(value); }
  bool number_unsigned(number_unsigned_t value) override { return take_number(value); }
  bool number_float(number_float_t value, const string_t&) override { return take_number(value); }
  bool binary(binary_t&) override { return true; }

  bool string(string_t& value) override {
    if (depth_ == 1 && keys_[1] == "run") result.run = value;
    if (depth_ == 1 && keys_[1] == "protocol") result.protocol = value;
    return take(value);
  }

  bool key(string_t& name) override {
    if (depth_ < keys_.size()) keys_[depth_] = std::move(name);
    return true;
  }

  bool start_object(std::size_t) override {
    move_to(depth_ + 1);
    has_figures |= in_figures_;
    return true;
  }

  bool start_array(std::size_t) override { return move_to(depth_ + 1); }
  bool end_object() override { return move_to(depth_ - 1); }
  bool end_array() override { return move_to(depth_ - 1); }
  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) override { return false; }

 private:
  bool move_to(std::size_t depth) {
    depth_ = depth;
    const bool in_a_part_of_the_outcome = depth_ == 3 && keys_[1] == "outcome";
    in_figures_ = in_a_part_of_the_outcome && keys_[2] == "figures";
    in_losses_ = in_a_part_of_the_outcome && keys_[2] == "training_loss";
    return true;
  }

  template <typename Number>
  bool take_number(Number value) {
    const auto number = static_cast<double>(value);
    if (in_figures_ && std::isfinite(number)) result.figures.emplace_back(std::move(keys_[3]), number);
    const bool is_only_loss = depth_ == 2 && keys_[1] == "outcome" && keys_[2] == "training_loss";
    if (in_losses_ || is_only_loss) result.training_loss = number;
    return depth_ == 2 ? take(value) : true;
  }

  template <typename Value>
  bool take(const Value& value) {
    if (depth_ == 2 && keys_[1] == "measured") result.measured[keys_[2]] = value;
    if (depth_ == 2 && keys_[1] == "versions") result.versions[keys_[2]] = value;
    return true;
  }

  std::size_t depth_ = 0;              // of open objects and lists
  std::array<std::string, 4> keys_{};  // the newest at each depth
  bool in_figures_ = false, in_losses_ = false;
};

}  // namespace

std::optional<ScannedResult> scan_result(std::string_view text) {
  Scan scan;
  if (!Json::sax_parse(text, &scan) || !scan.has_figures) return std::nullopt;
  return std::move(scan.result);
}

}  // namespace pbn
