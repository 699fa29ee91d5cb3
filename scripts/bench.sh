#!/usr/bin/env bash
# Fills a large database under target/bench-data and measures a release build.
# Arguments go to kith-bench; `--smoke` tries everything at a small size.
set -euo pipefail
# shellcheck source=scripts/environment.sh
source "$(dirname "$0")/environment.sh"

scripts/install-compiler.sh
KITH_POSTGRES_BIN=$(scripts/install-postgres.sh)
export KITH_POSTGRES_BIN
if [ ! -x "$KITH_POSTGRES_BIN/pgbench" ]; then
    echo "pgbench is missing in $KITH_POSTGRES_BIN: install PostgreSQL's contrib or client programs." >&2
    exit 1
fi
cargo build --locked --release --package kith --package kith-bench
data=$CARGO_TARGET_DIR/bench-data
# For root, PostgreSQL runs as a system user, whom root's own folders are closed to.
if [ "$(id -u)" -eq 0 ] && ! open_to_all "$PWD"; then
    data=/var/tmp/kith-bench-data
fi
exec "$CARGO_TARGET_DIR"/release/kith-bench --kith "$CARGO_TARGET_DIR"/release/kith \
    --data "$data" "$@"
