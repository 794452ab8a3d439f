#!/bin/sh
# The house style, as far as a machine can see it (doc/architecture.md has the
# whole).  Prints `ok` or `not ok` per rule, with each place that breaks it.
cd "$(dirname "$0")/.." || exit
status=0
c=$(find src -name '*.[ch]' | sort)
code="$c $(find src sql test examples bench -name '*.sql' -o -name '*.spec' -o -name '*.p[lm]' | sort)"
narrow=$(echo "$code" | grep -v '^sql/')		# tests that are tables may be wide
text="$code $(find . -path ./.git -prune -o -path './tmp_*' -prune -o -path ./log -prune \
	-o \( -name '*.md' -o -name '*.sh' -o -name '*.bpmn' -o -name Makefile \) -print | sort)"

# rule NAME: what comes in is what breaks it.
rule() {
	wrong=$(cat)
	[ -z "$wrong" ] && echo "ok - $1" && return
	echo "not ok - $1"
	echo "$wrong"
	status=1
}
# each FILES PROGRAM: PROGRAM runs per line; say "…" reports the line, file "…" the file.
each() {
	perl -Mutf8 -CSD -e '
		my $program = shift;
		eval "sub line { $program } 1" or die $@;
		sub say { print "$ARGV:$.: @_\n" }
		while (<>) { line(); close ARGV if eof }
	' "$2" $1
}

each "$code" '
	say("blanks where a tab belongs") if /^\t* {4,}(?! ?\*)/ || /^\t* +\t/;
' | rule "lines are indented by tabs"
each "$narrow" '
	chomp(my $line = $_);
	1 while $line =~ s/\t/" " x (4 - $-[0] % 4)/e;
	say(length($line) . " columns") if length($line) > 120;
' | rule "lines are at most 120 columns wide"
each "$text" '
	say("blank or carriage return at the end") if /[ \t\r]+$/;
	say("no newline at the end of the file") if eof && !/\n\z/;
' | rule "lines end cleanly"
each "$c" '
	our ($before, $start, %said);
	$start = $. if /^\{/ && $before =~ /\)\s*$/;
	say("function of " . ($. - $start - 1) . " lines") if /^\}/ && $start && $. - $start - 1 > 80;
	undef $start if /^\}/;
	$before = $_;
' | rule "functions have at most 80 lines"
each "$c" 'say("$. lines") if eof && $. > 700;' | rule "files have at most 700 lines"
each "$c" '
	my ($name) = $ARGV =~ m{([^/]+)$};
	say("should be the start of a header comment") if $. == 1 && $_ ne "/*\n";
	say("should be ` * $name`") if $. == 2 && $_ ne " * $name\n";
	say("should be the purpose, after ` *<tab>  `") if $. == 3 && !/^ \*\t  \S/;
' | rule "files begin by saying what they are for"
each "$c" '
	say("goto") if /^\s*goto\b/;
	say("comments are /* */") if m{^\s*//};
	say("one statement to a line") if /;\s*\}\s*$/ && !/[={"].*[}"]/;
' | rule "statements are plain"
each "$(echo "$c" | grep -v '^src/base/compat\.h$')" '
	say("belongs into base/compat.h") if /PG_VERSION_NUM/;
' | rule "server versions differ in base/compat.h only"
grep -l '#include <libxml/' $c | sed 1d | rule "one file knows libxml2"
grep -nw "postgres" expected/*.out test/expected/*.out | rule "no output depends on who runs the tests"
if [ -f bpm.so ]; then
	nm -D --defined-only bpm.so | awk '{ print $3 }' |
	grep -Ev '^(bpm_|__odr_asan\.bpm_|_PG_(init|fini)$|Pg_magic_func$|pg_finfo_bpm_|_init$|_fini$)' | rule "exported names begin with bpm_"
fi
exit $status
