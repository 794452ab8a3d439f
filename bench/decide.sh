#!/bin/sh
# What a decision costs, from C.  Needs a server of its own to load a library
# into: run as its superuser, with PGHOST and PGDATABASE set, and with PG_CONFIG.
#   sh bench/decide.sh
set -e
cd "$(dirname "$0")/.."
config=${PG_CONFIG:-pg_config}
library=$(mktemp -d)/bench_decide.so
trap 'rm -rf "$(dirname "$library")"' EXIT
chmod 755 "$(dirname "$library")"
${CC:-cc} -O2 -fPIC -shared -Isrc -I"$($config --includedir-server)" -o "$library" bench/decide.c
psql -X -q -v library="$library" -f bench/decide.sql
