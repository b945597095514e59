#include "base/notes.h"

#include <unistd.h>

#include "base/output.h"
#include "base/text.h"

namespace pbn {
namespace {

Notes level = Notes::usual;

}  // namespace

void show_notes(Notes wanted) { level = wanted; }
Notes shown_notes() { return level; }

void print_note(const std::string& line) {
  say(fmt::format("{}{}\n", isatty(STDERR_FILENO) == 1 ? "\r\033[K" : "",
                  wrapped(printable_text(line, Colours::kept), terminal_columns(STDERR_FILENO))));
}

}  // namespace pbn
