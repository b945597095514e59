#!/bin/bash
# Makes packages of the same small files in two folders, with other times, permissions and locales, and compares them.
#
#   packages_test.sh packaging/make-packages.sh      ends with 77 where dpkg-deb is missing
set -euo pipefail
make_packages=$1
command -v dpkg-deb >/dev/null || { echo "needs dpkg-deb (Debian: dpkg)"; exit 77; }
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
export SOURCE_DATE_EPOCH=1700000000

# release NAME UMASK DATE
release() {
  local prefix=$place/$1/prefix
  (
    umask "$2"
    mkdir -p "$prefix"/bin "$prefix"/share/{doc/pbn,man/man1,zsh/site-functions}
    echo 'echo pbn' >"$prefix/bin/pbn"
    chmod u+x "$prefix/bin/pbn"
    for file in doc/pbn/LICENSE doc/pbn/README.md man/man1/pbn.1 zsh/site-functions/_pbn; do
      echo "$file" >"$prefix/share/$file"
    done
    find "$prefix" -exec touch --date="$3" {} +
    cp "$prefix/bin/pbn" "$place/$1/pbn"
    "$make_packages" "$prefix" 1.2.3 "$place/$1"
  )
}
release first 022 2020-01-01
LC_ALL=C.UTF-8 TZ=Asia/Tokyo release second 077 2021-12-31
cat "$place/first/SHA256SUMS"
diff "$place/first/SHA256SUMS" "$place/second/SHA256SUMS"
(cd "$place/second" && sha256sum --check --quiet SHA256SUMS)

tar -tf "$place/first/pbn-1.2.3-linux-x86_64.tar.gz" | grep -x 'pbn-1.2.3-linux-x86_64/bin/pbn'
contents=$(dpkg-deb --contents "$place/first/pbn_1.2.3_amd64.deb")
for file in bin/pbn share/doc/pbn/copyright share/man/man1/pbn.1.gz share/zsh/vendor-completions/_pbn; do
  grep -q "root/root.*\./usr/$file$" <<<"$contents" ||
    { echo "the package lacks $file:"; echo "$contents"; exit 1; }
done
