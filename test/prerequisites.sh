#!/bin/sh
# Sees that everything is there that building and testing needs.
#
#   sh test/prerequisites.sh [--say] PG_CONFIG
#
# What is missing is installed when root asks on a system with apt; otherwise,
# and with --say, the one line to type is printed and the status is not zero.
say=
[ "$1" = --say ] && say=yes && shift
pg_config=${1:-pg_config}

missing() {
	command -v cc >/dev/null && command -v nm >/dev/null || echo gcc libc6-dev
	pgxs=$($pg_config --pgxs 2>/dev/null) && [ -f "$pgxs" ] || echo "postgresql-server-dev-$version"
	bin=$($pg_config --bindir 2>/dev/null) && [ -x "$bin/initdb" ] || echo "postgresql-$version"
	(pkg-config --libs libxml-2.0 || xml2-config --libs) >/dev/null 2>&1 || echo libxml2-dev
	perl -MIPC::Run -MTest::More -e 1 2>/dev/null && command -v prove >/dev/null || echo libipc-run-perl
}

# The version that is asked for, else the one the distribution has, if we know it.
server_version() {
	$pg_config --version 2>/dev/null | sed -n 's/^PostgreSQL \([0-9]*\).*/\1/p' | grep . ||
	apt-cache show postgresql 2>/dev/null | sed -n 's/^Depends: postgresql-\(1[5-8]\)\>.*/\1/p' | grep -m 1 . ||
	echo 15
}

version=$(server_version)
packages=$(missing | tr '\n' ' ' | sed 's/ $//')
[ -z "$packages" ] && exit 0

if [ -z "$say" ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
	echo "installing $packages"
	export DEBIAN_FRONTEND=noninteractive
	log=$(mktemp) && trap 'rm -f "$log"' EXIT
	apt-get -q update >"$log" 2>&1 || cat "$log" >&2		# the lists that are there may do
	version=$(server_version)
	# shellcheck disable=SC2046
	apt-get -q install -y --no-install-recommends $(missing) >"$log" 2>&1 || { cat "$log" >&2; exit 1; }
	packages=$(missing | tr '\n' ' ' | sed 's/ $//')
	[ -z "$packages" ] && exit 0
	echo "still missing: $packages" >&2
	exit 1
fi

if [ "$(id -u)" = 0 ]; then sudo=; else sudo='sudo '; fi
{
	echo "Some things that bpm needs are not installed.  Please type"
	echo
	echo "    ${sudo}apt-get update; ${sudo}apt-get install -y --no-install-recommends $packages"
	echo
	echo "(or what does the same on your system), then try again."
} >&2
exit 1
