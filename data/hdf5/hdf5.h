// HDF5 files, as far as this project needs them: whole numeric datasets and the attributes of the root.
// Every failure is an Error that names the file and the dataset; HDF5 itself prints nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace pbn {

enum class Hdf5Type { int8, uint8, int32, int64, float32, float64, other };

// What a file says about one of its datasets, without reading it.
struct Hdf5Layout {
  Hdf5Type type = Hdf5Type::other;  // as stored
  std::vector<std::size_t> shape;
  std::int64_t byte_offset = -1;  // of the values in the file, where they lie in one piece; else -1
  std::string type_in_words{};    // "float16", "texts"

  std::size_t size() const;  // product of the shape
};

std::string describe(const std::vector<std::size_t>& shape);  // "(3, 14, 2000)"

// A whole dataset, row by row.
template <typename T>
struct Hdf5Array {
  std::vector<std::size_t> shape;
  std::vector<T> values;
};

// T: int8_t, uint8_t, int32_t, int64_t, float, double.
class Hdf5Reader {
 public:
  // Takes no lock, so that many readers may share a file on any file system. A child process reads it first
  // (data/hdf5/hdf5_sandbox.h). Throws an environment error when the file cannot be read or another process holds
  // HDF5's lock for writing, and a data error that says which it is: not HDF5 (but what), cut short, never closed by
  // its writer, in a newer format, beyond a limit, or damaged so that HDF5's library dies of it.
  explicit Hdf5Reader(const std::filesystem::path& file);
  ~Hdf5Reader();
  Hdf5Reader(const Hdf5Reader&) = delete;
  Hdf5Reader& operator=(const Hdf5Reader&) = delete;

  std::vector<std::string> names() const;            // groups and datasets, "people/joints"; the first 10,000
  std::vector<std::string> attribute_names() const;  // of the root

  // Whether there is something of that name, if only a link to another file: whoever reads it will say what is wrong.
  bool has(const std::string& dataset) const;
  Hdf5Layout layout(const std::string& dataset) const;

  // Where the values begin in the file. Throws a data error unless they lie there whole and in one piece.
  std::int64_t begin_of(const std::string& dataset) const;

  // Converts between widths and between integers and floating point; text and compounds are refused. Nothing is
  // allocated for values that are not in this file, nor for more than 1 GiB of them, 64 MiB where they are in chunks.
  // Errors name what hinders: a filter that is missing, values in other files, a newer format, chunks never written.
  template <typename T>
  Hdf5Array<T> read(const std::string& dataset) const;
  std::vector<std::string> read_texts(const std::string& dataset) const;  // one-dimensional, of fixed or any length

  bool has_attribute(const std::string& name) const;
  std::string text_attribute(const std::string& name) const;
  double number_attribute(const std::string& name) const;

  // Where an error about a dataset or attribute has happened: "FILE: NAME".
  std::string where(const std::string& name) const;

 private:
  struct AlreadyChecked {};
  friend void require_readable_hdf5(const std::filesystem::path& file);
  Hdf5Reader(const std::filesystem::path& file, AlreadyChecked);

  struct State;
  std::unique_ptr<State> state_;
};

// Writes files in which equal content gives equal bytes: no times, one fixed file version. Give it a temporary name
// (base/files.h, UnfinishedFile). Groups in a dataset's name ("people/joints") are made as needed.
class Hdf5Writer {
 public:
  explicit Hdf5Writer(const std::filesystem::path& file);
  ~Hdf5Writer();
  Hdf5Writer(const Hdf5Writer&) = delete;
  Hdf5Writer& operator=(const Hdf5Writer&) = delete;

  template <typename T>
  void write(const std::string& dataset, const std::vector<std::size_t>& shape, std::span<const T> values);
  void write_texts(const std::string& dataset, const std::vector<std::string>& texts);  // padded to the longest

  // A dataset that is filled by runs of entries of its first axis: whole ones, from `first` on.
  template <typename T>
  void make(const std::string& dataset, const std::vector<std::size_t>& shape);
  template <typename T>
  void write_entries(const std::string& dataset, std::size_t first, std::span<const T> values);

  void write_attribute(const std::string& name, const std::string& text);
  void write_attribute(const std::string& name, std::int64_t number);
  void write_attribute(const std::string& name, double number);

  void close();  // throws when the last bytes do not reach the disk; the destructor closes silently

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// Texts of the root of a file that is there, instead of those of these names, if any. Throws an environment error when
// it cannot be written.
void replace_text_attributes(const std::filesystem::path& file,
                             const std::vector<std::pair<std::string, std::string>>& attributes);

}  // namespace pbn
