#include "base/file_kind.h"

#include <algorithm>
#include <array>

namespace pbn {
namespace {

using std::string_view_literals::operator""sv;

struct Beginning {
  std::string_view bytes;
  const char* name;
  const char* hint;
};

constexpr const char* from_utf16 = "save it as UTF-8, for example with iconv -f UTF-16 -t UTF-8";
constexpr const char* from_utf32 = "save it as UTF-8, for example with iconv -f UTF-32 -t UTF-8";
constexpr const char* from_python = "write its content with json.dump or h5py";

constexpr std::array beginnings{
    Beginning{"\xFF\xFE\0\0"sv, "UTF-32 text", from_utf32},
    Beginning{"\0\0\xFE\xFF"sv, "UTF-32 text", from_utf32},
    Beginning{"\xFF\xFE"sv, "UTF-16 text", from_utf16},
    Beginning{"\xFE\xFF"sv, "UTF-16 text", from_utf16},
    Beginning{"\x89HDF"sv, "an HDF5 file", ""},
    Beginning{"\x0E\x03\x13\x01"sv, "an HDF4 file", "h4toh5 converts it to HDF5"},
    Beginning{"CDF"sv, "NetCDF of the classic format", "nccopy -k nc4 converts it to HDF5"},
    Beginning{"MATLAB 5.0"sv, "a MATLAB file of version 5", ""},
    Beginning{"\x93NUMPY"sv, "NumPy's .npy", from_python},
    Beginning{"\x80\x04"sv, "a Python pickle", from_python},
    Beginning{"\x80\x05"sv, "a Python pickle", from_python},
    Beginning{"\x1F\x8B"sv, "a gzip archive", "unpack it with gunzip"},
    Beginning{"BZh"sv, "a bzip2 archive", "unpack it with bunzip2"},
    Beginning{"PK\3\4"sv, "a ZIP archive", "unpack it with unzip"},
    Beginning{"7z\xBC\xAF"sv, "a 7z archive", "unpack it"},
    Beginning{"\xFD"
              "7zXZ"sv,
              "an xz archive", "unpack it with unxz"},
    Beginning{"(\xB5/\xFD"sv, "a zstd archive", "unpack it with unzstd"},
    Beginning{"version https://git-lfs"sv, "a git-LFS pointer", "fetch the file that it points to: git lfs pull"},
    Beginning{"/annex/objects/"sv, "a git-annex pointer", "fetch the file that it points to: git annex get ."},
    Beginning{"\xFF\xD8\xFF"sv, "a JPEG photograph", ""},
    Beginning{"\x89PNG"sv, "a PNG picture", ""},
    Beginning{"%PDF"sv, "a PDF file", ""},
};

}  // namespace

FileKind kind_by_first_bytes(std::string_view bytes) {
  const auto known = std::find_if(beginnings.begin(), beginnings.end(),
                                  [&](const Beginning& beginning) { return bytes.starts_with(beginning.bytes); });
  if (known != beginnings.end()) return {known->name, known->hint};
  const std::size_t first = bytes.find_first_not_of(" \t\r\n");
  if (first != std::string_view::npos && bytes[first] == '<') {
    return {"an HTML or XML page", "was a web page saved instead of the file? download the file again"};
  }
  return {};
}

}  // namespace pbn
