# shellcheck shell=bash
# Read by the other scripts with `source`: the root of the tree as working folder,
# and the tools on the PATH.
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit
export PATH="$PWD/.tools/venv/bin:$PWD/.tools/cargo/bin:$PWD/.tools/node/bin:$PATH:$HOME/.cargo/bin"
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-$PWD/target}"

# Installs PostgreSQL where it is missing. Kith finds a system's installation by itself, and among
# several the one that made its data; only programs that were put here have to be named.
use_postgres() {
    local folder
    folder=$(scripts/install-postgres.sh)
    case $folder in "$PWD"/.tools/*) export KITH_POSTGRES_BIN=$folder ;; esac
}

# Whether every user may pass through the folders down to this one.
open_to_all() {
    local folder=$1
    while [ "$folder" != / ]; do
        [ -n "$(find "$folder" -maxdepth 0 -perm -o+x)" ] || return 1
        folder=$(dirname "$folder")
    done
}
