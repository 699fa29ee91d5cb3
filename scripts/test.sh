#!/usr/bin/env bash
# Runs all tests: the server's, then the browser application's. With arguments only the server's,
# and they go to `cargo nextest run`.
set -euo pipefail
# shellcheck source=scripts/environment.sh
source "$(dirname "$0")/environment.sh"

scripts/install-compiler.sh
scripts/install-cargo-tool.sh nextest 0.9.100
use_postgres
[ $# -eq 0 ] || exec cargo nextest run --locked --workspace "$@"
scripts/build-web.sh
cargo nextest run --locked --workspace
scripts/test-web.sh
