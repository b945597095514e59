// data/matlab/matlab_file.h: versions 5 to 7.
#include "data/matlab/matlab_file.h"

#include <fstream>

#include "base/descriptor.h"
#include "fuzz/target.h"

void pbn::fuzz(std::string_view bytes) {
  if (bytes.starts_with("\x89HDF") || bytes.substr(0, 10) == "MATLAB 7.3") return;  // HDF5: another target
  static const MemoryFile file;
  std::ofstream(file.path(), std::ios::binary) << bytes;
  read_or_refuse(Blame::data, file.path(), [] { data::read_matlab_array(file.path(), "a"); });
  read_or_refuse(Blame::data, "a.mat", [&] {
    const data::MatlabStructs structs = data::parse_matlab_structs(bytes, "a.mat", "s");
    for (std::size_t i = 0; i < structs.size(); ++i) {
      read_or_refuse(Blame::data, "a.mat", [&] { structs.number(i, "number"); });
      read_or_refuse(Blame::data, "a.mat", [&] { structs.text(i, "text"); });
      read_or_refuse(Blame::data, "a.mat", [&] { structs.cells_of_numbers(i, "cells"); });
      read_or_refuse(Blame::data, "a.mat", [&] { structs.structs(i, "inner"); });
    }
  });
}
