#!/usr/bin/env bash
# Installs the official packages that tests verify webhooks with, for Python and for Node. Does nothing when they
# are there; where they can't be reached, those tests are skipped.
set -euo pipefail
# shellcheck source=scripts/environment.sh
source "$(dirname "$0")/environment.sh"

scripts/install-python-package.sh standardwebhooks ||
    echo "the Python package standardwebhooks can't be installed: its test is skipped" >&2

lock=scripts/verify-webhooks/package-lock.json
folder=.tools/verify-webhooks
cmp -s "$lock" "$folder/.installed-lock.json" && exit 0
mkdir -p "$folder"
cp scripts/verify-webhooks/package.json scripts/verify-webhooks/package-lock.json "$folder"
if scripts/install-node.sh && (cd "$folder" && npm ci --no-audit --no-fund --loglevel=error >&2); then
    cp "$lock" "$folder/.installed-lock.json"
else
    echo "the npm package standardwebhooks can't be installed: its test is skipped" >&2
fi
