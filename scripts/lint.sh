#!/usr/bin/env bash
# Checks format, lints, licences, sources, duplicate and vulnerable dependencies.
set -euo pipefail
# shellcheck source=scripts/environment.sh
source "$(dirname "$0")/environment.sh"

scripts/install-compiler.sh
cargo fmt --all --check
cargo clippy --locked --workspace --all-targets -- --deny warnings

scripts/install-cargo-tool.sh deny 0.18.0
cargo deny --log-level error check --hide-inclusion-graph bans licenses sources
# Advisories live in a repository elsewhere: without the network they can't be had.
if reason=$(timeout 60 cargo deny fetch db 2>&1); then
    cargo deny --log-level error check --disable-fetch --hide-inclusion-graph advisories
else
    echo "advisories not checked, their database could not be fetched: ${reason##*$'\n'}" >&2
fi
