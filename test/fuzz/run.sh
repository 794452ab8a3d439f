#!/bin/sh
# Fuzzes for a while; `make fuzz` starts the server that this needs.
#
#   [TARGET='feel dmn'] [SECONDS=600] [EXECUTIONS=n] [SEED=n] [CORPUS=dir] [FINDINGS=dir] sh test/fuzz/run.sh MODULE
#
# Each target gets the time, or the number of executions.  Of each is printed how
# much was done, and every finding, the text of which is saved in a directory that
# is named then.  TARGET sql is sql.pl.  The status is not zero when something was found.
cd "$(dirname "$0")" || exit
module=$1 here=$PWD
targets=${TARGET:-feel unary regex json dmn bpmn code sql}
seconds=${SECONDS:-60} seed=${SEED:-$(date +%s)}
found=${FINDINGS:-$(mktemp -d /tmp/bpm-findings.XXXXXX)} || exit
status=0
mkdir -p "$found" || exit

ready() {
	until psql -X -q -c 'SELECT' >/dev/null 2>&1; do sleep 1; done
}

# rounds TARGET: statements for so many rounds of five seconds each.  After each the dead rows are removed.
rounds() {
	cat <<-END
	SET client_min_messages = notice;
	SET bpm.max_steps = 500;
	SELECT fuzz.load(fuzz.texts('${CORPUS:-$here/corpus}/$1'), fuzz.tokens('$here/tokens/$1'), $seed) \\g /dev/null
	SELECT finding, input FROM fuzz.run('SELECT fuzz.$1(\$1)', '$found/current', 0, 0, 'replay');
	END
	i=$seconds
	if [ -n "$EXECUTIONS" ]; then
		echo "SELECT finding, input FROM fuzz.run('SELECT fuzz.$1(\$1)', '$found/current', $EXECUTIONS, 600000);"
	else
		i=0
	fi
	while [ $((i += 5)) -le "$seconds" ]; do
		echo "SELECT finding, input FROM fuzz.run('SELECT fuzz.$1(\$1)', '$found/current', 2147483647, 5000);"
		case $1 in json | dmn | bpmn | code) echo 'VACUUM;' ;; esac
	done
}

# fuzz TARGET: a lost connection is a finding, too; what is left of the time is then used by whoever calls again.
fuzz() {
	output=$found/$1.$seed
	rounds "$1" | timeout $((2 * seconds + 120)) psql -X -q -A -t -v ON_ERROR_STOP=1 -F '	' >"$output.txt" 2>"$output.log" && [ ! -s "$output.txt" ]
	result=$?
	awk -v target="$1" -v seconds="$seconds" '/ executions, / { done += $2; texts = $4; pairs = $6 }
		END { printf "%s: %d executions, %d a second; %d texts, %d pairs of blocks\n",
			target, done, done / (seconds > 0 ? seconds : 1), texts, pairs }' "$output.log"
	[ $result = 0 ] && rm -f "$output.txt" "$output.log" && return
	status=1
	if ! grep -q 'executions' "$output.log" || grep -Eq 'connection|FATAL|ERROR' "$output.log"; then
		cp "$found/current" "$output.crash"
		echo "$1: the session broke off at $output.crash; see the server's log, too"
		tail -n 5 "$output.log"
	fi
	echo "$1: findings in $output.txt"
	head -c 2000 "$output.txt"
}

ready
psql -X -q -c 'DROP SCHEMA IF EXISTS fuzz CASCADE' 2>/dev/null
psql -X -q -v ON_ERROR_STOP=1 -v module="$module" -f fuzz.sql || exit
for target in $targets; do
	echo "fuzzing $target for $seconds seconds, SEED=$seed"
	if [ "$target" = sql ]; then
		perl sql.pl "$seed" "$seconds" "$found" || status=1
	else
		fuzz "$target"
	fi
	ready
done
[ $status = 0 ] && rm -f "$found/current" && rmdir "$found" 2>/dev/null
exit $status
