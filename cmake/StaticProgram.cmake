# -DPBN_STATIC=PREFIX: programs for any Linux on this processor, whatever its libraries are. pbn is linked statically.
# pbn_worker takes LibTorch, MPI and the C and C++ libraries from the machine, or those of packaging/portable-worker.sh,
# and has all others inside. PREFIX has the libraries of which Debian has no usable static form
# (packaging/static-libraries.sh); they come first.
set(PBN_STATIC "" CACHE PATH "Link what is not of the machine statically, with the libraries below this folder first")
if(NOT PBN_STATIC)
  return()
endif()
if(PBN_TORCH)
  find_package(MPI REQUIRED COMPONENTS C)  # while shared libraries are found
endif()
set(CMAKE_FIND_LIBRARY_SUFFIXES .a)
list(PREPEND CMAKE_PREFIX_PATH ${PBN_STATIC})
set(ENV{PKG_CONFIG_PATH} ${PBN_STATIC}/lib/pkgconfig)
set(PKG_CONFIG_ARGN --static)
foreach(package hdf5 hwloc matio)
  foreach(part dl m pthread)  # parts of the C library, which must not be found as archives
    set(pkgcfg_lib_${package}_${part} ${part} CACHE INTERNAL "")
  endforeach()
endforeach()
set(OPENSSL_USE_STATIC_LIBS ON)
set(Boost_USE_STATIC_LIBS ON)
add_link_options(LINKER:--gc-sections)
