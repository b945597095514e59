#include "data/hdf5/hdf5_failure.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <fstream>
#include <map>
#include <string_view>

#include "base/descriptor.h"
#include "base/file_kind.h"
#include "data/hdf5/hdf5_handle.h"

namespace pbn::data::hdf5 {
namespace {

// The descriptions of all errors of the last failed call, one per line.
std::string error_texts() {
  const auto add = [](unsigned, const H5E_error2_t* error, void* texts) -> herr_t {
    if (error->desc) static_cast<std::string*>(texts)->append(error->desc).append("\n");
    return 0;
  };
  std::string texts;
  H5Ewalk2(H5E_DEFAULT, H5E_WALK_DOWNWARD, add, &texts);
  return texts;
}

std::string library_version() {
  unsigned major = 0, minor = 0, release = 0;
  H5get_libversion(&major, &minor, &release);
  return fmt::format("{}.{}.{}", major, minor, release);
}

Reason cut_short(const std::string& texts) {
  const std::size_t at = texts.find("truncated file: ");
  unsigned long long left = 0, base = 0, whole = 0;
  const bool counted =
      at != std::string::npos &&
      std::sscanf(texts.c_str() + at, "truncated file: eof = %llu, sblock->base_addr = %llu, stored_eof = %llu", &left,
                  &base, &whole) == 3;
  return {counted ? fmt::format("is an HDF5 file that was cut short ({} of {} bytes are left)", left, whole)
                  : "is an HDF5 file that was cut short",
          "copy it again"};
}

// By registered filter number. The names in the registry are sentences with a web address.
const std::map<H5Z_filter_t, const char*> known_filters{
    {H5Z_FILTER_DEFLATE, "gzip"},
    {H5Z_FILTER_SHUFFLE, "shuffle"},
    {H5Z_FILTER_FLETCHER32, "fletcher32"},
    {H5Z_FILTER_SZIP, "szip"},
    {H5Z_FILTER_NBIT, "nbit"},
    {H5Z_FILTER_SCALEOFFSET, "scaleoffset"},
    {305, "lzo"},
    {307, "bzip2"},
    {32000, "lzf"},
    {32001, "blosc"},
    {32004, "lz4"},
    {32008, "bitshuffle"},
    {32013, "zfp"},
    {32015, "zstd"},
    {32017, "sz"},
    {32024, "sz3"},
    {32026, "blosc2"},
};

}  // namespace

std::optional<Reason> reason_of_failure() {
  const std::string texts = error_texts();
  const auto say = [&](const char* words) { return texts.find(words) != std::string::npos; };
  if (say("already open for")) {
    return Reason{
        "was opened for writing and never closed, or is still open somewhere",
        "close it there; if its writer has ended, `h5clear -s FILE` takes the mark away (Debian: hdf5-tools)"};
  }
  if (say("truncated file")) return cut_short(texts);
  if (say("virtual space") || say("source space") || say("virtual layout") || say("VDS")) {
    return values_elsewhere("a virtual dataset");
  }
  if (const std::size_t at = texts.find("required filter '"); at != std::string::npos) {
    const std::size_t begin = texts.find('\'', at) + 1;
    return missing_filter_reason(texts.substr(begin, texts.find('\'', begin) - begin));
  }
  if (say("superblock version") || say("bad version number for") || say("wrong version number") ||
      say("unknown message")) {
    return Reason{fmt::format("is in a newer format than HDF5 {} reads", library_version()),
                  "write it for older programs: h5py.File(FILE, \"w\", libver=(\"earliest\", \"v110\"))"};
  }
  return std::nullopt;
}

Reason not_hdf5(const std::filesystem::path& file) {
  std::array<char, 32> bytes{};
  std::ifstream in(file, std::ios::binary);
  in.read(bytes.data(), bytes.size());
  const std::string_view start(bytes.data(), static_cast<std::size_t>(in.gcount()));
  if (start.empty()) return {"is not an HDF5 file: it is empty", "copy it again, or make it again"};
  if (start[0] == '{' || start[0] == '[') return {"is not an HDF5 file: it is JSON", ""};
  const FileKind kind = kind_by_first_bytes(start);
  if (!kind.name.empty()) return {fmt::format("is not an HDF5 file: it is {}", kind.name), kind.hint};
  return {"is not an HDF5 file", ""};
}

std::optional<std::string> missing_filter(hid_t dataset) {
  const Handle creation(H5Dget_create_plist(dataset), H5Pclose);
  const int filters = H5Pget_nfilters(creation);
  for (int i = 0; i < filters; ++i) {
    unsigned flags = 0, config = 0;
    std::size_t values = 0;
    std::array<char, 64> name{};
    const H5Z_filter_t filter =
        H5Pget_filter2(creation, static_cast<unsigned>(i), &flags, &values, nullptr, name.size(), name.data(), &config);
    if (filter < 0 || H5Zfilter_avail(filter) > 0) continue;
    if (const auto known = known_filters.find(filter); known != known_filters.end()) return known->second;
    name.back() = '\0';
    return name[0] ? std::string(name.data()) : fmt::format("number {}", filter);
  }
  return std::nullopt;
}

Reason missing_filter_reason(const std::string& filter) {
  return {fmt::format("is compressed with the filter {}, which is not installed", filter),
          "write it with gzip (h5py: compression=\"gzip\"), or name the folder of its plug-in in HDF5_PLUGIN_PATH"};
}

Reason values_elsewhere(const std::string& where) {
  return {fmt::format("its values are in other files: {}", where), "copy them into this one"};
}

Error error_of(const std::string& where, const Reason& reason) {
  return data_error(where, reason.hint, "{}", reason.problem);
}

bool is_locked_for_writing(const std::filesystem::path& file) {
  const Descriptor opened(::open(file.c_str(), O_RDONLY | O_CLOEXEC));  // closing it releases the lock
  return opened.is_open() && ::flock(opened.number(), LOCK_SH | LOCK_NB) < 0 && errno == EWOULDBLOCK;
}

}  // namespace pbn::data::hdf5
