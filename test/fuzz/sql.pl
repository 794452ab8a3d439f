# Fuzzes the SQL interface: every verb, with hostile arguments, in random
# sequences, from several sessions at once, inside all that SQL has to offer:
# transactions, savepoints, time-outs, cursors, triggers, handlers, two-phase commit.
#
#	perl sql.pl SEED SECONDS DIRECTORY		on the server that PGHOST and the like name
#
# A finding is an error of class XX (internal), a lost connection, or what
# bpm.check() says after a round.  The statements of a round are a file for each
# session, kept when something was found: psql -f plays it again.
use strict;
use warnings;

use FindBin;
use Time::HiRes 'time';

my ($seed, $seconds, $directory) = @ARGV;
my $sessions = $ENV{SESSIONS} // 4;
my $length = $ENV{LENGTH} // 150;
srand($seed);

sub any { return $_[ rand @_ ] }
sub quoted { my $text = shift; return "'" . $text =~ s/'/''/gr . "'" }

sub query
{
	my ($sql) = @_;
	open my $psql, '-|', 'psql', '-X', '-q', '-A', '-t', '-c', $sql or die "psql: $!";
	my @rows = <$psql>;
	chomp @rows;
	close $psql;
	return @rows;
}

# The verbs are asked of the catalog, so a new one is fuzzed from its first day.
sub verb
{
	my ($name, $names, $types) = split /\|/, shift;
	return { name => $name, types => [ split /,/, $types ], names => [ split /,/, $names ] };
}
my @verbs = map { verb($_) } query(q{
	SELECT proname, array_to_string(proargnames, ','),
		(SELECT string_agg(format_type(t, NULL), ',' ORDER BY n) FROM unnest(proargtypes) WITH ORDINALITY u(t, n))
	FROM pg_proc WHERE pronamespace = 'bpm'::regnamespace AND prokind = 'f' AND prorettype <> 'trigger'::regtype
	AND pronargs > 0 AND proname !~ '^worker_' ORDER BY oid::regprocedure::text});
die "no verbs\n" if !@verbs;

my @models = map { local (@ARGV, $/) = ($_); <> } glob "$FindBin::RealBin/models/*.bpmn $FindBin::RealBin/models/*.dmn";
my @processes = map { /<process id="(\w+)"/g } @models;
my @elements = map { /\bid="(\w+)"/g } @models;
my @names = (@processes, qw(ping key work inline nested fail undo dish paid stop alarm E1));
my @hostile = (quoted(''), 'NULL', "repeat('x', 1000000)", "repeat(E'\\u00e9', 70000)", "E'\\U0010FFFF'",
	"E'\\x01\\n'", quoted(q(it's "$1" %s \ ; --)), "'-1'", "E'\\u202Ee\\u0301'");
my @deep = ("(repeat('[', 3000) || repeat(']', 3000))::jsonb",
	"(repeat('{\"a\":', 3000) || '1' || repeat('}', 3000))::jsonb", "jsonb_build_object('a', repeat('x', 1000000))",
	"(SELECT jsonb_object_agg('k' || i, i) FROM generate_series(1, 5000) i)");
my @expressions = ('a + 1', 'm.n > 2', '[1..3]', 'assert(1, 2)', 'for i in 1..100 return i', '(', 'PT5S', 'R3/PT1H',
	'0 0 * * *');
my @objects = ('{}', '{}', '{"a": 1}', '{"a": "x", "key": "key"}', '{"items": [1, 2, 3]}',
	'{"items": [], "wait": "PT1S"}', '{"a": {"b": [null]}}', '[]', '1', 'null', '"x"', '{"": ""}',
	'{"wait": "never", "items": 7}');
my @intervals = ('0', '1 second', '5 minutes', '-1 day', '178000000 years', '-178000000 years', '1 month -1 second');
my @moments = ('now', 'infinity', '-infinity', '4714-11-24 BC', '294276-12-31', '2040-01-01', '2000-01-01');
my @functions = ('fuzz.nested', 'fuzz.fails', 'fuzz.echo', 'pg_catalog.now', '0');

# What a row of a table is called, wherever an argument is named after it.
my %table = map { $_ => $_ } qw(job task instance incident token saga definition);

sub id
{
	my ($name) = @_;
	my $table = rand() < 0.85 ? $table{$name} : any(values %table);
	return any('NULL', '0', '-1', '9223372036854775807', '-9223372036854775808') if !$table || rand() < 0.08;
	return "(SELECT id FROM bpm.$table ORDER BY random() LIMIT 1)";
}

my %value = (
	'bigint' => \&id,
	'integer' => sub { any(qw(NULL 0 1 1 1 2 3 -1 100 2147483647 -2147483648)) },
	'boolean' => sub { any(qw(true false NULL)) },
	'text' => sub {
		return any(map({ quoted($_) } @models), @hostile) if $_[0] eq 'source' || $_[0] =~ /^model/;
		return quoted(any(@expressions)) if $_[0] =~ /^(expression|tests|timer)$/;
		return any(@hostile) if rand() < 0.08;
		return quoted(any(@elements)) if $_[0] =~ /element/;
		return quoted(any(@names)) },
	'jsonb' => sub { rand() < 0.06 ? any(@deep) : any('NULL', map { quoted($_) . '::jsonb' } @objects) },
	'text[]' => sub { any('NULL', q('{}'), q('{NULL}'),
		'ARRAY[' . join(', ', map { quoted(any(@elements)) } 1 .. 1 + rand 3) . ']') },
	'interval' => sub { any('NULL', map { quoted($_) } @intervals) },
	'timestamp with time zone' => sub { any('NULL', map { quoted($_) } @moments) },
	'regproc' => sub { any('NULL', map { quoted($_) . '::regproc' } @functions) },
	'xml' => sub { any('NULL', map { quoted($_) . '::xml' } @models) },
	'oid' => sub { any('NULL', '0', '1') },
);

# A call of a verb, as a row source; now and then its last arguments are left to their defaults.
sub call
{
	my $verb = any(@verbs);
	$verb = any(@verbs) if $verb->{name} =~ /clock|deploy|feel|dmn|model/ && rand() < 0.8;
	my @arguments = map {
		my $type = $verb->{types}[$_];
		($value{$type} ? $value{$type}->($verb->{names}[$_] // '') : 'NULL') . "::$type"
	} 0 .. $#{ $verb->{types} };
	return "bpm.$verb->{name}(" . join(', ', @arguments) . ')';
}

# Most of what is called moves something, or nothing would ever be there to be moved.
sub step
{
	return any(
		sub { 'SELECT bpm.start(' . quoted(any(@processes)) .
			q<, '{"items": [1, 2], "wait": "PT1S", "key": "key", "a": 5}', 'key')> },
		sub { 'SELECT bpm.complete_job(job) FROM bpm.fetch_jobs(' . quoted(any(qw(work undo fail))) . ", 'w', 2)" },
		sub { 'SELECT bpm.complete_task(id) FROM bpm.task ORDER BY random() LIMIT 1' },
		sub { 'SELECT bpm.tick(10)' },
		sub { "SELECT bpm.publish('ping', 'key', '{}', '1 hour')" },
		sub { 'SELECT bpm.resolve(id) FROM bpm.incident WHERE resolved_at IS NULL ORDER BY random() LIMIT 1' },
		sub { 'INSERT INTO fuzz.row VALUES (' . quoted(any(@processes)) . ')' },
		(sub { 'SELECT * FROM ' . call() }) x 9)->();
}

my @settings = ("bpm.max_steps = 100", "bpm.max_steps = 10000", "search_path = pg_temp", "TimeZone = 'Pacific/Apia'",
	"DateStyle = 'German'", "role = fuzz_clerk", "standard_conforming_strings = off", "enable_indexscan = off",
	"plan_cache_mode = force_generic_plan");

sub lines { return join(";\n", @_) . ';' }

my $serial = 0;
my @shapes = (
	sub { step() . ';' },
	sub { step() . ';' },
	sub { 'SELECT ' . call() . ' FROM generate_series(1, ' . int(1 + rand 5) . ');' },
	sub { lines('BEGIN' . any('', ' ISOLATION LEVEL REPEATABLE READ', ' ISOLATION LEVEL SERIALIZABLE', ' READ ONLY'),
		map({ step() } 1 .. 1 + rand 4), any('COMMIT', 'ROLLBACK')) },
	sub { lines('BEGIN', step(), 'SAVEPOINT a', step(), any('ROLLBACK TO a', 'RELEASE a'), step(), 'COMMIT') },
	sub { lines('SET statement_timeout = ' . int(1 + rand 20), step(), step(), "SET statement_timeout = '10s'") },
	sub { my $name = quoted("fuzz $$ " . ++$serial); lines('BEGIN', step(), step(), "PREPARE TRANSACTION $name",
		any('SELECT pg_sleep(0.02)', step()), any('COMMIT', 'COMMIT', 'ROLLBACK') . " PREPARED $name") },
	sub { 'DO $fuzz$ BEGIN PERFORM * FROM (' . step() =~ s/^INSERT.*/SELECT/r . ") s; PERFORM fuzz.nested('{}'); " .
		any('', 'RAISE division_by_zero; ') . 'EXCEPTION WHEN OTHERS THEN NULL; END $fuzz$;' },
	sub { lines('BEGIN', 'DECLARE c CURSOR' . any('', ' WITH HOLD') . ' FOR SELECT * FROM ' . call() .
		', generate_series(1, 3)', 'FETCH 1 FROM c', step(), 'FETCH ALL FROM c', any('COMMIT', 'ROLLBACK'),
		'CLOSE ALL') },
	sub { lines('SET ' . any(@settings), step(), step(), 'RESET ALL', "SET statement_timeout = '10s'") },
	sub { lines('PREPARE p AS SELECT * FROM ' . call(), 'EXECUTE p', 'EXECUTE p', 'DEALLOCATE ALL') },
);

sub script
{
	my ($file) = @_;
	open my $out, '>:utf8', $file or die "$file: $!";
	print {$out} "\\set VERBOSITY verbose\n\\set SHOW_CONTEXT never\n",
		"SET statement_timeout = '10s';\nSET deadlock_timeout = '50ms';\n",
		'SELECT setseed(', rand, ");\n", map { any(@shapes)->() . "\n" } 1 .. $length;
	close $out or die "$file: $!";
	return $file;
}

sub complain
{
	my ($round, $what) = @_;
	print "round $round: $what\n";
	return 1;
}

# Runs the scripts at once.  How many statements failed, and what is a finding.
sub play
{
	my ($round) = @_;
	my @files = map { script("$directory/sql.$round.$_") } 1 .. $sessions;
	my %running;
	for my $file (@files)
	{
		my $pid = fork() // die "fork: $!";
		exec "psql -X -q -A -t -f $file >/dev/null 2>$file.log" if $pid == 0;
		$running{$pid} = 1;
	}
	waitpid $_, 0 for keys %running;

	my ($errors, $findings) = (0, 0);
	for my $file (@files)
	{
		open my $log, '<', "$file.log" or die "$file.log: $!";
		while (<$log>)
		{
			$errors++ if /ERROR:/;
			next if !/: +XX\w{3}:|server closed|connection to server|FATAL|PANIC/;
			chomp;
			$findings += complain($round, $_);
		}
	}
	query("ROLLBACK PREPARED '$_'") for query("SELECT gid FROM pg_prepared_xacts WHERE database = current_database()");
	query('SELECT bpm.reset_clock()');
	my @broken = query('SELECT concat_ws($$: $$, invariant, instance, detail) FROM bpm.check() LIMIT 5');
	$findings += complain($round, "check: $_") for @broken;
	if (!$findings) { unlink $_, "$_.log" for @files }
	return ($errors, $findings);
}

# Begins each time with the same models, none of the last round's instances, and the handlers.
sub begin
{
	open my $psql, '|-', 'psql', '-X', '-q', '-o', '/dev/null', '-v', 'ON_ERROR_STOP=1' or die "psql: $!";
	print {$psql} 'SET client_min_messages = error;', "\n",
		"SELECT bpm.cancel(id) FROM bpm.instance WHERE state = 'active' AND parent IS NULL AND NOT suspended;\n",
		"\\i $FindBin::RealBin/sql.sql\n", map { 'SELECT bpm.deploy(' . quoted($_) . ");\n" } @models;
	close $psql or die "the round could not begin\n";
}

my ($round, $statements, $errors, $findings) = (0, 0, 0, 0);
my $start = time;
do
{
	begin();
	my ($failed, $found) = play(++$round);
	$statements += $sessions * $length;
	$errors += $failed;
	$findings += $found;
} while (time < $start + $seconds);
my ($steps) = query('SELECT count(*) FROM bpm.event');
printf "sql: %d rounds, %d sequences, %d a second, %d errors, %s events in the log, %d findings\n",
	$round, $statements, $statements / (time - $start), $errors, $steps // 'no', $findings;
exit($findings ? 1 : 0);
