#!/usr/bin/env bash
# Builds the browser application into web/dist. Does nothing when that is what its sources make.
set -euo pipefail
# shellcheck source=scripts/environment.sh
source "$(dirname "$0")/environment.sh"

sources() {
    find web -type f -not -path 'web/node_modules/*' -not -path 'web/dist/*' -not -path 'web/tests/*' -not -path 'web/bench/*' \
        -not -path 'web/test-results/*' -print0 | sort -z | xargs -0 sha256sum | sha256sum
}

stamp=web/node_modules/.built
[ -f web/dist/index.html ] && [ "$(sources)" = "$(cat "$stamp" 2>/dev/null)" ] && exit 0
scripts/install-web.sh
echo "building the browser application …" >&2
(cd web && npm run --silent build >&2)
sources >"$stamp"
