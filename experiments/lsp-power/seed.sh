#!/usr/bin/env bash
# Trains the three cells of the study with each of these seeds and archives them in docs/results/lsp-power/runs/:
#
#   experiments/lsp-power/seed.sh 1 2 3
#
# It starts in the folder that has the pose files, with pbn on the PATH; PBN_STORE is the store (default: that folder).
# It may be killed and started again at any moment. Seeds that have an archive are left out.
set -euo pipefail

grids=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
archives=$grids/../../docs/results/lsp-power/runs
store=${PBN_STORE:-.}
mkdir -p "$archives"
for seed in "$@"; do
  archive=$archives/seed-$(printf %03d "$seed").tar
  if [[ -e $archive.xz ]]; then continue; fi
  for question in branches deep; do
    pbn run "$grids/$question.yaml" --seeds "$seed" --store "$store"
  done
  pbn export "$grids/branches.yaml" "$grids/deep.yaml" --seeds "$seed" --store "$store" \
    --without-weights --force --out "$archive"
  xz -9 "$archive"
done
