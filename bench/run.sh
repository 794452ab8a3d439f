#!/bin/sh
# What a step costs: bpm beside the floor (floor.sql), on the server that
# test/server.sh has started.  README.md says how to read it.
#
# ROUNDS, SECONDS_EACH and CALLS may be set; every figure is the median of the rounds.
cd "$(dirname "$0")/.." || exit
rounds=${ROUNDS:-5} seconds=${SECONDS_EACH:-5} calls=${CALLS:-2000}
results=$(mktemp) script=$(mktemp) || exit
trap 'rm -f "$results" "$script"' EXIT
sql() { psql -X -q -A -t -v ON_ERROR_STOP=1 "$@"; }

sql -f bench/floor.sql >/dev/null || exit
grep 'model name' /proc/cpuinfo | sed 's/.*: /processor  /; q'
echo "processors $(nproc), $(sql -c 'SHOW server_version' | sed 's/^/PostgreSQL /'), $rounds rounds of $seconds s"

# Both must write the same rows, or the comparison means nothing.
echo
echo "rows written by one process"
psql -X -q -v ON_ERROR_STOP=1 -P footer=off <<-'END' || exit
	BEGIN;
	SELECT FROM unnest('{bpm,floor}'::text[]) s, floor.cost(s, 1) \g /dev/null
	SELECT relname AS table,
			string_agg(format('+%s ~%s -%s', n_tup_ins, n_tup_upd, n_tup_del), '' ORDER BY schemaname)
				FILTER (WHERE schemaname = 'bpm') AS bpm,
			string_agg(format('+%s ~%s -%s', n_tup_ins, n_tup_upd, n_tup_del), '' ORDER BY schemaname)
				FILTER (WHERE schemaname = 'floor') AS floor
		FROM pg_stat_xact_user_tables
		WHERE schemaname IN ('bpm', 'floor') AND n_tup_ins + n_tup_upd + n_tup_del > 0
		GROUP BY relname ORDER BY relname;
	ROLLBACK;
END

median() {		# median KEY: of the second column, where the first is KEY
	awk -v key="$1" '$1 == key { print $2 }' "$results" | sort -g | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'
}
server_cpu() {	# user and system ticks of all backends that have ended
	awk '{ print $16 + $17 }' "/proc/$(head -n 1 "$PGHOST/data/postmaster.pid")/stat"
}
load() {		# load SCHEMA CLIENTS: throughput, and processor time of the backends per process
	sed "s/:schema/$1/g" bench/start_complete.sql >"$script"		# a variable would become a parameter
	before=$(server_cpu)
	pgbench -n -M prepared -f "$script" -c "$2" -j 2 -T "$seconds" 2>&1 |
	awk -v schema="$1" -v clients="$2" '
		/^tps/ { print schema "-tps-" clients, $3 }
		/transactions actually/ { sub("/.*", "", $6); n = $6; print schema "-n-" clients, $6 }
		/ERROR|error/ { print > "/dev/stderr" }
	' >>"$results"
	sleep 0.2
	n=$(awk -v key="$1-n-$2" '$1 == key { n = $2 } END { print n }' "$results")
	awk -v s="$1" -v c="$2" -v ticks="$(($(server_cpu) - before))" -v hz="$(getconf CLK_TCK)" -v n="$n" \
		'BEGIN { print s "-cpu-" c, ticks / hz * 1e6 / n }' >>"$results"
}

for round in $(seq "$rounds"); do
	for schema in floor bpm; do
		sql -c "SELECT floor.cost('$schema', 100)" -c "SELECT * FROM floor.cost('$schema', $calls)" |
		awk -F '|' -v s="$schema" 'NF == 2 { print s "-start", $1; print s "-complete", $2 }' >>"$results"
		for clients in 1 16; do
			load $schema $clients
		done
	done
done

line() {		# line TITLE KEY FORMAT: bpm, floor and their ratio
	awk -v title="$1" -v bpm="$(median "bpm-$2")" -v floor="$(median "floor-$2")" -v format="$3" '
		BEGIN { printf "%-46s " format " " format " %8.2f\n", title, bpm, floor, bpm / floor }'
}
echo
printf '%-46s %10s %10s %8s\n' "" bpm floor ratio
line "processor time of one start, us" start '%10.1f'
line "processor time of one complete_job, us" complete '%10.1f'
for clients in 1 16; do
	line "processes per second, $clients client(s)" tps-$clients '%10.0f'
	line "processor time per process, us, $clients client(s)" cpu-$clients '%10.0f'
done

echo
echo "decisions, evaluated from C"
sh bench/decide.sh
