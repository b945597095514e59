// Variables written to MATLAB files of version 5, by matio. Equal content gives equal bytes: the header holds no date.
#pragma once

#include <filesystem>
#include <initializer_list>
#include <memory>
#include <string>
#include <vector>

struct matvar_t;

namespace pbn {

struct MatlabVariable;

// A value that is not yet in a file.
class MatlabValue {
 public:
  static MatlabValue numbers(const std::vector<std::size_t>& shape,
                             const std::vector<double>& values);  // first fastest
  static MatlabValue singles(const std::vector<std::size_t>& shape, const std::vector<float>& values);
  static MatlabValue number(double value) { return numbers({1, 1}, {value}); }
  static MatlabValue empty() { return numbers({0, 0}, {}); }
  static MatlabValue text(const std::string& text);
  static MatlabValue cells(std::vector<MatlabValue> cells);                                  // 1 x count
  static MatlabValue structs(std::size_t count, std::initializer_list<const char*> fields);  // 1 x count, all empty

  // Of a value that structs() made; `index` from 0.
  void set(std::size_t index, const char* field, MatlabValue value);

 private:
  friend void write_matlab_file(const std::filesystem::path& file, std::vector<MatlabVariable> variables);
  explicit MatlabValue(matvar_t* value);

  std::unique_ptr<matvar_t, void (*)(matvar_t*)> value_;
};

struct MatlabVariable {
  std::string name;
  MatlabValue value;
};

// A file with these variables, compressed, atomically. Throws an environment error when it cannot be written.
void write_matlab_file(const std::filesystem::path& file, std::vector<MatlabVariable> variables);
void write_matlab_file(const std::filesystem::path& file, const std::string& name, MatlabValue value);  // with one

}  // namespace pbn
