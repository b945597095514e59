#!/usr/bin/env bash
# Follows docs/installing.md, "Without root", in a user's account of a bare Debian that has no compiler.
#
#   packaging/try-worker-without-root.sh SUITE TARBALL [LIBTORCH]      as root
#
# SUITE is bullseye (Debian 11), bookworm (12) or trixie (13), TARBALL what `./run package` makes. LIBTORCH, a folder into
# which pip has installed torch 2.11, spares the download of 530 MB. Ends with the exit code of the first command that
# failed, and says how long each took.
set -euo pipefail
[ $# -ge 2 ] || { sed -n '2,8p' "$0" >&2; exit 64; }
[ "$(id -u)" = 0 ] || { echo "try-worker-without-root: needs root, for chroot" >&2; exit 69; }
here=$(cd "$(dirname "$0")" && pwd)
suite=$1 tarball=$(realpath "$2") libtorch=${3:+$(realpath "$3")}
page=$(realpath "$here/../docs/installing.md")
machine=${TRY_MACHINE:-$(mktemp -d)}  # TRY_MACHINE: a folder that is kept, for a second try
leave() {
  local mounted
  for mounted in home/someone/pbn/libtorch proc sys dev; do
    ! mountpoint -q "$machine/$mounted" || umount -l "$machine/$mounted"
  done
  [ -n "${TRY_MACHINE:-}" ] || rm -rf --one-file-system "$machine"
}
trap leave EXIT
say() { printf '\033[1m%s\033[0m\n' "try-worker-without-root: $*" >&2; }

if [ ! -e "$machine/etc/debian_version" ]; then
  say "installing $suite"
  "$here/make-root.sh" "$suite" "$machine" ca-certificates,python3-venv
fi
chmod 755 "$machine"
rm -rf "$machine/etc/ssl/certs" && cp -rL /etc/ssl/certs "$machine/etc/ssl/certs"  # also those of a site's proxy
[ ! -e /etc/pip.conf ] || cp /etc/pip.conf "$machine/etc/"
cp -L /etc/resolv.conf /etc/hosts "$machine/etc/"
mountpoint -q "$machine/proc" || mount -t proc proc "$machine/proc"
mountpoint -q "$machine/sys" || mount -t sysfs sysfs "$machine/sys"
mountpoint -q "$machine/dev" || { mount --rbind /dev "$machine/dev" && mount --make-rslave "$machine/dev"; }
chroot "$machine" id someone >/dev/null 2>&1 || chroot "$machine" useradd --create-home someone
home=$machine/home/someone
rm -rf "$home"/{pbn/{bin,lib,share,venv},*.h5,*.yaml,alone,runs,sweeps} "$home"/pbn-*
cp "$tarball" "$home/"
if [ -n "$libtorch" ]; then
  mkdir -p "$home/pbn/libtorch"
  mountpoint -q "$home/pbn/libtorch" || mount --bind "$libtorch" "$home/pbn/libtorch"
fi
chroot "$machine" chown -f someone: /home/someone /home/someone/pbn || true

# The page's commands, with the time of each, and its files.
awk -v fetched="$libtorch" '
  /^## / { here = /Without root/ }
  !here { next }
  /^Save this as `/ { file = $4; gsub(/[`:]/, "", file) }
  /^```/ && inside { inside = 0; if (file) print "TEXT"; file = ""; next }
  /^```sh/ { inside = 1; file = ""; next }
  /^```yaml/ && file { inside = 1; print "cat >" file " <<\\TEXT"; next }
  inside && !file && fetched && /--target/ { skip = 1 }
  inside && !skip { print }
  inside && skip && !/\\$/ { skip = 0 }' "$page" >"$home/commands"
cat >"$home/follow" <<'TEXT'
set -e
cd ~
for program in cc gcc c++ sudo; do ! command -v $program || { echo "$program is installed"; exit 70; }; done
. ./commands
TEXT
say "$(chroot "$machine" getconf GNU_LIBC_VERSION), $(chroot "$machine" python3 --version)"
begin=$SECONDS
environment=(HOME=/home/someone PATH=/usr/local/bin:/usr/bin:/bin LANG=C.UTF-8 PS4='+ $SECONDS s: ' PIP_NO_CACHE_DIR=1
  PIP_DISABLE_PIP_VERSION_CHECK=1 {SSL_CERT_FILE,PIP_CERT}=/etc/ssl/certs/ca-certificates.crt
  ${PIP_INDEX_URL:+PIP_INDEX_URL="$PIP_INDEX_URL"})
env -i "${environment[@]}" "$(command -v chroot)" --userspec=someone: "$machine" bash -x /home/someone/follow </dev/null
[ -s "$home/alone/result.json" ]
say "all of it held, in $((SECONDS - begin)) s"
