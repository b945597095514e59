// Reading and writing HDF5 files, as far as this project needs it: whole numeric datasets and attributes of the root.
// Every failure is an Error that names the file and the dataset; the HDF5 library itself prints nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace pbn::data {

// The description of a dataset, without its values.
struct Hdf5Layout {
  std::string type;  // as stored: "float32", "uint8", "texts"
  std::vector<std::size_t> shape;
  std::int64_t byte_offset = -1;  // of the values in the file if they are contiguous, else -1

  std::size_t size() const;  // product of the shape
};

std::string describe(const std::vector<std::size_t>& shape);  // "(3, 14, 2000)"

// A whole dataset, in row-major order.
template <typename T>
struct Hdf5Array {
  std::vector<std::size_t> shape;
  std::vector<T> values;
};

// T is int8_t, uint8_t, int32_t, int64_t, float or double.
class Hdf5Reader {
 public:
  // Takes no lock, so that many readers can share a file on any file system. A child process reads the file first
  // (data/hdf5/hdf5_sandbox.h). Throws an environment error if the file cannot be read or another process holds HDF5's
  // lock for writing, and a data error that says what is wrong: not HDF5 (but what), cut short, never closed by its
  // writer, in a newer format, beyond a limit, or damaged such that the HDF5 library crashes.
  explicit Hdf5Reader(const std::filesystem::path& file);
  ~Hdf5Reader();
  Hdf5Reader(const Hdf5Reader&) = delete;
  Hdf5Reader& operator=(const Hdf5Reader&) = delete;

  std::vector<std::string> names() const;            // groups and datasets, "people/joints"; the first 10,000
  std::vector<std::string> attribute_names() const;  // of the root

  // Whether a link of that name exists, even a link to another file (which cannot be read).
  bool has(const std::string& dataset) const;
  Hdf5Layout layout(const std::string& dataset) const;

  // Byte offset of the values in the file. Throws a data error unless they are complete and contiguous.
  std::int64_t begin_of(const std::string& dataset) const;

  // Converts between widths and between integers and floating point; refuses texts and compounds. Allocates nothing for
  // values that are not in this file, and at most 1 GiB, or 64 MiB if the dataset is in chunks. Errors name the
  // obstacle: a missing filter, values in other files, a newer format, chunks that were never written.
  template <typename T>
  Hdf5Array<T> read(const std::string& dataset) const;
  std::vector<std::string> read_texts(const std::string& dataset) const;  // one-dimensional, fixed or variable length

  bool has_attribute(const std::string& name) const;
  std::string text_attribute(const std::string& name) const;
  double number_attribute(const std::string& name) const;

  // The place of an error about a dataset or attribute: "FILE: NAME".
  std::string where(const std::string& name) const;

 private:
  struct AlreadyChecked {};
  friend void require_readable_hdf5(const std::filesystem::path& file);
  Hdf5Reader(const std::filesystem::path& file, AlreadyChecked);

  struct State;
  std::unique_ptr<State> state_;
};

// Writes files in which equal content gives equal bytes: no timestamps, one fixed file version. Pass a temporary path
// (base/files.h, UnfinishedFile). The groups in a dataset's name ("people/joints") are created as needed.
class Hdf5Writer {
 public:
  explicit Hdf5Writer(const std::filesystem::path& file);
  ~Hdf5Writer();
  Hdf5Writer(const Hdf5Writer&) = delete;
  Hdf5Writer& operator=(const Hdf5Writer&) = delete;

  template <typename T>
  void write(const std::string& dataset, const std::vector<std::size_t>& shape, std::span<const T> values);
  void write_texts(const std::string& dataset, const std::vector<std::string>& texts);  // padded to the longest

  // Creates a dataset of bytes that write_entries fills: whole entries of the first axis, from index `first` on.
  void make_bytes(const std::string& dataset, const std::vector<std::size_t>& shape);
  void write_entries(const std::string& dataset, std::size_t first, std::span<const std::uint8_t> values);

  void write_attribute(const std::string& name, const std::string& text);
  void write_attribute(const std::string& name, std::int64_t number);
  void write_attribute(const std::string& name, double number);

  void close();  // throws if the last bytes do not reach the disk; the destructor closes silently

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// Sets text attributes of the root of an existing file, replacing those of the same name. Throws an environment error
// if the file cannot be written.
void replace_text_attributes(const std::filesystem::path& file,
                             const std::vector<std::pair<std::string, std::string>>& attributes);

}  // namespace pbn::data
