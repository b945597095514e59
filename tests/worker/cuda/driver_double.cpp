// A test double of NVIDIA's driver, libcuda.so.1: it has one GPU, which nothing can use. DRIVER_DOUBLE_FAILS=CODE makes
// cuInit fail with that code.
#include <cstdlib>
#include <cstring>
#include <string>

namespace {

constexpr int success = 0, no_device = 100;
constexpr const char* model = "NVIDIA H200";

}  // namespace

extern "C" {

int cuInit(unsigned) {
  if (const char* code = std::getenv("DRIVER_DOUBLE_FAILS")) return std::atoi(code);
  const char* const visible = std::getenv("CUDA_VISIBLE_DEVICES");
  const bool is_hidden = visible && (std::string(visible).empty() || std::string(visible) == "-1");
  return is_hidden ? no_device : success;
}

int cuDeviceGetCount(int* devices) {
  *devices = 1;
  return success;
}

int cuDeviceGet(int* handle, int ordinal) {
  *handle = ordinal;
  return success;
}

int cuDeviceGetName(char* text, int length, int) {
  std::strncpy(text, model, static_cast<std::size_t>(length));
  return success;
}

int cuDeviceGetUuid_v2(void* uuid, int) {
  std::memset(uuid, 0xab, 16);
  return success;
}

int cuGetErrorString(int, const char** text) {
  *text = "an error of the driver's double";
  return success;
}
}
