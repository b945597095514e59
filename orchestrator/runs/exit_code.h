// How a worker ended, for people.
#pragma once

#include <string>

namespace pbn {

// "was ended by SIGKILL", "could not use its data (exit code 65)"; codes above 128 are 128 + a signal's number.
std::string exit_code_in_words(int code);

}  // namespace pbn
