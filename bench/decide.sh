#!/bin/sh
# What a decision costs, from C.  Loads a library into the server that the
# environment names, so it needs a superuser, and the headers of that server.
#   sh bench/decide.sh
set -e
cd "$(dirname "$0")/.."
for config in ${PG_CONFIG:-pg_config} /usr/bin/pg_config; do
	[ -f "$($config --includedir-server)/postgres.h" ] && break		# a copied server has none
done
library=$(mktemp -d)/bench_decide.so
trap 'rm -rf "$(dirname "$library")"' EXIT
chmod 755 "$(dirname "$library")"
${CC:-cc} -O2 -fPIC -shared -Isrc -I"$($config --includedir-server)" -o "$library" bench/decide.c
psql -X -q -v library="$library" -f bench/decide.sql
