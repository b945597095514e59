// The version of the programs.
#pragma once

namespace pbn {

const char* program_version();  // "0.2.0"

// `git describe --always --dirty` of the sources, such as "v0.1.0-12-ga54db7e-dirty"; the version if the sources are no
// git checkout, as in a release's archive.
const char* build_version();

}  // namespace pbn
