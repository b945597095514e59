# What the plug-in for GPUs, libpbn_cuda.so, is built with. Each part is looked for in the wheels beside LibTorch, then in
# those that `./run setup` installs, then in the CUDA toolkit and the system; nvcc in the toolkit first.
#   CMake's language CUDA: nvcc 13
#   pbn_cuda_includes: the folders of the headers of CUDA's runtime, its C++ library, NVTX and NCCL
#   pbn_cuda_parts: for C++ that calls CUDA and NCCL: these headers, libcudart and libnccl
#   pbn_cuda_places: the folders of these libraries, in which the plug-in looks for them first
# Fails where a part is missing; only -DPBN_CUDA=OFF leaves the plug-in out. Then it gives pbn_cuda_includes alone, with
# which tests run the kernels on the host, and which is empty where the headers are missing.

function(pbn_refuse_without part)
  message(FATAL_ERROR "The plug-in for GPUs needs ${part}. `./run setup` installs it, or leave the plug-in out with "
    "-DPBN_CUDA=OFF, then nothing runs on a GPU.")
endfunction()

set(wheels ${pbn_torch_root}/../nvidia ${pbn_wheels_of_setup}/nvidia)

# pbn_find_nvcc(RESULT): the first nvcc of CUDA 13
function(pbn_find_nvcc result)
  find_program(in_path nvcc NO_CACHE)
  set(candidates ${CMAKE_CUDA_COMPILER} $ENV{CUDACXX} ${in_path} $ENV{CUDA_PATH}/bin/nvcc $ENV{CUDA_HOME}/bin/nvcc
    /usr/local/cuda/bin/nvcc)
  foreach(folder ${wheels})
    list(APPEND candidates ${folder}/cu13/bin/nvcc)
  endforeach()
  foreach(candidate ${candidates})
    if(EXISTS ${candidate})
      execute_process(COMMAND ${candidate} --version OUTPUT_VARIABLE version ERROR_QUIET)
      if(version MATCHES "release 13\\.")
        cmake_path(NORMAL_PATH candidate)
        set(${result} ${candidate} PARENT_SCOPE)
        return()
      endif()
    endif()
  endforeach()
  pbn_refuse_without("nvcc of CUDA 13")
endfunction()

# pbn_find_folder(RESULT FILES a b ... IN folder ...): the first folder that has all of these files, empty if none has
function(pbn_find_folder result)
  cmake_parse_arguments(FIND "" "" "FILES;IN" ${ARGN})
  foreach(folder ${FIND_IN})
    set(is_whole TRUE)
    foreach(file ${FIND_FILES})
      if(NOT EXISTS ${folder}/${file})
        set(is_whole FALSE)
      endif()
    endforeach()
    if(is_whole)
      cmake_path(NORMAL_PATH folder)
      set(${result} ${folder} PARENT_SCOPE)
      return()
    endif()
  endforeach()
  if(PBN_CUDA)
    list(JOIN FIND_FILES ", " files)
    pbn_refuse_without("the files ${files} in one folder")
  endif()
  set(${result} "" PARENT_SCOPE)
endfunction()

# pbn_in_wheels(RESULT SUFFIX folder ...): this folder in each set of wheels, then the others
function(pbn_in_wheels result suffix)
  set(folders ${wheels})
  list(TRANSFORM folders APPEND /${suffix})
  set(${result} ${folders} ${ARGN} PARENT_SCOPE)
endfunction()

if(PBN_CUDA)
  if(NOT EXISTS ${pbn_torch_root}/lib/libtorch_cuda.so)
    pbn_refuse_without("a LibTorch with CUDA 13; the one at ${pbn_torch_root} has no CUDA")
  endif()
  if(NOT EXISTS "${PBN_NVCC}")
    pbn_find_nvcc(nvcc)
    set(PBN_NVCC ${nvcc} CACHE FILEPATH "nvcc of CUDA 13" FORCE)
  endif()
  cmake_path(GET PBN_NVCC PARENT_PATH toolkit)
  cmake_path(GET toolkit PARENT_PATH toolkit)
else()
  set(toolkit /usr/local/cuda)
endif()

pbn_in_wheels(places cu13/include ${toolkit}/include)
pbn_find_folder(cuda_include FILES cuda_runtime_api.h crt/host_defines.h cccl/nv/target nvtx3/nvToolsExt.h IN ${places})
# LibTorch calls the NCCL that it was built for, which an older one of the system would not replace.
pbn_in_wheels(places nccl/include ${toolkit}/include /usr/include)
pbn_find_folder(nccl_include FILES nccl.h IN ${places})
set(pbn_cuda_includes "")
if(cuda_include AND nccl_include)
  set(pbn_cuda_includes ${nccl_include} ${cuda_include} ${cuda_include}/cccl)
endif()
if(NOT PBN_CUDA)
  return()
endif()

set(system_libraries /usr/lib/${CMAKE_LIBRARY_ARCHITECTURE} /usr/lib64)
pbn_in_wheels(places cu13/lib ${toolkit}/lib64 ${system_libraries})
pbn_find_folder(cudart_place FILES libcudart.so.13 IN ${places})
pbn_in_wheels(places nccl/lib ${toolkit}/lib64 ${system_libraries})
pbn_find_folder(nccl_place FILES libnccl.so.2 IN ${places})
file(STRINGS ${nccl_include}/nccl.h nccl_version REGEX "define NCCL_VERSION_CODE")
string(REGEX MATCH "[0-9]+" nccl_version "${nccl_version}")
if(nccl_version LESS 22800)
  pbn_refuse_without("NCCL 2.28 or newer; ${nccl_include} has version ${nccl_version}")
endif()

add_library(pbn_cuda_parts INTERFACE)
target_include_directories(pbn_cuda_parts SYSTEM INTERFACE ${pbn_cuda_includes})
target_link_libraries(pbn_cuda_parts INTERFACE ${nccl_place}/libnccl.so.2 ${cudart_place}/libcudart.so.13)
set(pbn_cuda_places ${nccl_place} ${cudart_place} ${pbn_torch_root}/lib)

# CMake tries nvcc by linking a program; the wheels keep CUDA's static libraries where nvcc does not look.
set(ENV{LIBRARY_PATH} "${cudart_place}:$ENV{LIBRARY_PATH}")
set(CMAKE_CUDA_COMPILER ${PBN_NVCC})
set(CMAKE_CUDA_ARCHITECTURES 80-real 90-real 100)  # and the last as PTX, which later GPUs compile themselves
enable_language(CUDA)
set(CMAKE_CUDA20_STANDARD_COMPILE_OPTION -std=c++20)  # which nvcc has, but CMake 3.25 does not know it
message(STATUS "Plug-in for GPUs: nvcc ${CMAKE_CUDA_COMPILER_VERSION} at ${PBN_NVCC}, NCCL ${nccl_version} at ${nccl_place}")

# Registers that a kernel spills to memory are an error.
set(pbn_device_options --expt-relaxed-constexpr -Xptxas --warn-on-spills -Werror all-warnings
  -Xcompiler -Wall,-Wextra,-Werror)

# pbn_device_code(name SOURCES a.cu ...): an object library of kernels and of the functions that launch them
function(pbn_device_code name)
  cmake_parse_arguments(CODE "" "" "SOURCES" ${ARGN})
  add_library(pbn_${name} OBJECT ${CODE_SOURCES})
  target_include_directories(pbn_${name} PRIVATE ${PROJECT_SOURCE_DIR})
  target_compile_options(pbn_${name} PRIVATE ${pbn_device_options})
endfunction()
