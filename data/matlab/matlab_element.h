// The data elements of MATLAB files of version 5 to 7 ("MAT-File Format", The MathWorks).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace pbn::data::matlab {

// An Error about damaged content. `where` names the variable.
Error damaged(const std::string& where);

// Takes a tag (type and length) and the content from the front of `bytes`. `where` is for errors. No element extends
// beyond its container, so nothing is ever allocated for bytes that do not exist.
struct Element {
  std::uint32_t type = 0;
  std::string_view content;
};
Element take_element(std::string_view& bytes, const std::string& where);

enum ElementType : std::uint32_t { type_matrix = 14, type_compressed = 15 };

// Numbers of any width as doubles; characters as their codes.
std::vector<double> numbers_in(const Element& element, const std::string& where);

enum class MatrixClass : std::uint8_t {
  cell = 1,
  structure = 2,
  object = 3,
  text = 4,
  sparse = 5,
  first_number = 6,
  last_number = 15
};

// An array of any class: its header, and the elements that follow.
struct Matrix {
  MatrixClass kind = MatrixClass::first_number;
  bool complex = false;
  std::vector<std::size_t> shape;
  std::size_t count = 0;  // product of the shape
  std::string name;       // of a variable; empty if nested
  std::string_view content;

  bool is_numeric() const { return kind >= MatrixClass::first_number && kind <= MatrixClass::last_number; }
};

// Parses an element of type_matrix, or the first element of `bytes`. One without content is MATLAB's [].
Matrix matrix_in(const Element& element, const std::string& where);
Matrix matrix_in(std::string_view bytes, const std::string& where);  // empty if there are no bytes

// The values of a numeric or text matrix, the first index fastest. Throws if it is complex or of another class.
std::vector<double> values_of(const Matrix& matrix, const std::string& where);

// The inflated bytes of a variable's matrix element; `file_bytes` is the whole file. Throws a data error unless the
// file is a complete file of version 5 to 7. matrix_bytes also throws if there is no such variable.
std::optional<std::string> find_matrix_bytes(std::string_view file_bytes, const std::string& file,
                                             const std::string& variable);
std::string matrix_bytes(std::string_view file_bytes, const std::string& file, const std::string& variable);

// The characters of a text matrix. Throws a data error if it is not a text of plain ASCII.
std::string text_of(const Matrix& matrix, const std::string& where);

}  // namespace pbn::data::matlab
