#!/usr/bin/env bash
# Fails, with the differences, where a committed generated file isn't what the code generates.
set -euo pipefail
# shellcheck source=scripts/environment.sh
source "$(dirname "$0")/environment.sh"

fresh=$(mktemp -d)
trap 'rm -rf "$fresh"' EXIT
scripts/generate.sh "$fresh"

stale=0
while read -r file; do
    diff --unified --label "$file (committed)" --label "$file (generated)" "$file" "$fresh/$file" || stale=1
done < <(cd "$fresh" && find . -type f -printf '%P\n')
if [ "$stale" -ne 0 ]; then
    echo "generated files are out of step with the code: run 'make generate' and commit the result" >&2
    exit 1
fi
