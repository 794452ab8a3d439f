# Running instances go with a dump into another database, and go on there.
#
# TAP is needed because there is a second database, which never saw the models.
use strict;
use warnings;

use FindBin;
use lib $FindBin::RealBin;

use BpmServer;
use PostgreSQL::Test::Utils;
use Test::More;

my $server = bpm_server('dump', 'bpm.worker' => 'off');
$server->start;
$server->safe_psql('postgres', 'CREATE EXTENSION bpm');

# Four branches that wait for all that can be waited for, and meet again.
my @waits = (
	'<serviceTask id="job" bpm:type="dumped"/>',
	'<userTask id="task"/>',
	'<receiveTask id="message" messageRef="paid"/>',
	'<intermediateCatchEvent id="timer"><timerEventDefinition><timeDuration>P1D</timeDuration>'
	  . '</timerEventDefinition></intermediateCatchEvent>');
my @branches = map {
	my ($id) = /id="(\w+)"/;
	qq($_<sequenceFlow id="to_$id" sourceRef="fork" targetRef="$id"/>)
	  . qq(<sequenceFlow id="from_$id" sourceRef="$id" targetRef="join"/>)
} @waits;
my $model = model('waiting', '<parallelGateway id="fork"/>', '<parallelGateway id="join"/>');
$model =~ s/<sequenceFlow[^>]*sourceRef="fork"[^>]*>//;		# the branches instead
$model =~ s/(?=<endEvent)/join '', @branches/e;
deploy($server, 'postgres', $model);

sub query
{
	my ($database, $sql) = @_;
	return $server->safe_psql($database, $sql);
}

# what is in the tables, row by row
sub contents
{
	my ($database) = @_;
	my @tables = split /\n/, query($database, "SELECT oid::regclass FROM pg_class
		WHERE relnamespace = 'bpm'::regnamespace AND relkind = 'r' ORDER BY relname");

	return join "\n", map { "$_:\n" . query($database, "SELECT t FROM $_ t ORDER BY t::text") } @tables;
}

my ($first, $second) = map { start_process($server, 'postgres', 'waiting', qq({"n": $_})) } 1, 2;
query('postgres', "SELECT bpm.complete_task(id) FROM bpm.task WHERE instance = $first");
query('postgres', q(SELECT bpm.publish('later', 'key', '{"kept": true}', ttl => '1 day')));
query('postgres', q(CREATE FUNCTION echo(variables jsonb) RETURNS jsonb LANGUAGE sql AS 'SELECT variables';
	SELECT bpm.handle('handled', 'echo')));

my $before = contents('postgres');
my $dump = "${PostgreSQL::Test::Utils::tmp_check}/dump.sql";
$server->command_ok([ 'pg_dump', '-f', $dump, 'postgres' ], 'a database with instances is dumped');
query('postgres', 'CREATE DATABASE restored');
$server->command_ok([ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', 'restored', '-f', $dump ], 'and restored');
is(contents('restored'), $before, 'every row is there again');
is(query('restored', 'SELECT count(*) FROM bpm.check()'), '0', 'the invariants hold');

query('restored', q(SELECT bpm.complete_job(job) FROM bpm.fetch_jobs('dumped', 'worker', 10)));
query('restored', "SELECT bpm.complete_task(id) FROM bpm.task WHERE instance = $second");
query('restored', q(SELECT bpm.correlate('paid') FROM generate_series(1, 2)));
is(query('restored', "SELECT string_agg(state, ' ') FROM bpm.instance"), 'active active',
	'both instances wait for their timers');
query('restored', q(SELECT bpm.advance_clock('25 hours')));
query('restored', 'SELECT bpm.tick()');
is(query('restored', "SELECT string_agg(state, ' ') FROM bpm.instance"), 'completed completed',
	'and complete when these fire');

cmp_ok(start_process($server, 'restored', 'waiting'), '>', query('postgres', 'SELECT max(id) FROM bpm.message'),
	'new ids follow the old ones');
is(query('restored', 'SELECT function FROM bpm.handler'), 'echo(jsonb)', 'the handler is there');
is(contents('postgres'), $before, 'nothing has happened in the other database');

$server->stop;
done_testing();
