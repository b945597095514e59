#!/bin/bash
# Packs what tests/gpu/check.sh needs into one folder, for a machine with a GPU that has neither our libraries nor a
# network: PyTorch 2.11 for CUDA 13 from its wheels (`pip install torch==2.11.0`) and the glibc and libstdc++ of Debian
# 12, or newer ones, are enough there.
#
#   tests/gpu/pack.sh [BUILD [FOLDER]]      default: build and BUILD/gpu-check
#   FOLDER/check.sh --part right --out DIR  there, as check.sh says
#
# FOLDER has bin/ (our programs and the plug-in, stripped), lib/ (the libraries that they need besides PyTorch's, glibc
# and libstdc++), openmpi/ (Open MPI's programs, plug-ins and texts: OPAL_PREFIX), data/ (drawn people) and peers/ (the
# peers in Python). Ends with 65 if it is larger than 64 MiB, compressed.
set -euo pipefail
source=$(realpath "$(dirname "$0")/../..")
build=$(realpath "${1:-$source/build}")
folder=${2:-$build/gpu-check}
rm -rf "$folder"
mkdir -p "$folder"/{bin,lib,data,peers}
folder=$(realpath "$folder")

# libraries FILE...: the paths of the shared libraries that they load, those of PyTorch, CUDA, glibc and GCC left out
libraries() {
  for file; do ldd "$file" 2>/dev/null || true; done | awk '$2 == "=>" && $3 ~ /^\// { print $3 }' | sort -u |
    grep -vE '/torch/lib/|/nvidia/|/cuda|/lib(c|m|dl|rt|util|pthread|resolv|stdc\+\+|gcc_s|gomp|nccl|cud[a-z]*|cupti)\.so' || true
}

programs=("$build"/bin/{pbn_worker,bench_step,bench_roofline,bench_table})
[ ! -e "$build/bin/libpbn_cuda.so" ] || programs+=("$build/bin/libpbn_cuda.so")
cp "${programs[@]}" "$folder/bin/"

# Open MPI below its OPAL_PREFIX as Debian lays it out below /usr. Plug-ins for networks that one machine has no use for
# need many libraries and are left out.
plugins=$(ompi_info --path pkglibdir | awk '{ print $2 }')
mkdir -p "$folder/openmpi/bin" "$folder/openmpi/share" "$folder/openmpi${plugins#/usr}"
cp -L /usr/bin/{mpirun,orted} "$folder/openmpi/bin/"
cp -L /usr/share/openmpi -r "$folder/openmpi/share/"
for plugin in "$plugins"/*.so; do
  ldd "$plugin" | grep -qE 'libfabric|libuc[pst]|libpsm|libibverbs|liboshmem|libnl-3|monitoring|ompio' ||
    cp "$plugin" "$folder/openmpi${plugins#/usr}/"
done
pmix=$(dirname "$(realpath /usr/lib/*/libpmix.so.2)")/pmix
[ ! -d "$pmix" ] || cp -r "$pmix" "$folder/openmpi/pmix"

libraries "$folder"/bin/* "$folder"/openmpi/bin/* "$folder/openmpi${plugins#/usr}"/*.so | xargs cp -L -t "$folder/lib"
find "$folder"/{bin,lib,openmpi} -type f \( -name '*.so*' -o -path '*/bin/*' \) -exec strip --strip-unneeded {} + 2>/dev/null || true

# 48 people decide whether bits are the same, 64 of twice the side how fast a step is.
pbn=$build/bin/pbn
draw() {  # NAME BOX PEOPLE SEED
  "$pbn" prepare synthetic "$folder/data/$1.h5" --box "$2" --people "$3" --seed "$4" --encoding jpeg --quiet >/dev/null
}
draw train 128 48 1
draw validation 128 16 2
draw large 256 64 3

cp "$source"/tests/gpu/check.sh "$folder/"
cp "$source"/bench/peers/{network,step_on_gpu}.py "$folder/peers/"

bytes=$(tar -C "$folder" -cz . | wc -c)
echo "$folder: $(du -sm "$folder" | cut -f1) MiB, compressed $((bytes >> 20)) MiB"
[ "$bytes" -le $((64 << 20)) ] || { echo "pack.sh: more than 64 MiB" >&2; exit 65; }
