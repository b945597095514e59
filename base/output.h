// Standard output and standard error as they may be: a full disk, a pipe that nobody reads any more, a terminal that is
// gone, or closed from the start. Results that are lost are an error; what is said beside them is not worth one.
#pragma once

#include <string_view>

#include "base/error.h"

namespace pbn {

// On standard error. What cannot be said there is left out.
void say(std::string_view text);

// Throws the environment error of lost_output() when standard output has not taken all that was printed so far.
void flush_output();

// What is wrong when standard output failed with this number of errno. A pipe whose reader has gone (| head) ends the
// process without a word, as it does by itself where SIGPIPE is not ignored.
Error lost_output(int code);

// Opens what is closed, so that no file of ours gets the number of a standard stream. Writing there still fails.
void open_standard_streams();

// What is said from now on to readers who have gone, as they go with a terminal, goes nowhere and is no error.
void forget_closed_streams();

}  // namespace pbn
