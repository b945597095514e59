#!/usr/bin/env bash
# Builds the libraries that pbn and pbn_worker need for a static link and of which Debian has no static form (fmt,
# simdjson, Highway) or one that drags in half a desktop (Cairo with X11, HDF5 with curl and Kerberos, hwloc with udev,
# libarchive with ICU): from the sources of this Debian, with what the programs use of them alone.
#
#   packaging/static-libraries.sh PREFIX      installs them below PREFIX; does nothing where this script has done so
#
# Needs apt's configured sources, dpkg-dev, CMake and a compiler; `./run package` installs these.
set -euo pipefail
[ $# = 1 ] && [ "$1" != --help ] || { sed -n '2,8p' "$0" >&2; exit 64; }
mkdir -p "$1"
prefix=$(cd "$1" && pwd)
work=$prefix/work
# Also for the plug-in for GPUs, a shared library; the same bytes in each folder.
export CFLAGS="-O2 -fPIC -ffile-prefix-map=$prefix=." CXXFLAGS="-O2 -fPIC -ffile-prefix-map=$prefix=."
say() { printf '\033[1m%s\033[0m\n' "static-libraries: $*" >&2; }

# Sources of the suites that apt is configured for, without a change of its configuration.
download() {
  local lists=$work/lists parts=$work/parts file
  mkdir -p "$lists/partial" "$parts" "$work/sources"
  for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
    [ ! -s "$file" ] || sed -n 's/^deb /deb-src /p' "$file" | grep -i debian >"$parts/$(basename "$file" .list).list" || true
  done
  for file in /etc/apt/sources.list.d/*.sources; do
    [ ! -s "$file" ] || ! grep -qi '/debian' "$file" || sed 's/^Types:.*/Types: deb-src/' "$file" >"$parts/$(basename "$file")"
  done
  local apt=(apt-get -qq -o Dir::Etc::sourcelist=/dev/null -o "Dir::Etc::sourceparts=$parts" -o "Dir::State::lists=$lists"
    -o Dir::Cache::srcpkgcache= -o Dir::Cache::pkgcache= -o APT::Sandbox::User=)
  "${apt[@]}" update
  (cd "$work/sources" && "${apt[@]}" source --download-only "$@")
  # The signatures in the lists were checked by apt; the .dsc files' own need the developers' keys.
  for file in "$work"/sources/*.dsc; do
    (cd "$work/sources" && dpkg-source --no-check -x "$file" >/dev/null)
  done
}

# with_cmake NAME FOLDER OPTIONS...
with_cmake() {
  local name=$1 source=$2 build=$work/build/$1
  shift 2
  say "$name"
  { cmake -G Ninja -S "$source" -B "$build" -DCMAKE_BUILD_TYPE=Release -DCMAKE_INSTALL_PREFIX="$prefix" \
      -DCMAKE_INSTALL_LIBDIR=lib -DBUILD_SHARED_LIBS=OFF -DBUILD_TESTING=OFF "$@" &&
    cmake --build "$build" && cmake --install "$build"; } >"$work/$name.log" 2>&1 ||
    { tail -n 20 "$work/$name.log" >&2; exit 69; }
}

# with_configure NAME FOLDER OPTIONS...: the library alone, in src/ or in the folders $parts. Debian's patches are newer
# than the files that autotools made, which need not be made again.
as_shipped=(ACLOCAL=: AUTOCONF=: AUTOMAKE=: AUTOHEADER=:)
with_configure() {
  local name=$1 source=$2 part
  shift 2
  say "$name"
  mkdir -p "$work/build/$name"
  (cd "$work/build/$name" && "$source/configure" --prefix="$prefix" --enable-static --disable-shared "$@" &&
    for part in ${parts:-src}; do make -j "$(nproc)" -C "$part" "${as_shipped[@]}" install || exit; done) \
    >"$work/$name.log" 2>&1 ||
    { tail -n 20 "$work/$name.log" >&2; exit 69; }
}

recipe=$(sha256sum <"$0")
[ "$(cat "$prefix/complete" 2>/dev/null)" != "$recipe" ] || exit 0
rm -rf "$work"
say "downloading sources"
download fmtlib simdjson highway hdf5 hwloc libarchive cairo
sources=$work/sources
with_cmake fmt "$sources"/fmtlib-*/ -DFMT_TEST=OFF -DFMT_DOC=OFF
with_cmake simdjson "$sources"/simdjson-*/ -DSIMDJSON_DEVELOPER_MODE=OFF
with_cmake highway "$sources"/highway-*/ -DHWY_ENABLE_CONTRIB=OFF -DHWY_ENABLE_EXAMPLES=OFF
with_configure hdf5 "$sources"/hdf5-* --enable-build-mode=production --disable-{hl,tests,tools,embedded-libinfo} \
  --without-szlib  # libinfo: the place and time of this build
cat >"$prefix/lib/pkgconfig/hdf5.pc" <<TEXT
Name: hdf5
Description: HDF5 without curl
Version: $(sed -n 's/^#define H5_VERS_INFO.*version \([0-9.]*\).*/\1/p' "$prefix/include/H5public.h")
Libs: -L$prefix/lib -lhdf5 -lz -ldl -lm
Cflags: -I$prefix/include
TEXT
cat >"$prefix/lib/pkgconfig/matio.pc" <<TEXT
Name: matio
Description: Debian's, with this HDF5
Version: $(pkg-config --modversion matio)
Libs: -L$(pkg-config --variable=libdir matio) -lmatio -L$prefix/lib -lhdf5 -lz -ldl -lm
Cflags: -I$(pkg-config --variable=includedir matio)
TEXT
parts="include hwloc" with_configure hwloc "$sources"/hwloc-* --localstatedir=/var \
  --disable-{cairo,cuda,gl,levelzero,libudev,libxml2,nvml,opencl,pci,plugin-dlopen,rsmi}  # Linux's own files say all
cat >"$prefix/lib/pkgconfig/hwloc.pc" <<TEXT
Name: hwloc
Description: hwloc without udev
Version: $(sed -n 's/^#define HWLOC_VERSION "\(.*\)"/\1/p' "$prefix/include/hwloc/autogen/config.h")
Libs: -L$prefix/lib -lhwloc -lm
Cflags: -I$prefix/include
TEXT
with_cmake libarchive "$sources"/libarchive-*/ \
  -DENABLE_LZMA=ON \
  -DENABLE_{TEST,TAR,CPIO,CAT,OPENSSL,NETTLE,LIBXML2,EXPAT,ZSTD,LZ4,BZip2,ZLIB,ACL,XATTR,ICONV,LIBB2}=OFF
with_configure cairo "$sources"/cairo-* --disable-{xlib,xcb,ft,fc} \
  --disable-{png,svg,pdf,ps,gobject,interpreter,trace,script,gtk-doc}  # pixels and paths, neither text nor windows
rm -rf "$work"
echo "$recipe" >"$prefix/complete"
