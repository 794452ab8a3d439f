# History goes as the worker drops it: nobody waits for that, nothing grows, and a
# dump takes along what there is.
#
# TAP is needed for the live worker, for sessions that read and write meanwhile,
# for a crash, and for a second database.
use strict;
use warnings;

use FindBin;
use lib $FindBin::RealBin;

use BpmServer;
use PostgreSQL::Test::Utils;
use Test::More;

my $server = bpm_server('history', 'log_min_messages' => 'warning', 'autovacuum_naptime' => '1s');
$server->start;
$server->safe_psql('postgres', 'CREATE EXTENSION bpm');
deploy($server, 'postgres', model('short', '<task id="a"/>'));
deploy($server, 'postgres', model('waits', '<userTask id="a"/>'));
my $living = start_process($server, 'postgres', 'waits');

sub query { return $server->safe_psql('postgres', $_[0]) }

# Three seconds are kept.  After the first of them the size stays what it is.
query(q(SELECT bpm.set_retention('3 seconds')));
my (@sizes, @oldest);
my $end = time() + 24;
while (time() < $end)
{
	query(q(SELECT count(bpm.start('short')) FROM generate_series(1, 200)));
	query('SELECT bpm.worker_start()');
	push @sizes, query(q(SELECT sum(pg_relation_size(inhrelid)) FROM pg_inherits
		WHERE inhparent = 'bpm.log'::regclass));
	push @oldest, query(q(SELECT extract(epoch FROM now() - min(at)) FROM bpm.event));
}
my $half = $#sizes / 2;
my ($before, $after) = (0, 0);
$before = $_ > $before ? $_ : $before for @sizes[ 0 .. $half ];
$after = $_ > $after ? $_ : $after for @sizes[ $half + 1 .. $#sizes ];
cmp_ok($after, '<', 1.5 * $before, "the log does not grow: at most $before bytes before, $after after");
cmp_ok((sort { $a <=> $b } @oldest[ $half .. $#oldest ])[-1], '<', 12, 'nothing old is there');
cmp_ok(query('SELECT count(*) FROM bpm.instance'), '<', 200 * @sizes, 'nor are the instances');
is(state_of($server, 'postgres', $living), 'active', 'what lives, lives');
is(query('SELECT * FROM bpm.check()'), '', 'all is well');
query(q(SELECT bpm.worker_stop(); SELECT bpm.set_retention(NULL)));

# Somebody reads all of the log: what is old stays until he is done, and nobody waits.
my $reader = $server->background_psql('postgres');
query(q(SELECT bpm.set_clock('2040-01-01 00:00+00'); SELECT bpm.set_retention('6 days'); SELECT bpm.tick()));
my $old = start_process($server, 'postgres', 'short');
query(q(SELECT bpm.advance_clock('2 days'); SELECT bpm.tick(); SELECT bpm.advance_clock('6 days')));
$reader->query_safe('BEGIN; SELECT count(*) FROM bpm.event;');
my ($status, $out, $err) = $server->psql('postgres', q(SET statement_timeout = '5s'; SELECT bpm.tick()));
is($status, 0, 'a tick beside a reader succeeds');
like($err, qr/bpm\.log_\d is being read/, 'and says what it could not do');
is(query("SELECT count(*) FROM bpm.event WHERE instance = $old"), 10, 'nothing was dropped');
is(query(q(SET statement_timeout = '1s'; SELECT bpm.start('short') > 0)), 't', 'one can write meanwhile');
$reader->query_safe('COMMIT;');
query(q(SELECT bpm.advance_clock('1 minute'); SELECT bpm.tick()));
is(query("SELECT count(*) FROM bpm.event WHERE instance = $old"), 0, 'it is when he is done');
$reader->quit;

# A crash in between: all of a step, or nothing.
my $kept = start_process($server, 'postgres', 'short');
query(q(SELECT bpm.advance_clock('2 days'); SELECT bpm.tick(); SELECT bpm.advance_clock('6 days')));
my $crash = $server->background_psql('postgres');
$crash->query_safe('BEGIN; SELECT bpm.tick();');
$server->stop('immediate');
$server->append_conf('postgresql.conf', 'bpm.worker = off');
$server->start;
is(query("SELECT count(*) FROM bpm.event WHERE instance = $kept"), 10, 'what was not committed is there after a crash');
is(query("SELECT count(*) FROM bpm.instance WHERE id = $kept"), 1, 'with its instance');
query('SELECT bpm.tick()');
is(query("SELECT count(*) FROM bpm.event WHERE instance = $kept"), 0, 'the next tick drops it');

# Segments, settings and all go with a dump.
query(q(CREATE FUNCTION archive(regclass) RETURNS void LANGUAGE sql AS '';
	SELECT bpm.set_archive('archive(regclass)'); SELECT bpm.set_retention('1 year', 'waits')));
for (1 .. 4)
{
	start_process($server, 'postgres', $_) for 'short', 'waits';
	query(q(SELECT bpm.advance_clock('26 hours'); SELECT bpm.tick()));
}

sub contents
{
	my ($database) = @_;
	my @tables = split /\n/, $server->safe_psql($database, "SELECT oid::regclass FROM pg_class
		WHERE relnamespace = 'bpm'::regnamespace AND relkind = 'r' ORDER BY relname");
	return join "\n", map { "$_:\n" . $server->safe_psql($database, "SELECT t FROM $_ t ORDER BY t::text") } @tables;
}
cmp_ok(query('SELECT count(DISTINCT segment) FROM bpm.event'), '>', 2, 'events are in several partitions');
my $dump = "${PostgreSQL::Test::Utils::tmp_check}/history.sql";
$server->command_ok([ 'pg_dump', '-f', $dump, 'postgres' ], 'all is dumped');
query('CREATE DATABASE restored');
$server->command_ok([ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', 'restored', '-f', $dump ], 'and restored');
is(contents('restored'), contents('postgres'), 'row by row');
my $segment = $server->safe_psql('restored', 'SELECT number FROM bpm.segment WHERE closed_at IS NULL');
my $next = start_process($server, 'restored', 'short');
is($server->safe_psql('restored', "SELECT DISTINCT segment FROM bpm.event WHERE instance = $next"), $segment,
	'the log goes on where it was');

$server->stop;
done_testing();
