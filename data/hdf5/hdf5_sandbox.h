// HDF5's library crashes, hangs and allocates without bound on damaged files. Hence a child process opens a file first
// and reads all that our readers read: its end, whatever it is, becomes an Error.
#pragma once

#include <filesystem>

namespace pbn {

// What the child may use: 5 s of computing, 60 s in all, and this much memory (bytes).
constexpr std::size_t hdf5_sandbox_memory = std::size_t{256} << 20;

// For Hdf5Reader's constructor. Throws an environment error unless this is a regular file that can be read and that no
// process has locked for writing, and a data error that names the file, and where it is known the dataset, when the
// child found it unreadable, died of it, or came to a limit, which is told as such. No
// other thread may be inside HDF5 then (base/sandbox.h). What reads past the end of a buffer may still be harmless in
// the child and not in us: the sandbox makes crashes rare, not impossible.
void require_readable_hdf5(const std::filesystem::path& file);

// For fuzzing, which wants to see the crashes themselves: files are opened without a sandbox from now on.
void open_hdf5_without_sandbox_for_fuzzing();

}  // namespace pbn
