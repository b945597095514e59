// The end of a job that stands still.
#pragma once

#include <functional>
#include <string>

namespace pbn {

// Says why, and ends every rank, and mpirun too where it does not end by itself, with exit code 70. For any thread,
// also while the main thread stands in MPI for ever or has not even begun with it. `keep_report` may take five seconds:
// then this process ends in the middle of it.
[[noreturn]] void end_standstill(const std::string& report, const std::function<void()>& keep_report = {});

}  // namespace pbn
