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
if [ "$(id -u)" -eq 0 ]; then
    as_root=(env)
elif sudo -n true 2>/dev/null; then
    as_root=(sudo -n env)
elif [ -t 0 ] && command -v sudo >/dev/null && id -nG | grep -qwE 'sudo|wheel|admin'; then
    as_root=(sudo env)
else
    exit 1
fi

echo "installing ${missing[*]} …" >&2
apt() {
    "${as_root[@]}" DEBIAN_FRONTEND=noninteractive apt-get -qq -o Dpkg::Use-Pty=0 "$@" </dev/null >&2
}
apt update || true # a mirror of somebody else's may be down; the next line tells whether that matters
apt install --yes --no-install-recommends "${missing[@]}"
