#include "data/hdf5/hdf5.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <functional>
#include <numeric>

#include "base/error.h"
#include "base/suggestion.h"
#include "data/hdf5/hdf5_failure.h"
#include "data/hdf5/hdf5_handle.h"
#include "data/hdf5/hdf5_sandbox.h"
#include "data/hdf5/hdf5_stored.h"

namespace pbn::data {
namespace {

using namespace hdf5;

// Values are read from the named file only. Records the refused link for the error message.
herr_t refuse_external_link(const char*, const char*, const char* file, const char* object, unsigned*, hid_t,
                            void* refused) {
  *static_cast<std::string*>(refused) = fmt::format("a link to {} in {}", object, file);
  return -1;
}

// A fixed-width text, which may lack a terminating zero or be padded with blanks (Fortran).
std::string trimmed(const char* text, std::size_t width, hid_t type) {
  std::string trimmed(text, static_cast<std::size_t>(std::find(text, text + width, '\0') - text));
  if (H5Tget_strpad(type) == H5T_STR_SPACEPAD) trimmed.erase(trimmed.find_last_not_of(' ') + 1);
  return trimmed;
}

const char* const copy_or_make_again = "copy the file again, or make it again";

// After H5Dread. Missing filters are checked first, because they fail in many ways.
Error read_failure(const std::string& where, hid_t dataset) {
  const std::optional<Reason> reason = reason_of_failure();
  if (const auto filter = missing_filter(dataset)) return error_of(where, missing_filter_reason(*filter));
  return reason ? error_of(where, *reason)
                : data_error(where, copy_or_make_again, "cannot be read; the file is damaged");
}

std::vector<std::string> read_fixed_width_texts(const std::string& where, hid_t dataset, hid_t type,
                                                std::size_t count) {
  const std::size_t width = H5Tget_size(type);
  std::vector<char> characters(count * width);
  if (H5Dread(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, characters.data()) < 0) throw read_failure(where, dataset);
  std::vector<std::string> texts(count);
  for (std::size_t i = 0; i < count; ++i) texts[i] = trimmed(characters.data() + i * width, width, type);
  return texts;
}

// The default of h5py. HDF5 allocates every text and frees them together.
std::vector<std::string> read_variable_width_texts(const std::string& where, hid_t dataset, hid_t type,
                                                   std::size_t count) {
  std::vector<char*> pointers(count, nullptr);
  if (H5Dread(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, pointers.data()) < 0) throw read_failure(where, dataset);
  std::vector<std::string> texts;
  texts.reserve(count);
  for (const char* text : pointers) texts.emplace_back(text ? text : "");
  const Handle space(H5Dget_space(dataset), H5Sclose);
  H5Dvlen_reclaim(type, space, H5P_DEFAULT, pointers.data());
  return texts;
}

}  // namespace

std::size_t Hdf5Layout::size() const {
  return std::accumulate(shape.begin(), shape.end(), std::size_t{1}, std::multiplies<>());
}

std::string describe(const std::vector<std::size_t>& shape) { return fmt::format("({})", fmt::join(shape, ", ")); }

struct Hdf5Reader::State {
  struct Dataset {
    Handle id, type;
    std::vector<std::size_t> shape;
    std::string where;
  };
  struct Attribute {
    Handle id, type;
    hssize_t values;
  };

  std::filesystem::path path;
  Handle file;
  Handle link_access;                // refuses links to other files
  mutable std::string refused_link;  // the last link that was refused; empty: none

  std::string where(const std::string& name) const { return fmt::format("{}: {}", path.string(), name); }

  Dataset open_dataset(const std::string& name) const {
    silence_errors();
    refused_link.clear();
    Handle dataset(H5Dopen2(file, name.c_str(), link_access), H5Dclose);
    if (!dataset.valid()) throw_open_failure(name);
    Handle type(H5Dget_type(dataset), H5Tclose);
    const Handle space(H5Dget_space(dataset), H5Sclose);
    const int axes = H5Sget_simple_extent_ndims(space);
    if (axes < 0) throw data_error(where(name), "", "has no readable shape");
    std::vector<hsize_t> extents(static_cast<std::size_t>(axes));
    if (axes > 0) H5Sget_simple_extent_dims(space, extents.data(), nullptr);
    return {std::move(dataset), std::move(type), {extents.begin(), extents.end()}, where(name)};
  }

  [[noreturn]] void throw_open_failure(const std::string& name) const {
    const std::optional<Reason> reason = reason_of_failure();
    if (!refused_link.empty()) throw error_of(where(name), values_elsewhere(refused_link));
    if (const std::string missing = missing_link(name); missing == name) {
      throw data_error(where(name), suggestion(name, names()), "there is no such dataset");
    } else if (!missing.empty()) {
      throw data_error(where(name), suggestion(name, names()), "there is no such dataset, because there is no {}",
                       missing);
    }
    if (reason) throw error_of(where(name), *reason);
    if (Handle(H5Gopen2(file, name.c_str(), link_access), H5Gclose).valid()) {
      throw data_error(where(name), suggestion(name, names()), "is a group, not a dataset");
    }
    throw data_error(where(name), copy_or_make_again,
                     "cannot be opened; the file is damaged, or it is a link to nothing");
  }

  // The first component of a path that does not exist: "people" of "people/joints"; empty if all exist.
  std::string missing_link(const std::string& name) const {
    for (std::size_t end = name.find('/', 1);; end = name.find('/', end + 1)) {
      std::string part = name.substr(0, end);
      if (H5Lexists(file, part.c_str(), link_access) == 0) return part;
      if (end == std::string::npos) return "";
    }
  }

  std::vector<std::string> names() const {
    constexpr std::size_t most = 10'000;
    silence_errors();
    std::vector<std::string> all;
    const auto add = [](hid_t, const char* name, const H5L_info_t*, void* names) -> herr_t {
      static_cast<std::vector<std::string>*>(names)->emplace_back(name);
      return static_cast<std::vector<std::string>*>(names)->size() < most ? 0 : 1;
    };
    H5Lvisit(file, H5_INDEX_NAME, H5_ITER_NATIVE, add, &all);
    return all;
  }

  Attribute open_attribute(const std::string& name) const {
    silence_errors();
    Handle attribute(H5Aopen_by_name(file, "/", name.c_str(), H5P_DEFAULT, H5P_DEFAULT), H5Aclose);
    if (!attribute.valid()) {
      throw data_error(where(name), "docs/file-formats.md lists the attributes", "there is no such attribute");
    }
    Handle type(H5Aget_type(attribute), H5Tclose);
    const Handle space(H5Aget_space(attribute), H5Sclose);
    return {std::move(attribute), std::move(type), H5Sget_simple_extent_npoints(space)};
  }

  void require_stored(const Dataset& dataset, std::size_t width) const {
    const std::size_t widest = std::max(H5Tget_size(dataset.type), width);
    hdf5::require_stored(dataset.where, dataset.id, dataset.shape, widest, std::filesystem::file_size(path));
  }
};

Hdf5Reader::Hdf5Reader(const std::filesystem::path& file)
    : Hdf5Reader(file, (require_readable_hdf5(file), AlreadyChecked{})) {}

Hdf5Reader::Hdf5Reader(const std::filesystem::path& file, AlreadyChecked) : state_(std::make_unique<State>()) {
  silence_errors();
  state_->path = file;
  if (H5Fis_hdf5(file.c_str()) <= 0) throw error_of(file.string(), not_hdf5(file));
  const Handle access = unlocked_access();  // outlives the open: closing it would clear HDF5's errors
  state_->file = Handle(H5Fopen(file.c_str(), H5F_ACC_RDONLY, access), H5Fclose);
  if (!state_->file.valid()) {
    if (const auto reason = reason_of_failure()) throw error_of(file.string(), *reason);
    throw data_error(file.string(), copy_or_make_again,
                     "is an HDF5 file that was cut short or damaged, or never closed by its writer ({} bytes)",
                     std::filesystem::file_size(file));
  }
  state_->link_access = Handle(H5Pcreate(H5P_DATASET_ACCESS), H5Pclose);
  H5Pset_elink_cb(state_->link_access, refuse_external_link, &state_->refused_link);
}

Hdf5Reader::~Hdf5Reader() = default;

std::vector<std::string> Hdf5Reader::names() const { return state_->names(); }

std::vector<std::string> Hdf5Reader::attribute_names() const {
  silence_errors();
  std::vector<std::string> all;
  const auto add = [](hid_t, const char* name, const H5A_info_t*, void* names) -> herr_t {
    static_cast<std::vector<std::string>*>(names)->emplace_back(name);
    return 0;
  };
  H5Aiterate2(state_->file, H5_INDEX_NAME, H5_ITER_NATIVE, nullptr, add, &all);
  return all;
}

std::string Hdf5Reader::where(const std::string& name) const { return state_->where(name); }

bool Hdf5Reader::has(const std::string& dataset) const {
  silence_errors();
  return state_->missing_link(dataset).empty();
}

Hdf5Layout Hdf5Reader::layout(const std::string& name) const {
  State::Dataset dataset = state_->open_dataset(name);
  const haddr_t offset = H5Dget_offset(dataset.id);
  return {type_in_words(dataset.type), std::move(dataset.shape),
          offset == HADDR_UNDEF ? -1 : static_cast<std::int64_t>(offset)};
}

std::int64_t Hdf5Reader::begin_of(const std::string& name) const {
  const State::Dataset dataset = state_->open_dataset(name);
  double bytes = static_cast<double>(H5Tget_size(dataset.type));
  for (const std::size_t extent : dataset.shape) bytes *= static_cast<double>(extent);
  return require_contiguous(dataset.where, dataset.id, bytes, std::filesystem::file_size(state_->path));
}

template <typename T>
Hdf5Array<T> Hdf5Reader::read(const std::string& name) const {
  State::Dataset dataset = state_->open_dataset(name);
  if (!is_number(dataset.type)) {
    throw data_error(dataset.where, "", "does not hold numbers, but {}", type_in_words(dataset.type));
  }
  state_->require_stored(dataset, sizeof(T));
  std::vector<T> values(Hdf5Layout{"", dataset.shape}.size());
  if (H5Dread(dataset.id, native_type<T>(), H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()) < 0) {
    throw read_failure(dataset.where, dataset.id);
  }
  return {std::move(dataset.shape), std::move(values)};
}

std::vector<std::string> Hdf5Reader::read_texts(const std::string& name) const {
  const State::Dataset dataset = state_->open_dataset(name);
  if (H5Tget_class(dataset.type) != H5T_STRING) {
    throw data_error(dataset.where, "", "is not a list of texts, but holds {}", type_in_words(dataset.type));
  }
  if (dataset.shape.size() != 1) {
    throw data_error(dataset.where, "", "has shape {}; expected one axis", describe(dataset.shape));
  }
  state_->require_stored(dataset, sizeof(std::string));
  const auto read = H5Tis_variable_str(dataset.type) > 0 ? read_variable_width_texts : read_fixed_width_texts;
  return read(dataset.where, dataset.id, dataset.type, dataset.shape[0]);
}

bool Hdf5Reader::has_attribute(const std::string& name) const {
  silence_errors();
  return H5Aexists(state_->file, name.c_str()) > 0;
}

std::string Hdf5Reader::text_attribute(const std::string& name) const {
  const auto [attribute, type, values] = state_->open_attribute(name);
  constexpr std::size_t longest = std::size_t{64} * 1024;  // HDF5's limit of an attribute
  if (H5Tget_class(type) != H5T_STRING || values != 1 || H5Tget_size(type) > longest) {
    throw data_error(where(name), "", "the attribute is not a text");
  }
  if (H5Tis_variable_str(type) > 0) {  // the default of h5py
    char* text = nullptr;
    const bool good = H5Aread(attribute, type, &text) >= 0 && text != nullptr;
    std::string copy = good ? text : "";
    if (text != nullptr) H5free_memory(text);
    if (!good) throw data_error(where(name), "", "the attribute cannot be read");
    return copy;
  }
  std::vector<char> text(H5Tget_size(type));
  if (H5Aread(attribute, type, text.data()) < 0) throw data_error(where(name), "", "the attribute cannot be read");
  return trimmed(text.data(), text.size(), type);
}

double Hdf5Reader::number_attribute(const std::string& name) const {
  const auto [attribute, type, values] = state_->open_attribute(name);
  double number = 0;
  if (!is_number(type) || values != 1 || H5Aread(attribute, H5T_NATIVE_DOUBLE, &number) < 0) {
    throw data_error(where(name), "", "the attribute is not a number");
  }
  return number;
}

template Hdf5Array<std::int8_t> Hdf5Reader::read(const std::string&) const;
template Hdf5Array<std::uint8_t> Hdf5Reader::read(const std::string&) const;
template Hdf5Array<std::int32_t> Hdf5Reader::read(const std::string&) const;
template Hdf5Array<std::int64_t> Hdf5Reader::read(const std::string&) const;
template Hdf5Array<float> Hdf5Reader::read(const std::string&) const;
template Hdf5Array<double> Hdf5Reader::read(const std::string&) const;

}  // namespace pbn::data
