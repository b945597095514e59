// Writes MATLAB files of version 5 through matio. Equal content gives equal bytes: the header holds no date.
#pragma once

#include <filesystem>
#include <initializer_list>
#include <memory>
#include <string>
#include <vector>

struct matvar_t;

namespace pbn::evaluation {

struct MatlabVariable;

// The value of a variable, a cell or a field. In arrays the first index runs fastest.
class MatlabValue {
 public:
  static MatlabValue numbers(const std::vector<std::size_t>& shape, const std::vector<double>& values);
  static MatlabValue singles(const std::vector<std::size_t>& shape, const std::vector<float>& values);
  static MatlabValue number(double value) { return numbers({1, 1}, {value}); }
  static MatlabValue empty() { return numbers({0, 0}, {}); }
  static MatlabValue text(const std::string& text);
  static MatlabValue cells(std::vector<MatlabValue> cells);                                  // 1 x count
  static MatlabValue structs(std::size_t count, std::initializer_list<const char*> fields);  // 1 x count, all empty

  // Sets a field of a value made by structs(); `index` counts from 0.
  void set(std::size_t index, const char* field, MatlabValue value);

 private:
  friend void write_matlab_file(const std::filesystem::path& file, const std::vector<MatlabVariable>& variables);
  explicit MatlabValue(matvar_t* value);

  std::unique_ptr<matvar_t, void (*)(matvar_t*)> value_;
};

struct MatlabVariable {
  std::string name;
  MatlabValue value;
};

// Writes a compressed file of these variables, atomically. Throws an environment error when it cannot be written.
void write_matlab_file(const std::filesystem::path& file, const std::vector<MatlabVariable>& variables);
void write_matlab_file(const std::filesystem::path& file, const std::string& name, MatlabValue value);

}  // namespace pbn::evaluation
