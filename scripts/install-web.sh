#!/usr/bin/env bash
# Installs what web/package-lock.json pins into web/node_modules. Does nothing when it is there.
set -euo pipefail
# shellcheck source=scripts/environment.sh
source "$(dirname "$0")/environment.sh"

scripts/install-node.sh
stamp=web/node_modules/.installed-lock.json
cmp -s web/package-lock.json "$stamp" && exit 0
echo "installing the browser application's packages into web/node_modules …" >&2
# Debian's chromium runs the tests: no browser is downloaded.
(cd web && PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm ci --no-audit --no-fund --loglevel=error >&2)
cp web/package-lock.json "$stamp"
