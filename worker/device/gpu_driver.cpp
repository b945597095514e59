#include "worker/device/gpu_driver.h"

#include <dlfcn.h>
#include <fmt/format.h>

#include <utility>

namespace pbn::worker {
namespace {

// From the driver's header cuda.h, which the program is built without.
using Result = int;
constexpr Result success = 0, stub_library = 34, no_device = 100;
struct Uuid {
  std::array<std::uint8_t, 16> bytes;
};

// The driver's functions; null where the library lacks one.
struct DriverFunctions {
  Result (*init)(unsigned flags) = nullptr;
  Result (*count)(int* devices) = nullptr;
  Result (*device)(int* handle, int ordinal) = nullptr;
  Result (*name)(char* text, int length, int handle) = nullptr;
  Result (*uuid)(Uuid* uuid, int handle) = nullptr;  // of the instance, where MIG has divided the GPU
  Result (*error_text)(Result result, const char** text) = nullptr;
  const char* missing = nullptr;  // the name of one that the library lacks
};

DriverFunctions functions_of(void* library) {
  DriverFunctions found;
  const auto find = [&]<typename Function>(Function*& function, const char* name) {
    function = reinterpret_cast<Function*>(dlsym(library, name));
    if (!function) found.missing = name;
  };
  find(found.init, "cuInit");
  find(found.count, "cuDeviceGetCount");
  find(found.device, "cuDeviceGet");
  find(found.name, "cuDeviceGetName");
  find(found.uuid, "cuDeviceGetUuid_v2");
  find(found.error_text, "cuGetErrorString");
  return found;
}

std::string text_of(Result result, const DriverFunctions& driver) {
  const char* text = nullptr;
  if (driver.error_text(result, &text) != success || !text) text = "unknown error";
  return fmt::format("{} (CUDA error {})", text, result);
}

DriverAnswer failure(Result result, const DriverFunctions& driver) {
  if (result == no_device) return {.reason = "the NVIDIA driver finds no GPU"};
  if (result == stub_library)
    return {.reason = "libcuda.so.1 is the toolkit's stub, not a driver", .has_driver = false};
  return {.reason = fmt::format("the NVIDIA driver fails: {}", text_of(result, driver)), .is_broken = true};
}

}  // namespace

DriverAnswer ask_gpu_driver() {
  // The library stays open: CUDA's libraries use the same one.
  void* const library = dlopen("libcuda.so.1", RTLD_NOW);
  if (!library) return {.reason = "this machine has no NVIDIA driver", .has_driver = false};
  const DriverFunctions driver = functions_of(library);
  if (driver.missing)
    return {.reason = fmt::format("the NVIDIA driver is too old: it lacks {}", driver.missing), .is_broken = true};
  int count = 0;
  Result result = driver.init(0);
  if (result == success) result = driver.count(&count);
  if (result != success) return failure(result, driver);
  if (count == 0) return failure(no_device, driver);

  DriverAnswer answer{};
  for (int ordinal = 0; ordinal < count; ++ordinal) {
    int handle = 0;
    std::array<char, 256> name{};
    Uuid uuid{};
    result = driver.device(&handle, ordinal);
    if (result == success) result = driver.name(name.data(), static_cast<int>(name.size()) - 1, handle);
    if (result == success) result = driver.uuid(&uuid, handle);
    if (result != success) return failure(result, driver);
    answer.gpus.push_back({name.data(), gpu_uuid_text(uuid.bytes, name.data())});
  }
  return answer;
}

std::string gpu_uuid_text(const std::array<std::uint8_t, 16>& bytes, const std::string& name) {
  std::string text = name.find(" MIG ") != std::string::npos ? "MIG" : "GPU";
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (i == 0 || i == 4 || i == 6 || i == 8 || i == 10) text += '-';
    text += fmt::format("{:02x}", bytes[i]);
  }
  return text;
}

}  // namespace pbn::worker
