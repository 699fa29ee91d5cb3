#!/usr/bin/env bash
# usage: generate.sh FOLDER
# Writes every generated file that is committed into FOLDER, at the path that it has in the tree.
set -euo pipefail
# shellcheck source=scripts/environment.sh
source "$(dirname "$0")/environment.sh"
target=$(realpath -m "$1")

scripts/install-compiler.sh
# The very artefacts that the tests need, so that nothing is compiled twice.
cargo build --locked --workspace --bins --tests
mkdir -p "$target/docs"
"$CARGO_TARGET_DIR"/debug/kith openapi >"$target/docs/openapi.json"

scripts/install-web.sh
mkdir -p "$target/web/src/api"
(cd web && npx --no-install openapi-typescript "$target/docs/openapi.json" --output "$target/web/src/api/schema.d.ts" >&2)
