#include "base/log.h"

#include <unistd.h>

#include "base/output.h"
#include "base/text.h"

namespace pbn {
namespace {

LogLevel level = LogLevel::usual;

}  // namespace

void set_log_level(LogLevel wanted) { level = wanted; }
LogLevel log_level() { return level; }

void print_log_line(const std::string& line) {
  print_to_stderr(fmt::format("{}{}\n", isatty(STDERR_FILENO) == 1 ? "\r\033[K" : "",
                              wrapped(printable_text(line, Colours::kept), terminal_columns(STDERR_FILENO))));
}

}  // namespace pbn
