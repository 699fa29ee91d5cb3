#!/usr/bin/env bash
# Runs all tests: the server's, then the browser application's, and says in the last line how many
# passed and failed. With arguments only the server's, and they go to `cargo nextest run`.
set -euo pipefail
# shellcheck source=scripts/environment.sh
source "$(dirname "$0")/environment.sh"

scripts/install-compiler.sh
scripts/install-cargo-tool.sh nextest 0.9.100
use_postgres
scripts/install-brokers.sh
scripts/install-webhook-verifiers.sh
[ $# -eq 0 ] || exec cargo nextest run --locked --workspace "$@"
scripts/build-web.sh

output=$(mktemp)
trap 'rm -f "$output"' EXIT
broken=0
# A part that breaks without a figure of its own counts as one failure.
part() {
    "$@" 2>&1 | tee -a "$output" || broken=1
}
part cargo nextest run --locked --workspace --no-fail-fast
part scripts/test-web.sh

# The sums of nextest's "N passed, N failed", vitest's "Tests  N failed | N passed" and Playwright's
# "  N passed". Colours are taken out first.
read -r passed failed < <(sed 's/\x1b\[[0-9;]*m//g' "$output" | awk '
    /^ *Summary \[/ || /^ *Tests  / || /^  [0-9]+ (passed|failed)/ {
        line = $0
        while (match(line, /[0-9]+ (passed|failed|timed out|exec failed)/)) {
            split(substr(line, RSTART, RLENGTH), word, " ")
            if (word[2] == "passed") passed += word[1]; else failed += word[1]
            line = substr(line, RSTART + RLENGTH)
        }
    }
    END { print passed + 0, failed + 0 }')
if [ "$broken" -ne 0 ] && [ "$failed" -eq 0 ]; then
    failed=1
fi
echo "$passed passed, $failed failed"
exit "$broken"
