#!/usr/bin/env bash
# Trains the three cells of the study with each of these seeds and archives them in docs/results/lsp-power/runs/:
#
#   experiments/lsp-power/seed.sh 1 2 3 4
#
# It starts in the folder that has the pose files, with pbn on the PATH; PBN_STORE is the store (default: that folder).
# It may be killed and started again at any moment. Seeds that have an archive are left out. Two seeds are trained
# together: their six runs of one rank keep two processors busy to the end.
set -euo pipefail

grids=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
archives=$grids/../../docs/results/lsp-power/runs
store=${PBN_STORE:-.}
mkdir -p "$archives"

archive_of() { printf '%s/seed-%03d.tar.xz' "$archives" "$1"; }

seeds=()
for seed in "$@"; do
  [[ -e $(archive_of "$seed") ]] || seeds+=("$seed")
done
for ((i = 0; i < ${#seeds[@]}; i += 2)); do
  together=("${seeds[@]:i:2}")
  for question in branches deep; do
    pbn run "$grids/$question.yaml" --seeds "$(IFS=,; echo "${together[*]}")" --store "$store"
  done
  for seed in "${together[@]}"; do
    pbn export "$grids/branches.yaml" "$grids/deep.yaml" --seeds "$seed" --store "$store" \
      --without-weights --out "$(archive_of "$seed")"
  done
done
