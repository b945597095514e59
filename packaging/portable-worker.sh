#!/usr/bin/env bash
# Makes an installed pbn_worker one for any Linux, whatever glibc it has and wherever its LibTorch and MPI are.
#
#   packaging/portable-worker.sh [--with-others] PREFIX LIBTORCH
#
# PREFIX/bin/pbn_worker moves to PREFIX/lib/pbn/, and a script that finds its libraries (packaging/pbn_worker.in) takes
# its place. PREFIX/lib/pbn/glibc/ gets this machine's C and C++ libraries with their loader, for machines with older
# ones: libraries that were built for an older glibc run with a newer one, those of LibTorch and of a site's MPI too.
# LIBTORCH is the one that the program was linked with. Ends with 65 if the program needs other libraries, unless
# --with-others says that the machine has them: build it with -DPBN_STATIC.
set -euo pipefail
with_others=
[ "${1-}" != --with-others ] || { with_others=1; shift; }
[ $# = 2 ] && [ "$1" != --help ] || { sed -n '2,10p' "$0" >&2; exit 64; }
here=$(cd "$(dirname "$0")" && pwd)
prefix=$1
own=$prefix/lib/pbn

# Those that glibc consists of know each other's inner functions, so that all must be of one build.
carried=(libc.so.6 libm.so.6 libmvec.so.1 libdl.so.2 libpthread.so.0 librt.so.1 libresolv.so.2 libutil.so.1 libanl.so.1
  libnss_compat.so.2 libnss_dns.so.2 libnss_files.so.2 libstdc++.so.6 libgcc_s.so.1)
outside=(libtorch_cpu.so libc10.so libmpi.so.40 ld-linux-x86-64.so.2)
needed=$(objdump -p "$prefix/bin/pbn_worker" | sed -n 's/^ *NEEDED *//p')
others=$(grep -vxF "$(printf '%s\n' "${carried[@]}" "${outside[@]}")" <<<"$needed" || true)
if [ -n "$others" ] && [ -z "$with_others" ]; then
  echo "portable-worker: pbn_worker needs ${others//$'\n'/, }; build it with -DPBN_STATIC" >&2
  exit 65
fi

torch=$(sed -n "s/^__version__ = '\([0-9]*\.[0-9]*\).*/\1/p" "$2/version.py")
glibc=$(getconf GNU_LIBC_VERSION)
glibc=${glibc#glibc }
mkdir -p "$own/glibc"
install -m 755 "$prefix/bin/pbn_worker" "$own/pbn_worker"
install -m 755 "$(cc -print-file-name=ld-linux-x86-64.so.2)" "$own/ld-linux-x86-64.so.2"
for library in "${carried[@]}"; do
  install -m 644 "$(cc -print-file-name="$library")" "$own/glibc/$library"
done
for package in libc6 libgcc-s1 libstdc++6; do
  install -m 644 "/usr/share/doc/$package/copyright" "$own/glibc/copyright-$package"
done
start=$prefix/bin/pbn_worker
sed "s/@TORCH@/$torch/g; s/@GLIBC@/$glibc/; s/@GLIBC_MINOR@/${glibc#*.}/" "$here/pbn_worker.in" >"$start.new"
chmod 755 "$start.new"
mv "$start.new" "$start"
