#!/bin/sh
# A throw-away server with the extension, for as long as something is done with it.
#
#   sh test/server.sh BINDIR demo|psql|bench|fuzz|memory|reference|tour|keep
#
# It lives in a temporary directory and listens on a socket there only.  Whoever
# is asked to do it finds the server by PGHOST, PGUSER and PGDATABASE.
bindir=$1 what=$2
cd "$(dirname "$0")/.." || exit
home=$(mktemp -d /tmp/bpm.XXXXXX) || exit
export PGHOST="$home" PGPORT=5432 PGUSER=postgres PGDATABASE=bpm PGCLIENTENCODING=UTF8
export PATH="$bindir:$PATH" HOME="$home" PSQL_HISTORY=/dev/null
unset PGSERVICE PGHOSTADDR PGPASSWORD PGOPTIONS

finish() {
	pg_ctl -s -D "$home/data" -m fast stop 2>/dev/null
	rm -rf "$home"
}
trap finish EXIT
trap 'exit 143' TERM HUP
trap : INT						# psql's own affair

# start: the tests' settings, but with the worker, and as durable as a real server for bench.
start() {
	initdb -D "$home/data" -U postgres --auth=trust --no-locale --encoding=UTF8 >"$home/log" 2>&1 &&
	{
		sed '/bpm\.worker/d' test/bpm.conf
		echo "listen_addresses = ''"
		echo "unix_socket_directories = '$home'"
		[ "$what" = bench ] && sed 's/#.*//' bench/server.conf
		case $what in memory | keep) echo "bpm.worker = off" ;; esac
		[ "$what" = fuzz ] && echo "bpm.worker = off" && echo "shared_preload_libraries = '$PWD/test/fuzz/fuzz'"
		true
	} >>"$home/data/postgresql.conf" &&
	pg_ctl -s -w -D "$home/data" -l "$home/log" start &&
	psql -X -q -d postgres -c "CREATE DATABASE bpm" &&
	psql -X -q -v ON_ERROR_STOP=1 -c "CREATE EXTENSION bpm"
}
start || { tail -n 20 "$home/log"; exit 1; }

case $what in
	demo)
		cd examples/order && psql -X -a -v ON_ERROR_STOP=1 -P pager=off -f order.sql || exit
		cat <<-'END'

		That was examples/order/order.sql on a server that is gone now.
		Next:  make psql                  a server of your own, with the extension in it;
		                                  there, \cd examples/order and \i order.sql play this again
		       README.md                  the tour
		       doc/reference.md           every function and table
		END
		;;
	psql)
		if [ -t 0 ]; then
			echo 'A server of your own, gone when you leave.  \df bpm.* lists the verbs, \dt bpm.* the tables;'
			echo '\cd examples/order and \i order.sql play the demo.'
		fi
		psql -P pager=off
		;;
	bench)
		perl bench/bench.pl ${BENCH:-}
		;;
	fuzz)
		sh test/fuzz/run.sh "$PWD/test/fuzz/fuzz" && exit
		grep -E 'runtime error:|TRAP:|terminated by signal' "$home/log"
		exit 1
		;;
	memory)
		psql -X -q -v ON_ERROR_STOP=1 -v calls="${CALLS:-1000000}" -f test/memory.sql
		;;
	keep)
		psql -X -q -v ON_ERROR_STOP=1 -f test/upgrade/flight.sql >&2 && pg_dump | grep -Ev '^\\(un)?restrict'
		;;
	tour)
		perl test/tour.pl "${DOCUMENT:-README.md}"
		;;
	reference)
		psql -X -q -v ON_ERROR_STOP=1 -c "LOAD 'bpm'" -f doc/reference.sql
		;;
esac
