#!/usr/bin/env bash
# usage: install-python-package.sh NAME
# Installs what requirements/NAME.txt pins into .tools/venv. Does nothing when it is there; fails when it can't.
set -euo pipefail
cd "$(dirname "$0")/.."

wanted=scripts/requirements/$1.txt
venv=.tools/venv
stamp=$venv/$1.txt
cmp -s "$wanted" "$stamp" && exit 0

command -v python3 >/dev/null || scripts/install-packages.sh python3 || exit 1
if [ ! -x "$venv/bin/python3" ]; then
    # Debian keeps ensurepip in a package of its own; a pip of the system's does as well.
    python3 -m venv --clear "$venv" >/dev/null 2>&1 ||
        { scripts/install-packages.sh python3-venv && python3 -m venv --clear "$venv" >/dev/null; } ||
        { python3 -m pip --version >/dev/null 2>&1 && python3 -m venv --clear --without-pip "$venv"; } ||
        { rm -rf "$venv"; exit 1; }
fi
pip=("$venv/bin/python3" -m pip)
"${pip[@]}" --version >/dev/null 2>&1 || pip=(python3 -m pip --python "$venv/bin/python3")

echo "installing $1 into $venv …" >&2
"${pip[@]}" install --quiet --disable-pip-version-check --no-input --no-deps --only-binary=:all: \
    --require-hashes --requirement "$wanted" >&2
cp "$wanted" "$stamp"
