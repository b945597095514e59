// The data elements that MATLAB files of version 5 to 7 are made of ("MAT-File Format", The MathWorks). For
// matlab_file.cpp and matlab_structs.cpp alone.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace pbn::matlab {

// An Error about a file that cannot be what its writer wrote. `where` names the variable.
Error damaged(const std::string& where);

// A tag of type and length, then the content: from `bytes`, which it shortens. `where` is for errors. No element
// reaches beyond what holds it, so nothing is ever allocated for bytes that are not there.
struct Element {
  std::uint32_t type = 0;
  std::string_view content;
};
Element take_element(std::string_view& bytes, const std::string& where);

enum ElementType : std::uint32_t { type_matrix = 14, type_compressed = 15 };

// Numbers of any width, and characters as their codes.
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

// An array of any class: what its header says, and the elements that follow.
struct Matrix {
  MatrixClass kind = MatrixClass::first_number;
  bool complex = false;
  std::vector<std::size_t> shape;
  std::size_t count = 0;  // product of the shape
  std::string name;       // of a variable; empty within others
  std::string_view content;

  bool is_numeric() const { return kind >= MatrixClass::first_number && kind <= MatrixClass::last_number; }
};

// Of an element of type_matrix. One without content is MATLAB's [].
Matrix matrix_in(const Element& element, const std::string& where);

// The values of a numeric or text matrix, the first index fastest. Throws when it is complex or of another class.
std::vector<double> values_of(const Matrix& matrix, const std::string& where);

// The bytes of a variable's matrix element, inflated, from the bytes of a whole file. Throws a data error for anything
// but a whole file of version 5 to 7, and where there is no such variable.
std::string matrix_bytes(std::string_view file_bytes, const std::string& file, const std::string& variable);

// The same, and nothing where there is no such variable.
std::optional<std::string> find_matrix_bytes(std::string_view file_bytes, const std::string& file,
                                             const std::string& variable);

}  // namespace pbn::matlab
