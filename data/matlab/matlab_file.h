// Reading variables of MATLAB files (.mat): numeric arrays of versions 5, 7 and 7.3, nested structs of versions 5 and
// 7.
//
// This reader replaces matio, which reads zeros where a damaged file lacks data and trusts every length in such a file.
// The tests write their files with matio.
#pragma once

#include <cstddef>
#include <filesystem>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pbn::data {

struct MatlabArray {
  std::vector<std::size_t> shape;  // as MATLAB displays it; never empty
  std::vector<double> values;      // the first index runs fastest

  double at(std::initializer_list<std::size_t> index) const;  // one zero-based index per axis
};

// Recognises a MATLAB file by its first bytes. Throws an environment error if the file cannot be read.
bool is_matlab_file(const std::filesystem::path& file);

// Throws a data error that names file and variable if the file is cut or damaged, the variable does not exist, or it is
// not a real numeric array.
MatlabArray read_matlab_array(const std::filesystem::path& file, const std::string& variable);

// Reads a text of plain ASCII; nothing if there is no such variable, and always nothing in files of version 7.3.
std::optional<std::string> read_matlab_text(const std::filesystem::path& file, const std::string& variable);

// A struct array whose fields are parsed when they are read. An absent field equals an empty one.
// Every error is a data error with the place in MATLAB's notation: "mpii.mat: RELEASE.annolist(17).annorect(2).scale".
class MatlabStructs {
 public:
  std::size_t size() const { return size_; }

  // Fields of struct `index`, from 0. Each function throws if the field holds a value of another kind.
  MatlabStructs structs(std::size_t index, std::string_view field) const;
  std::optional<double> number(std::size_t index, std::string_view field) const;
  std::vector<double> numbers(std::size_t index, std::string_view field) const;
  std::string text(std::size_t index, std::string_view field) const;
  std::vector<std::vector<double>> cells_of_numbers(std::size_t index, std::string_view field) const;
  bool is_text(std::size_t index, std::string_view field) const;

  std::string where(std::size_t index) const;
  std::string where(std::size_t index, std::string_view field) const;

 private:
  friend MatlabStructs parse_matlab_structs(std::string_view bytes, const std::string& file,
                                            const std::string& variable);
  MatlabStructs() = default;
  MatlabStructs(std::shared_ptr<const std::string> bytes, std::string_view element, std::string path);

  std::string_view element(std::size_t index, std::string_view field) const;  // empty if absent

  std::shared_ptr<const std::string> bytes_;  // of the variable; the views below point into them
  std::string path_;                          // "mpii.mat: RELEASE.annolist"
  std::size_t size_ = 0;
  std::vector<std::string_view> fields_;    // names
  std::vector<std::string_view> elements_;  // (size, fields)
};

// Reads a variable that is a struct or an array of structs. `bytes` is the content of the file `file`.
MatlabStructs parse_matlab_structs(std::string_view bytes, const std::string& file, const std::string& variable);
MatlabStructs read_matlab_structs(const std::filesystem::path& file, const std::string& variable);

}  // namespace pbn::data
