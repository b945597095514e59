// Standard output and standard error, which may be a full disk, a pipe without a reader, a closed terminal, or closed
// from the start. Lost results are an error; lost messages are not.
#pragma once

#include <string_view>

#include "base/error.h"

namespace pbn {

// Ignores failures.
void print_to_stderr(std::string_view text);

// Throws output_error() when standard output has not accepted all that was printed so far.
void flush_output();

// The environment error for a standard output that failed with this value of errno. If the reader of a pipe has ended
// (| head), this ends the process silently, as SIGPIPE does where it is not ignored.
Error output_error(int code);

// Opens closed standard streams on /dev/null, in the wrong direction, so that no file gets their numbers and writing to
// them still fails.
void open_standard_streams();

// Redirects standard output and standard error to /dev/null where their terminal or the reader of their pipe is gone.
void redirect_closed_streams();

}  // namespace pbn
