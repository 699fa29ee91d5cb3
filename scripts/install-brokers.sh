#!/usr/bin/env bash
# Installs the message brokers that tests publish to, where this user may; without them those tests are skipped.
# Debian would start servers of its own on installing them, which nobody asked for: a policy keeps it from doing
# so this once.
set -euo pipefail
cd "$(dirname "$0")/.."

policy=/usr/sbin/policy-rc.d
packages=(nats-server rabbitmq-server)

made=
if [ ! -e "$policy" ] && scripts/as-root.sh true; then
    printf '#!/bin/sh\nexit 101\n' | scripts/as-root.sh tee "$policy" >/dev/null
    scripts/as-root.sh chmod 755 "$policy"
    made=1
fi
failed=0
scripts/install-packages.sh "${packages[@]}" || failed=1
[ -z "$made" ] || scripts/as-root.sh rm -f "$policy"
if [ "$failed" -ne 0 ]; then
    echo "the tests with ${packages[*]} are skipped: they are missing and could not be installed" >&2
fi
