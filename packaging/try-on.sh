#!/usr/bin/env bash
# Tries a release where nothing else is installed, and prints the time of each command. As root; ends with the exit code of
# the first command that fails.
#
#   packaging/try-on.sh empty FOLDER       FOLDER/pbn in a root directory that has nothing but /proc
#   packaging/try-on.sh bullseye FOLDER    in the smallest Debian of this name (debootstrap, from apt's mirror); also other
#                                          programs as workers, and FOLDER/pbn_*.deb, installed, used and removed
#   example: ./run package && packaging/try-on.sh bullseye build-package
set -euo pipefail
[ $# = 2 ] || { sed -n '2,9p' "$0" >&2; exit 64; }
here=$(cd "$(dirname "$0")" && pwd)
suite=$1 folder=$(realpath "$2")
[ "$(id -u)" = 0 ] || { echo "try-on: needs root, for chroot" >&2; exit 69; }
root=$(mktemp -d)
chmod 755 "$root"
leave() { umount "$root/proc" 2>/dev/null || true; rm -rf --one-file-system "$root"; }
trap leave EXIT

# in_root COMMAND...
in_root() {
  local start=${EPOCHREALTIME/[.,]/} code=0
  printf '\033[1m%s\033[0m\n' "$suite: $*" >&2
  env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root chroot "$root" "$@" </dev/null || code=$?
  printf '%s: exit %s after %s ms\n' "$suite" "$code" $(((${EPOCHREALTIME/[.,]/} - start) / 1000)) >&2
  return $code
}

make_root() {
  [ "$suite" = empty ] || "$here/make-root.sh" "$suite" "$root"
  mkdir -p "$root"/{proc,tmp,study}
  mountpoint -q "$root/proc" || mount -t proc proc "$root/proc"
  install -m 755 "$folder/pbn" "$root/pbn"
}

# A study whose runs are pbn itself, which finds more or fewer groups.
try_study() {
  cat >"$root/study/groups.yaml" <<'TEXT'
name: groups
worker: {script: "/pbn groups /study/train.h5 -k {k} --out {run}/out.json"}
result: {file: out.json}
cells: [{settings.k: [3, 5]}]
metric: ncut
TEXT
  printf 'time: 60\nprecision: fp32\n' >"$root/study/cluster.yaml"
  in_root /pbn --version
  in_root /pbn prepare synthetic --train /study/train.h5 --validation /study/validation.h5 --people 40
  in_root /pbn inspect /study/train.h5 --sheet /study/people.svg
  in_root /pbn groups /study/train.h5 -k 5
  in_root /pbn plan /study/groups.yaml --store /study/store
  in_root /pbn run /study/groups.yaml --store /study/store
  in_root /pbn status groups --store /study/store
  in_root /pbn report groups --store /study/store --out /study/report
  in_root /pbn export groups --store /study/store --out /study/groups.tar
  in_root /pbn submit /study/groups.yaml --store /study/other --profile /study/cluster.yaml --dry-run
  [ -s "$root/study/report/index.html" ]
}

try_evaluation() {
  cat >"$root/study/truth.json" <<'TEXT'
{"images": [{"id": 1, "file_name": "a.jpg", "width": 64, "height": 64}],
 "categories": [{"id": 1, "name": "person", "keypoints": ["nose", "neck"], "skeleton": [[1, 2]]}],
 "annotations": [{"id": 1, "image_id": 1, "category_id": 1, "iscrowd": 0, "area": 900, "bbox": [10, 10, 30, 30],
                  "num_keypoints": 2, "keypoints": [20, 20, 2, 20, 30, 2]}]}
TEXT
  echo '[{"image_id": 1, "category_id": 1, "keypoints": [20, 20, 1, 21, 30, 1], "score": 0.9}]' >"$root/study/found.json"
  in_root /pbn evaluate /study/found.json --against /study/truth.json --sigmas 0.1,0.1
}

# Other programs as workers: a shell script, and one in the place of pbn_worker, whose people pbn draws.
try_other_workers() {
  cat >"$root/study/decay.sh" <<'TEXT'
echo "{\"error\": 0.$1}" >"$2/out.json"
TEXT
  cat >"$root/study/decay.yaml" <<'TEXT'
name: decay
worker: {script: "sh /study/decay.sh {rate}{seed} {run}"}
result: {file: out.json}
seeds: [1, 2, 3]
cells: [{settings.rate: [3, 5]}]
metric: {name: error, better: lower}
TEXT
  in_root /pbn run /study/decay.yaml --store /study/store
  in_root /pbn report decay --store /study/store --out /study/decay
  cat >"$root/pbn_worker" <<'TEXT'
#!/bin/sh
cat >"$(sed -n 's/.*"answer": *"\([^"]*\)".*/\1/p' "$2")" <<'ANSWER'
{"skeleton": "coco17", "parts": ["nose", "l-eye"], "groups": [["nose"], ["l-eye"]], "parameters": 1,
 "input_pixels": 64, "people": [[[30, 30, 0.9], [50, 40, 0.8]]]}
ANSWER
TEXT
  chmod 755 "$root/pbn_worker"
  touch "$root/study/weights.safetensors"
  base64 --decode >"$root/study/grey.png" <<'TEXT'
iVBORw0KGgoAAAANSUhEUgAAAEAAAABACAAAAACPAi4CAAAAKUlEQVR42u3MQREAAAwCIKMb3RD77SAA6VEEAoFAIBAIBAKBQCAQfA8G320AeXC6efoAAAAASUVORK5CYII=
TEXT
  in_root /pbn predict --checkpoint /study/weights.safetensors /study/grey.png --out /study/predicted
  [ -s "$root/study/predicted/grey.png" ]
}

# All files but the study's and those in which Debian notes what is installed.
files_of_system() { (cd "$root" && find . -xdev \( -path ./proc -o -path ./study -o -path './var/*' \) -prune -o -print | sort); }

try_debian_package() {
  cp "$folder"/pbn_*.deb "$root/tmp/pbn.deb"
  files_of_system >"$folder/before.txt"
  in_root dpkg --install /tmp/pbn.deb
  sed '/^expected:/d' "$root/usr/share/pbn/experiments/demo.yaml" >"$root/study/demo.yaml"  # people of any size
  in_root pbn plan /study/demo.yaml --store /study/store --set data.train=/study/train.h5 \
    --set data.validation=/study/validation.h5
  in_root dpkg --verify pbn
  in_root dpkg --purge pbn
  files_of_system | diff "$folder/before.txt" - || { echo "try-on: files of the package are left" >&2; exit 1; }
  rm "$folder/before.txt"
}

cd /
make_root
try_study
try_evaluation
if [ "$suite" != empty ]; then
  try_other_workers
  try_debian_package
fi
echo "try-on: $suite: all commands did what they should, in $SECONDS s" >&2
