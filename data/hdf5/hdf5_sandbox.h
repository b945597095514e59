// The HDF5 library crashes, hangs and allocates without bound on damaged files. So a child process opens every file
// first and reads everything that our readers read; however it ends becomes an Error.
#pragma once

#include <filesystem>

namespace pbn::data {

// Limits of the child: 5 s of processor time, 60 s of wall time, and this much memory (bytes).
constexpr std::size_t hdf5_sandbox_memory = std::size_t{256} << 20;

// For Hdf5Reader's constructor. Throws an environment error unless this is a readable regular file that no process has
// locked for writing, and a data error that names the file, and the dataset if known, if the child could not read it,
// crashed, or reached a limit. No other thread may use HDF5 at that time (base/sandbox.h). A read past the end of a
// buffer can be harmless in the child and fatal here: the sandbox makes crashes rare, not impossible.
void require_readable_hdf5(const std::filesystem::path& file);

// For fuzzing, which looks for the crashes themselves: opens files without a sandbox from now on.
void open_hdf5_without_sandbox_for_fuzzing();

}  // namespace pbn::data
