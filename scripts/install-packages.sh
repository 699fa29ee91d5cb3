#!/usr/bin/env bash
# usage: install-packages.sh PACKAGE…
# Installs Debian packages, as root or through sudo. Does nothing when they are there; fails when it may not.
set -euo pipefail

missing=()
for package in "$@"; do
    status=$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null || true)
    [ "$status" = installed ] || missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || exit 0

command -v apt-get >/dev/null || exit 1
as_root=$(dirname "$0")/as-root.sh
"$as_root" true || exit 1

echo "installing ${missing[*]} …" >&2
said=$(mktemp)
trap 'rm -f "$said"' EXIT
apt() {
    "$as_root" env DEBIAN_FRONTEND=noninteractive apt-get -qq -o Dpkg::Use-Pty=0 "$@" >"$said" 2>&1
}
apt update || true # a mirror of somebody else's may be down; the next line tells whether that matters
apt install --yes --no-install-recommends "${missing[@]}" || { cat "$said" >&2; exit 1; }
