// Readable reasons why an HDF5 file, or a dataset in it, cannot be read: HDF5's own errors are a stack of twenty lines
// about its code. Private to data/hdf5/.
#pragma once

#include <hdf5.h>

#include <filesystem>
#include <optional>
#include <string>

#include "base/error.h"

namespace pbn::data::hdf5 {

struct Reason {
  std::string problem, hint;
};

// The reason why the last HDF5 call of this thread failed: file cut short, not closed by its writer, in a newer format,
// values in other files, a missing filter. Nothing if HDF5's errors say no more than that something was unexpected.
// Call it before any other HDF5 function.
std::optional<Reason> reason_of_failure();

// What a file without HDF5's signature is instead, judged by its first bytes.
Reason not_hdf5(const std::filesystem::path& file);

// The first filter of a dataset that this program's HDF5 lacks ("lzf"), plug-ins in HDF5_PLUGIN_PATH considered.
std::optional<std::string> missing_filter(hid_t dataset);
Reason missing_filter_reason(const std::string& filter);

Reason values_elsewhere(const std::string& where);  // "a virtual dataset"

Error error_of(const std::string& where, const Reason& reason);

// Whether another process holds HDF5's lock for writing; false if the file system has no locks.
bool is_locked_for_writing(const std::filesystem::path& file);

}  // namespace pbn::data::hdf5
