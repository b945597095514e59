#include "data/hdf5/hdf5_sandbox.h"

#include <hdf5.h>
#include <unistd.h>

#include "base/error.h"
#include "base/sandbox.h"
#include "data/hdf5/hdf5.h"
#include "data/hdf5/hdf5_failure.h"
#include "data/hdf5/hdf5_handle.h"

namespace pbn::data {
namespace {

namespace fs = std::filesystem;

bool skip_sandbox_for_fuzzing = false;

void require_readable_file(const fs::path& file) {
  std::error_code problem;
  const fs::file_status status = fs::status(file, problem);
  if (status.type() == fs::file_type::not_found) {
    throw environment_error(file.string(), "check the path", "there is no such file");
  }
  if (problem) throw environment_error(file.string(), "check the path", "cannot be read: {}", problem.message());
  if (!fs::is_regular_file(status)) throw environment_error(file.string(), "", "is not a file");
  if (::access(file.c_str(), R_OK) != 0) {
    throw environment_error(file.string(), "check its permissions", "cannot be read");
  }
  if (hdf5::is_locked_for_writing(file)) {
    throw environment_error(file.string(), "close it there (h5py: file.close()), or wait until it is done",
                            "another process has it open for writing");
  }
}

// HDF5 turns a failed allocation into an ordinary error. Outside the sandbox, without its limits, it might succeed.
herr_t stop_if_out_of_memory(hid_t errors, void* report) {
  const auto look = [](unsigned, const H5E_error2_t* error, void* found) -> herr_t {
    if (error->maj_num == H5E_RESOURCE) *static_cast<bool*>(found) = true;
    return 0;
  };
  bool out_of_memory = false;
  H5Ewalk2(errors, H5E_WALK_UPWARD, look, &out_of_memory);
  if (out_of_memory) static_cast<SandboxReport*>(report)->out_of_memory();
  return 0;
}

// Errors do not matter here: the actual reader reports them.
template <typename Read>
void ignore_errors(const Read& read) {
  try {
    read();
  } catch (const Error&) {
  }
}

void try_to_read(const Hdf5Reader& reader, const std::string& dataset) {
  constexpr std::size_t small = std::size_t{1} << 20;  // values
  ignore_errors([&] {
    const Hdf5Layout layout = reader.layout(dataset);
    // Large contiguous datasets, such as the crops, exercise no more of HDF5's code than small ones.
    if (layout.byte_offset >= 0 && layout.size() > small) return;
    ignore_errors([&] { reader.read_texts(dataset); });
    ignore_errors([&] { reader.read<double>(dataset); });
  });
}

}  // namespace

void open_hdf5_without_sandbox_for_fuzzing() { skip_sandbox_for_fuzzing = true; }

void require_readable_hdf5(const fs::path& file) {
  require_readable_file(file);
  if (skip_sandbox_for_fuzzing) return;
  const SandboxLimits limits{.memory = hdf5_sandbox_memory};
  const SandboxOutcome outcome = run_in_sandbox(limits, [&](SandboxReport& report) -> std::string {
    hdf5::error_watcher = {stop_if_out_of_memory, &report};
    try {
      const Hdf5Reader reader(file, Hdf5Reader::AlreadyChecked{});
      for (const std::string& name : reader.attribute_names()) {
        report.set_place(name);
        ignore_errors([&] { reader.text_attribute(name); });
        ignore_errors([&] { reader.number_attribute(name); });
      }
      for (const std::string& name : reader.names()) {
        report.set_place(name);
        try_to_read(reader, name);
      }
      report.set_place("");
    } catch (const Error& error) {
      return error.problem + "\n" + error.hint;
    }
    return "";
  });
  if (!outcome.succeeded) {
    const std::string where = outcome.place.empty() ? file.string() : file.string() + ": " + outcome.place;
    if (outcome.at_limit) {
      throw data_error(where, "write it in one piece (no chunks, no compression), or split it",
                       "HDF5 {} while reading it, which is the limit", outcome.failure);
    }
    throw data_error(where, "copy it again, or make it again", "the file is damaged: HDF5 {} while reading it",
                     outcome.failure);
  }
  if (!outcome.result.empty()) {
    const std::size_t end = outcome.result.find('\n');
    throw data_error(file.string(), end == std::string::npos ? "" : outcome.result.substr(end + 1), "{}",
                     outcome.result.substr(0, end));
  }
}

}  // namespace pbn::data
