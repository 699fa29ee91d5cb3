#!/usr/bin/env bash
# usage: install-cargo-tool.sh NAME OLDEST-VERSION
# Makes sure that `cargo-NAME` is there, on the PATH or in .tools/venv/bin. Does nothing when it is.
set -euo pipefail
cd "$(dirname "$0")/.."

tool=cargo-$1
oldest=$2
PATH=$PWD/.tools/venv/bin:$PWD/.tools/cargo/bin:$PATH

fits() {
    local version
    version=$("$tool" "$1" --version 2>/dev/null | grep -oEm1 '[0-9]+\.[0-9]+\.[0-9]+' | head -1) || return 1
    [ "$(printf '%s\n' "$oldest" "$version" | sort -V | head -1)" = "$oldest" ]
}

fits "$1" && exit 0
scripts/install-python-package.sh "$tool" && hash -r && fits "$1" && exit 0
echo "no prebuilt $tool fits this machine; building it, which takes some minutes …" >&2
cargo install --quiet --locked --root .tools/cargo "$tool"
