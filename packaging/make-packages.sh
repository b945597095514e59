#!/usr/bin/env bash
# Makes a release of what is installed below a folder: bin/, lib/ and share/.
#
#   packaging/make-packages.sh PREFIX VERSION OUT
#
# writes OUT/pbn-VERSION-linux-x86_64.tar.gz, OUT/pbn_VERSION_amd64.deb and OUT/SHA256SUMS, which lists OUT/pbn too. The
# same files below PREFIX give the same bytes, wherever and whenever: all times are SOURCE_DATE_EPOCH, by default that of
# the commit.
set -euo pipefail
[ $# = 3 ] || { sed -n '2,9p' "$0" >&2; exit 64; }
here=$(cd "$(dirname "$0")" && pwd)
prefix=$(realpath "$1") version=$2 out=$(realpath "$3")
export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git -C "$here" log -1 --format=%ct)}
export LC_ALL=C
umask 022
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# as_released FOLDER: the same permissions and times everywhere, whatever the umask and the clock of this machine
as_released() {
  chmod -R u=rwX,go=rX "$1"
  find "$1" -exec touch --no-dereference --date="@$SOURCE_DATE_EPOCH" {} +
}

rm -f "$out"/pbn-*.tar.gz "$out"/pbn_*.deb "$out/SHA256SUMS"
name=pbn-$version-linux-x86_64
cp -a "$prefix" "$work/$name"
as_released "$work/$name"
tar --create --directory "$work" --sort=name --format=gnu --owner=0 --group=0 --numeric-owner "$name" |
  gzip --no-name --best >"$out/$name.tar.gz"

# Debian has places of its own for the completions of packages, and wants a file named copyright.
mkdir "$work/debian"
mv "$work/$name" "$work/debian/usr"
share=$work/debian/usr/share
mkdir -p "$share/zsh/vendor-completions"
mv "$share/zsh/site-functions/_pbn" "$share/zsh/vendor-completions/"
rmdir "$share/zsh/site-functions"
mv "$share/doc/pbn/LICENSE" "$share/doc/pbn/copyright"
find "$share/man" -type f -exec gzip --no-name --best {} +
as_released "$work/debian"
(cd "$work" && cpack --config "$here/debian.cmake" -D CPACK_INSTALLED_DIRECTORIES="$work/debian;/" \
  -D CPACK_PACKAGE_VERSION="$version" >cpack.log 2>&1) || { cat "$work/cpack.log" >&2; exit 70; }
mv "$work"/pbn_*.deb "$out/"

cd "$out"
sha256sum pbn "$name.tar.gz" pbn_*.deb >SHA256SUMS
