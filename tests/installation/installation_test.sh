#!/bin/bash
# Installs the build into a folder and staged by DESTDIR, and uses the first with the checkout and the build out of reach:
# covered by empty folders that no other process sees.
#
#   installation_test.sh CMAKE BUILD SOURCE      ends with 77 where this user may not cover folders
set -euo pipefail
cmake=$1
export BUILD=$2 SOURCE=$3
covered=(unshare --mount)
[ "$(id -u)" = 0 ] || covered+=(--map-root-user)
if ! "${covered[@]}" mount -t tmpfs none /mnt; then
  echo "needs the right to mount a tmpfs (root, or namespaces of users)"
  exit 77
fi
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT

"$cmake" --install "$BUILD" --prefix "$place/pbn" >"$place/log"
DESTDIR=$place/stage "$cmake" --install "$BUILD" --prefix /opt/pbn >"$place/log"
diff -r "$place/pbn" "$place/stage/opt/pbn"
for file in man/man1/pbn.1 bash-completion/completions/pbn zsh/site-functions/_pbn fish/vendor_completions.d/pbn.fish \
  doc/pbn/README.md doc/pbn/docs/grids.md pbn/experiments/schema/grid.json pbn/slurm/array.sh.mustache; do
  [ -s "$place/pbn/share/$file" ] || { echo "share/$file is missing or empty"; exit 1; }
done
python3 "$SOURCE/tests/documents/check_links.py" --root "$place/pbn/share/doc/pbn"
if command -v groff >/dev/null; then
  for page in "$place"/pbn/share/man/man1/*; do
    [ -z "$(groff -man -Tascii -ww -rLL=110n "$page" 2>&1 >/dev/null)" ] || { echo "groff warns of $page"; exit 1; }
  done
fi

# A file that a program reads from the checkout would be missing now.
cd "$place"
PATH=$place/pbn/bin:$PATH
"${covered[@]}" bash -euxc '
  for folder in "$SOURCE" "$BUILD"; do
    [ ! -d "$folder" ] || mount -t tmpfs none "$folder"
    [ -z "$(ls "$folder" 2>/dev/null)" ]
  done
  pbn --version
  pbn prepare synthetic --train train.h5 --validation validation.h5 --people 16 --box 64
  data="--set data.train=train.h5 --set data.validation=validation.h5"
  sed /^expected:/d pbn/share/pbn/experiments/demo.yaml >demo.yaml  # people of any size
  pbn plan demo.yaml $data
  pbn submit demo.yaml $data --profile pbn/share/pbn/slurm/profile-example.yaml --dry-run
  [ -e pbn/bin/pbn_worker ] || exit 0
  cat >study.yaml <<"TEXT"
name: study
data: {train: train.h5, validation: validation.h5}
model: {stacks: 1, features: 16}
train: {epochs: 1, global_batch: 8, precision: fp32}
run: {ranks: 2}
seeds: [1]
cells: [{model.head: plain}]
TEXT
  pbn run study.yaml
  pbn report study
'
