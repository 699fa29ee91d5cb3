#!/usr/bin/env bash
# usage: api-check.sh [OPTION OF `st run` …]
# Calls every operation of a server made for it with valid and invalid input, and fails where an
# answer is a 5xx or isn't what /api/v1/openapi.json says. The same seed sends the same requests.
set -euo pipefail
# shellcheck source=scripts/environment.sh
source "$(dirname "$0")/environment.sh"

scripts/install-compiler.sh
scripts/install-python-package.sh schemathesis
use_postgres
cargo build --locked --package kith

folder=$(mktemp -d)
chmod 755 "$folder" # PostgreSQL has an account of its own when root runs this.
stop() {
    if [ -n "${server:-}" ]; then
        kill "$server" 2>/dev/null || true
        wait "$server" 2>/dev/null || true
    fi
    rm -rf "$folder"
}
trap stop EXIT

# Nothing of the caller's own settings, and no rate limit.
for name in $(compgen -e KITH_); do
    [ "$name" = KITH_POSTGRES_BIN ] || unset "$name"
done
kith=$CARGO_TARGET_DIR/debug/kith
token=$(echo "four words make one" | "$kith" init --data "$folder" --workspace Acme \
    --email ada@example.org --password-stdin --print-token)
"$kith" serve --data "$folder" --listen 127.0.0.1:0 --admin-listen off \
    --limits-burst 0 --limits-per-second 0 >"$folder/out" 2>"$folder/log" &
server=$!
address=
for _ in $(seq 300); do
    address=$(cat "$folder/run/http.addr" 2>/dev/null) && [ -n "$address" ] && break
    kill -0 "$server" 2>/dev/null || { cat "$folder/log" >&2; exit 1; }
    sleep 0.2
done
[ -n "$address" ] || { echo "the server does not start" >&2; exit 1; }

export KITH_URL=http://$address KITH_TOKEN=$token
scripts/api-check/seed.sh

failed=0
st --config-file scripts/api-check/schemathesis.toml run "$KITH_URL/api/v1/openapi.json" \
    --header "Authorization: Bearer $KITH_TOKEN" "$@" || failed=$?

# The server is alive, and made no mistake that the answers didn't show.
curl --silent --fail --output /dev/null "$KITH_URL/readyz" || { echo "the server is not ready any more" >&2; failed=1; }
if grep -E '"level":"ERROR"|panic' "$folder/log"; then
    echo "the server's log has errors" >&2
    failed=1
fi
exit "$failed"
