#!/usr/bin/env bash
# Checks the browser application's types, lints and logic, then drives it in chromium against a real
# server. Arguments go to `playwright test`.
set -euo pipefail
# shellcheck source=scripts/environment.sh
source "$(dirname "$0")/environment.sh"

scripts/install-compiler.sh
use_postgres
scripts/install-web.sh
(cd web && npm run --silent check)

scripts/install-chromium.sh
scripts/build-web.sh
cargo build --locked --package kith
export KITH_BIN=${KITH_BIN:-$CARGO_TARGET_DIR/debug/kith}
cd web && npm run --silent test:browser -- "$@"
