// Variables of MATLAB files (.mat): numeric arrays of version 5, 7 and 7.3, nested structs of version 5 and 7.
//
// Read here and not by matio, which takes what a damaged file lacks for zeros and believes every length that such a
// file claims. The tests write their files with matio.
#pragma once

#include <cstddef>
#include <filesystem>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pbn {

struct MatlabArray {
  std::vector<std::size_t> shape;  // as MATLAB shows it; never empty
  std::vector<double> values;      // the first index runs fastest

  double at(std::initializer_list<std::size_t> index) const;  // from 0; one for each axis
};

// By its first bytes. Throws an environment error when the file cannot be read.
bool is_matlab_file(const std::filesystem::path& file);

// Throws a data error that names file and variable: cut or damaged file, no such variable, not a real numeric array.
MatlabArray read_matlab_array(const std::filesystem::path& file, const std::string& variable);

// A text, which must be plain ASCII; nothing where there is no such variable, and in files of version 7.3.
std::optional<std::string> read_matlab_text(const std::filesystem::path& file, const std::string& variable);

// A struct array, read as far as it is asked for. A field that is absent and one that is empty are the same: nothing.
// Every error is a data error that names the place as MATLAB would: "mpii.mat: RELEASE.annolist(17).annorect(2).scale".
class MatlabStructs {
 public:
  std::size_t size() const { return size_; }

  // Of struct `index`, from 0. Each throws where the field holds something else than what is asked for.
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

  std::string_view element(std::size_t index, std::string_view field) const;  // empty where there is no such field

  std::shared_ptr<const std::string> bytes_;  // of the variable: what the views below look into
  std::string path_;                          // "mpii.mat: RELEASE.annolist"
  std::size_t size_ = 0;
  std::vector<std::string_view> fields_;    // names
  std::vector<std::string_view> elements_;  // (size, fields)
};

// A variable that is a struct or an array of structs. `parse` takes the file's bytes; `file` is for errors.
MatlabStructs parse_matlab_structs(std::string_view bytes, const std::string& file, const std::string& variable);
MatlabStructs read_matlab_structs(const std::filesystem::path& file, const std::string& variable);

}  // namespace pbn
