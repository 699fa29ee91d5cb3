#!/usr/bin/env bash
# Makes sure that Rust programs can be linked: a toolchain and a C compiler. Does nothing when they are there.
set -euo pipefail
cd "$(dirname "$0")/.."

if ! command -v cargo >/dev/null && [ ! -x "$HOME/.cargo/bin/cargo" ]; then
    echo "Rust is missing: install it from https://rustup.rs and run this again." >&2
    exit 1
fi
command -v cc >/dev/null && exit 0
scripts/install-packages.sh gcc libc6-dev && command -v cc >/dev/null && exit 0
echo "A C compiler (cc) is missing and this user may not install one:
ask an administrator for the packages gcc and libc6-dev, then run this again." >&2
exit 1
