#!/usr/bin/env bash
# Measures the browser application in chromium, on a server of its own with 100,000 people and 20,000
# deals. WRITE=file appends the table to a file; PEOPLE, DEALS and ROUNDS make it smaller or larger.
set -euo pipefail
# shellcheck source=scripts/environment.sh
source "$(dirname "$0")/environment.sh"

scripts/install-compiler.sh
use_postgres
scripts/install-chromium.sh
scripts/build-web.sh
if [ -z "${KITH_BIN:-}" ]; then
    cargo build --locked --release --package kith
    export KITH_BIN=$CARGO_TARGET_DIR/release/kith
fi
cd web && npm run --silent bench
