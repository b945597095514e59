# -DPBN_STATIC=PREFIX: links pbn statically, so that it runs on any Linux for this processor, whatever its libraries are.
# PREFIX has the libraries of which Debian has no usable static form (packaging/static-libraries.sh); they come first.
# LibTorch and MPI have no static form: PBN_TORCH must be OFF.
set(PBN_STATIC "" CACHE PATH "Link pbn statically, with the libraries below this folder first")
if(NOT PBN_STATIC)
  return()
endif()
if(PBN_TORCH)
  message(FATAL_ERROR "PBN_STATIC links pbn alone. Add -DPBN_TORCH=OFF.")
endif()
set(CMAKE_FIND_LIBRARY_SUFFIXES .a)
list(PREPEND CMAKE_PREFIX_PATH ${PBN_STATIC})
set(ENV{PKG_CONFIG_PATH} ${PBN_STATIC}/lib/pkgconfig)
set(PKG_CONFIG_ARGN --static)
set(OPENSSL_USE_STATIC_LIBS ON)
set(Boost_USE_STATIC_LIBS ON)
add_link_options(-static LINKER:--gc-sections)
