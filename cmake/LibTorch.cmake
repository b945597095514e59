# LibTorch 2.11 or newer as two imported targets of our own: find_package(Torch) would drag CUDA flags into every target.
#   pbn_torch: the CPU part, libtorch_cpu + libc10, all that pbn_worker links
# Looked for in this order: -DTorch_DIR, -DPBN_LIBTORCH, $PBN_LIBTORCH, the folder that `./run setup` fills.

if(DEFINED ENV{XDG_CACHE_HOME})
  set(pbn_wheels_of_setup $ENV{XDG_CACHE_HOME}/pbn/libtorch-2.11.0)
else()
  set(pbn_wheels_of_setup $ENV{HOME}/.cache/pbn/libtorch-2.11.0)
endif()
if(Torch_DIR)
  cmake_path(SET pbn_torch_root NORMALIZE "${Torch_DIR}/../../..")
elseif(PBN_LIBTORCH)
  set(pbn_torch_root ${PBN_LIBTORCH})
elseif(DEFINED ENV{PBN_LIBTORCH})
  set(pbn_torch_root $ENV{PBN_LIBTORCH})
else()
  set(pbn_torch_root ${pbn_wheels_of_setup}/torch)
endif()
if(NOT EXISTS ${pbn_torch_root}/lib/libtorch_cpu.so)
  message(FATAL_ERROR "LibTorch is not at ${pbn_torch_root}; `./run setup` installs it, or give -DPBN_LIBTORCH=DIR")
endif()
message(STATUS "LibTorch: ${pbn_torch_root}")

add_library(pbn_torch INTERFACE)
# Behind the system's headers: the wheel carries fmt 12, whose symbols no library here has.
target_compile_options(pbn_torch INTERFACE
  "SHELL:-idirafter ${pbn_torch_root}/include" "SHELL:-idirafter ${pbn_torch_root}/include/torch/csrc/api/include")
if(PBN_STATIC)  # texts of errors name LibTorch's headers: the same bytes wherever it lies
  target_compile_options(pbn_torch INTERFACE -ffile-prefix-map=${pbn_torch_root}=torch)
endif()
target_link_libraries(pbn_torch INTERFACE
  ${pbn_torch_root}/lib/libtorch_cpu.so ${pbn_torch_root}/lib/libc10.so)
# CMake adds the RPATH: the folders of these libraries.
target_link_options(pbn_torch INTERFACE
  "LINKER:-rpath-link,${pbn_torch_root}/lib:${pbn_torch_root}/../nvidia/cu13/lib")
