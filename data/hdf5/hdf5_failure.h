// Why an HDF5 file, or a dataset in it, cannot be read, in words for people: HDF5's own errors are a stack of twenty
// lines about its code. For data/hdf5_*.cpp alone.
#pragma once

#include <hdf5.h>

#include <filesystem>
#include <optional>
#include <string>

namespace pbn::hdf5 {

struct Reason {
  std::string problem, hint;
};

// What the call that has just failed in this thread said: cut short, not closed by its writer, in a newer format,
// values in other files, a filter that is missing. Nothing where its errors tell no more than that something was not as
// expected. To be asked before the next call of HDF5.
std::optional<Reason> reason_of_failure();

// A file without HDF5's signature: what it is instead, where its first bytes tell.
Reason not_hdf5(const std::filesystem::path& file);

// The name of the first filter of a dataset that this program's HDF5 does not have ("lzf"). Plug-ins in
// HDF5_PLUGIN_PATH count as there.
std::optional<std::string> missing_filter(hid_t dataset);
Reason lacks_filter(const std::string& filter);

Reason values_elsewhere(const std::string& where);  // `where` may be empty: in which file

// Whether another process holds the lock that HDF5 takes for writing; false where the file system has no locks.
bool is_locked_for_writing(const std::filesystem::path& file);

}  // namespace pbn::hdf5
