#include "orchestrator/runs/exit_code.h"

#include <fmt/format.h>

#include <cstring>

namespace pbn {

std::string exit_code_in_words(int code) {
  const char* signal_name = code > 128 ? ::sigabbrev_np(code - 128) : nullptr;
  if (signal_name) return fmt::format("was ended by SIG{}", signal_name);
  const char* words = code == 0    ? "finished"
                      : code == 64 ? "refused its configuration"
                      : code == 65 ? "could not use its data"
                      : code == 69 ? "lacked something on this machine"
                      : code == 70 ? "met an internal error"
                      : code == 75 ? "saved itself and asked to be started again"
                                   : "failed";
  return fmt::format("{} (exit code {})", words, code);
}

}  // namespace pbn
