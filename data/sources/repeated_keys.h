// Keys that stand twice in one object of a JSON text.
#pragma once

#include <string>
#include <string_view>

namespace pbn {

// Parsers take the last one without a word, so that a file into which two were pasted loses half its people. Throws a
// data error that names the first such key. `text` is valid JSON; `where` is for the error.
void require_distinct_keys(std::string_view text, const std::string& where);

}  // namespace pbn
