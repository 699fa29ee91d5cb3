#!/usr/bin/env bash
# Installs the system's chromium. Does nothing where there is one, or where CHROMIUM names another.
set -euo pipefail
# shellcheck source=scripts/environment.sh
source "$(dirname "$0")/environment.sh"

[ -x "${CHROMIUM:-/usr/bin/chromium}" ] || scripts/install-packages.sh chromium || {
    echo "chromium is missing and this user may not install it: ask an administrator for the package, or set CHROMIUM." >&2
    exit 1
}
