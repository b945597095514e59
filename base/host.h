// The machine that this process runs on: its name, its start, and what its processor can do.
#pragma once

#include <string>
#include <vector>

namespace pbn {

// As gethostname(2) says; "?" where it does not.
std::string host_name();

// The kernel's random identifier of its start: another one after a reboot. Empty where /proc does not tell.
std::string boot_id();

// The processor's model name, and the widest of its vector instruction sets that matter to the bits of a result:
// "amx", "avx512_bf16", "avx512", "avx2" or "baseline". The same bits hold on the same instruction set only.
std::string processor_name();
std::string instruction_set();

// Floating-point operations per second of one core, assumed: two vector units, or for bf16 a matrix unit, at the
// highest clock that Linux knows of.
double peak_flops_per_core(bool bf16);

// Linux's numbers of the processors that this process may use, ascending: a batch job or a container has fewer than the
// machine.
std::vector<int> allowed_processors();

// True where bf16 is computed by the processor (AVX512-BF16 or AMX) and not emulated.
bool has_bf16();

}  // namespace pbn
