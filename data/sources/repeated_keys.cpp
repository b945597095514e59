#include "data/sources/repeated_keys.h"

#include <set>
#include <vector>

#include "base/error.h"
#include "base/json.h"

namespace pbn {
namespace {

// Hears every value of a text, and looks at the keys alone.
class Keys final : public nlohmann::json_sax<Json> {
 public:
  bool key(string_t& name) override {
    is_repeated_ = !open_.back().insert(name).second;
    if (is_repeated_) repeated_ = name;
    return !is_repeated_;
  }
  bool start_object(std::size_t) override {
    open_.emplace_back();
    return true;
  }
  bool end_object() override {
    open_.pop_back();
    return true;
  }

  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(number_integer_t) override { return true; }
  bool number_unsigned(number_unsigned_t) override { return true; }
  bool number_float(number_float_t, const string_t&) override { return true; }
  bool string(string_t&) override { return true; }
  bool binary(binary_t&) override { return true; }
  bool start_array(std::size_t) override { return true; }
  bool end_array() override { return true; }
  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) override { return false; }

  bool is_repeated() const { return is_repeated_; }
  const std::string& repeated() const { return repeated_; }

 private:
  std::vector<std::set<std::string>> open_;  // the keys so far of each object that has not ended
  bool is_repeated_ = false;
  std::string repeated_;
};

}  // namespace

void require_distinct_keys(std::string_view text, const std::string& where) {
  Keys keys;
  Json::sax_parse(text, &keys);
  if (!keys.is_repeated()) return;
  throw data_error(where, "were two files put together? merge their lists", "has the key \"{}\" twice in one object",
                   keys.repeated());
}

}  // namespace pbn
