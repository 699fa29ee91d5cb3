#!/usr/bin/env bash
# Runs all tests. Arguments go to `cargo nextest run`.
set -euo pipefail
# shellcheck source=scripts/environment.sh
source "$(dirname "$0")/environment.sh"

scripts/install-compiler.sh
scripts/install-cargo-tool.sh nextest 0.9.100
use_postgres
exec cargo nextest run --locked --workspace "$@"
