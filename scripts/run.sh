#!/usr/bin/env bash
# Builds Kith for production and starts it. Arguments go to `kith serve`.
set -euo pipefail
# shellcheck source=scripts/environment.sh
source "$(dirname "$0")/environment.sh"

scripts/install-compiler.sh
if [ -z "${KITH_DATABASE_URL:-}" ]; then
    use_postgres
fi

# For root, PostgreSQL runs as a system user, whom root's own folders are closed to.
if [ "$(id -u)" -eq 0 ] && [ -z "${KITH_DATA:-}${KITH_DATABASE_URL:-}" ] && ! open_to_all "$PWD"; then
    KITH_DATA=/var/lib/kith
    mkdir -p "$KITH_DATA"
    [ -e data ] || ln -s "$KITH_DATA" data
    echo "The data is in $KITH_DATA, since only root may enter $PWD. Other commands need: export KITH_DATA=$KITH_DATA" >&2
fi
export KITH_DATA=${KITH_DATA:-$PWD/data}

scripts/build-web.sh
cargo build --locked --release --package kith
exec "$CARGO_TARGET_DIR"/release/kith serve "$@"
