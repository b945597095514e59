# Tries a static pbn where there is nothing else: in a folder as root directory, with /proc alone.
#
#   packaging/try-in-empty-root.sh PBN      as root; ends with the exit code of the first command that failed
#
# A study whose runs are pbn itself goes through prepare, inspect, groups, plan, run, status, report, export and a dry run
# of submit.
set -euo pipefail
[ $# = 1 ] && [ "$1" != --help ] || { sed -n '2,7p' "$0" >&2; exit 64; }
[ "$(id -u)" = 0 ] || { echo "try-in-empty-root: needs root, for chroot" >&2; exit 69; }
root=$(mktemp -d)
leave() { umount "$root/proc" 2>/dev/null || true; rm -rf --one-file-system "$root"; }
trap leave EXIT
mkdir -p "$root"/{proc,tmp,study}
mount -t proc proc "$root/proc"
install -m 755 "$1" "$root/pbn"

cat >"$root/study/groups.yaml" <<'TEXT'
name: groups
worker: {script: "/pbn groups /study/train.h5 -k {k} --out {run}/out.json"}
result: {file: out.json}
cells: [{settings.k: [3, 5]}]
metric: ncut
TEXT
printf 'time: 60\nprecision: fp32\n' >"$root/study/cluster.yaml"

try() {
  printf '\033[1m%s\033[0m\n' "pbn $*" >&2
  chroot "$root" /pbn "$@"
}
cd /
try --version
try prepare synthetic --train /study/train.h5 --validation /study/validation.h5 --people 40
try inspect /study/train.h5 --sheet /study/people.svg
try groups /study/train.h5 -k 5
try plan /study/groups.yaml --store /study/store
try run /study/groups.yaml --store /study/store
try status groups --store /study/store
try report groups --store /study/store --out /study/report
try export groups --store /study/store --out /study/groups.tar
try submit /study/groups.yaml --store /study/other --profile /study/cluster.yaml --dry-run
[ -s "$root/study/report/index.html" ]
echo "try-in-empty-root: all commands did what they should" >&2
