#!/bin/sh
# Runs every suite, whatever the one before had to say, and counts.
#
#   sh test/run.sh MAKE…		as `make test` does, in a tree that is built and staged
#
# Ends with the line `N passed, N failed`; the status is 0 only if none failed.
# Counted are the checks of style and layers, the regression and isolation tests
# one by one, and each assertion of the TAP tests.  A suite that breaks off, or
# that runs fewer tests than there are files, counts as failed too.
cd "$(dirname "$0")/.." || exit
log=$(mktemp) || exit
trap 'rm -f "$log"' EXIT
trap 'exit 143' TERM HUP
passed=0
failed=0

files() { find "$1" -name "$2" 2>/dev/null | wc -l; }

# Lines of pg_regress (15, then 16 and later) and of TAP; what was skipped is not counted.
good() { grep -Ev '# (SKIP|skip)' "$log" | grep -Ec '^ok [0-9-]|^test .*\.\.\. ok  *[0-9]'; }
bad() { grep -Ev '# TODO' "$log" | grep -Ec '^not ok [0-9-]|^test .*\.\.\. (FAILED|failed)|^  Parse errors:'; }

# pg_regress gives up when a test has no expected output: such a test is left out, and named here.
unexpected() {
	for input in sql/*.sql; do
		output=expected/$(basename "$input" .sql).out
		[ -f "$output" ] || echo "not ok - $output is missing"
	done
}

# suite NAME LEAST COMMAND…: at least so many results are expected.
suite() {
	name=$1 least=$2
	shift 2
	echo "== $name"
	{ "$@" 2>&1; echo "status $?" >>"$log.status"; } | tee "$log"
	status=$(sed 's/status //' "$log.status") && rm -f "$log.status"
	ok=$(good) not_ok=$(bad)
	if [ "$not_ok" = 0 ] && [ "$status" != 0 ]; then
		echo "$name broke off with status $status"
		not_ok=1
	elif [ $((ok + not_ok)) -lt "$least" ]; then
		echo "$name gave $((ok + not_ok)) results where at least $least were expected"
		not_ok=$((not_ok + 1))
	fi
	passed=$((passed + ok)) failed=$((failed + not_ok))
}

rm -rf results log output_iso regression.diffs regression.out
suite layers 1 sh test/layers.sh
suite style 1 sh test/style.sh
suite expected 0 unexpected
suite regress $(($(files sql '*.sql') - $(unexpected | wc -l))) "$@" installcheck ISOLATION= TAP_TESTS=
suite isolation "$(files test/specs '*.spec')" "$@" installcheck REGRESS= TAP_TESTS=
suite tap "$(files test/t '*.pl')" "$@" installcheck REGRESS= ISOLATION=

for diffs in regression.diffs output_iso/regression.diffs; do
	[ -s "$diffs" ] && echo "== $diffs" && cat "$diffs"
done
for server in log output_iso/log; do
	[ -f "$server/postmaster.log" ] && grep -E 'terminated by signal|TRAP:|PANIC|AddressSanitizer:|runtime error:' "$server/postmaster.log"
	[ -d "$server" ] && ! grep -qs 'ready to accept' "$server/postmaster.log" && tail -n 20 "$server"/*.log
done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
