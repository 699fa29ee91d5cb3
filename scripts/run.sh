#!/usr/bin/env bash
# Builds Kith for production and starts it. Arguments go to `kith serve`.
set -euo pipefail
# shellcheck source=scripts/environment.sh
source "$(dirname "$0")/environment.sh"

scripts/install-compiler.sh
if [ -z "${KITH_DATABASE_URL:-}" ]; then
    use_postgres
fi
export KITH_DATA=${KITH_DATA:-$PWD/data}
cargo build --locked --release --package kith
exec "$CARGO_TARGET_DIR"/release/kith serve "$@"
