#!/usr/bin/env bash
# usage: as-root.sh COMMAND…
# Runs a command as root: directly, or through sudo where this user may. Fails with 77 where it may not.
set -euo pipefail

if [ "$(id -u)" -eq 0 ]; then
    exec "$@"
elif sudo -n true 2>/dev/null; then
    exec sudo -n "$@"
elif [ -t 0 ] && command -v sudo >/dev/null && id -nG | grep -qwE 'sudo|wheel|admin'; then
    exec sudo "$@"
fi
exit 77
