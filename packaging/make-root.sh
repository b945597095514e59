#!/usr/bin/env bash
# Makes the smallest Debian in a folder, from the mirror that this machine's apt uses. Needs root.
#
#   packaging/make-root.sh SUITE FOLDER [PACKAGES]
#
# SUITE is a name such as bullseye, PACKAGES what is installed beside it, separated by commas.
set -euo pipefail
[ $# -ge 2 ] && [ "$1" != --help ] || { sed -n '2,6p' "$0" >&2; exit 64; }
suite=$1 folder=$2 packages=${3-}
[ "$(id -u)" = 0 ] || { echo "make-root: needs root, for debootstrap" >&2; exit 69; }
mirror=$(cat /etc/apt/sources.list.d/* /etc/apt/sources.list 2>/dev/null |
  sed -n 's/^URIs: *//p; s/^deb  *\(\[[^]]*\] *\)\?\([^ ]*\).*/\2/p' | sed -n 1p || true)  # either may be missing
log=$(mktemp)
trap 'rm -f "$log"' EXIT
debootstrap --variant=minbase ${packages:+--include="$packages"} "$suite" "$folder" ${mirror:+"$mirror"} >"$log" 2>&1 ||
  { tail -n 5 "$log" >&2; exit 69; }
