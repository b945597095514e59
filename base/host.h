// The machine that this process runs on: its name, its boot, and its processor.
#pragma once

#include <string>
#include <vector>

namespace pbn {

// The result of gethostname(2); "?" if it fails.
std::string host_name();

// The kernel's random identifier of the current boot; empty if /proc lacks it.
std::string boot_id();

// The processor's model name, and its widest vector instruction set: "amx", "avx512_bf16", "avx512", "avx2" or
// "baseline"; no wider than ONEDNN_MAX_CPU_ISA allows LibTorch. Results are bitwise reproducible only on the same
// instruction set.
std::string processor_name();
std::string instruction_set();

// An estimate of one core's floating-point operations per second: two vector units, or a matrix unit for bf16, at the
// highest clock that Linux reports.
double peak_flops_per_core(bool bf16);

// Linux's numbers of the processors that this process may use, ascending. A batch job or a container may have fewer
// than the machine.
std::vector<int> allowed_processors();

// Whether LibTorch computes bf16 here (AVX512-BF16 or AMX) rather than emulating it.
bool has_bf16();

}  // namespace pbn
