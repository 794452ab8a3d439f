# The life of the background worker on a server that does not preload the library.
#
# TAP is needed because the worker is a process: it is killed, terminated and
# turned off here, databases and the extension go away under it, and what it
# does happens after the commit, in its own time.
use strict;
use warnings;

use FindBin;
use lib $FindBin::RealBin;

use BpmServer;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(usleep);

my $server = bpm_server('worker');
$server->start;
$server->safe_psql('postgres', "CREATE DATABASE $_") for qw(one two);

my $pause = model('pause',
	'<intermediateCatchEvent id="wait"><timerEventDefinition>'
	  . '<timeDuration xsi:type="tFormalExpression">PT0.3S</timeDuration>'
	  . '</timerEventDefinition></intermediateCatchEvent>');
my $work = model('work', '<serviceTask id="step" bpm:type="work"/>');
my $fail = model('fail', '<serviceTask id="step" bpm:type="fail" bpm:retries="1"/>');
my $conflict = model('conflict', '<serviceTask id="step" bpm:type="conflict" bpm:retries="1"/>');
my $vanish = model('vanish', '<serviceTask id="step" bpm:type="vanish" bpm:retries="1"/>');

my $handlers = q{
	CREATE TABLE done (variables jsonb, at timestamptz);
	CREATE FUNCTION work(variables jsonb) RETURNS jsonb LANGUAGE sql VOLATILE
		AS 'INSERT INTO done VALUES ($1, clock_timestamp()) RETURNING NULL::jsonb';
	CREATE FUNCTION fail(variables jsonb) RETURNS jsonb LANGUAGE plpgsql
		AS 'BEGIN RAISE ''no bicycle left''; END';
	CREATE FUNCTION conflict(variables jsonb) RETURNS jsonb LANGUAGE plpgsql
		AS 'BEGIN RAISE USING ERRCODE = ''40001''; END';
	CREATE FUNCTION vanish(variables jsonb) RETURNS jsonb LANGUAGE sql AS 'SELECT $1';
	SELECT bpm.handle(type, type::regproc) FROM unnest(ARRAY['work', 'fail', 'conflict', 'vanish']) AS type;
};

sub install
{
	my ($database) = @_;
	$server->safe_psql($database, 'CREATE EXTENSION bpm');
	deploy($server, $database, $_) for $pause, $work, $fail, $conflict, $vanish;
	return;
}

sub completed
{
	my ($database, $instance) = @_;
	return soon($server, $database, "SELECT state = 'completed' FROM bpm.instance WHERE id = $instance");
}

# Whether an instance that only a worker can bring to its end gets there.
sub works
{
	my ($database) = @_;
	return completed($database, start_process($server, $database, 'pause'));
}

sub gone
{
	my ($database) = @_;
	return soon($server, 'postgres',
		"SELECT NOT EXISTS (SELECT FROM pg_stat_activity WHERE backend_type = 'bpm worker' AND datname = '$database')");
}

# FIRST CALL

$server->safe_psql('one', 'CREATE EXTENSION bpm');
is(worker_pid($server, 'one'), '', 'creating the extension starts no worker: there may be a dump to load');
deploy($server, 'one', $_) for $pause, $work, $fail, $conflict, $vanish;
ok(works('one'), 'a timer fires though nothing is preloaded and nobody calls');
$server->safe_psql('one', $handlers);
my $pid = worker_pid($server, 'one');
like($pid, qr/^\d+$/, 'one worker is there');
is($server->safe_psql('one', "SELECT application_name, state, backend_xmin FROM pg_stat_activity WHERE pid = $pid"),
	'bpm worker|idle|', 'pg_stat_activity shows it idle and without a snapshot');
is($server->safe_psql('one', "SELECT count(*) FROM pg_locks WHERE pid = $pid"), '0', 'asleep it holds no lock');

# ON TIME

# Milliseconds from when the commit was under way to when the handler ran.
sub wake_times
{
	my ($count) = @_;
	my @times;

	for my $i (1 .. $count)
	{
		my $at = $server->safe_psql('one', "SELECT clock_timestamp() FROM bpm.start('work', '{\"i\": $i}')");
		soon($server, 'one', "SELECT count(*) = 1 FROM done WHERE variables ->> 'i' = '$i'");
		push @times, $server->safe_psql('one',
			"SELECT extract(epoch FROM at - '$at') * 1000 FROM done WHERE variables ->> 'i' = '$i'");
	}
	return sort { $a <=> $b } @times;
}
my @times = wake_times(15);
note("commit to handler, ms: @times");
cmp_ok($times[ $#times / 2 ], '<', 50, 'an async handler runs within 50 ms of the commit that made it due');

$server->safe_psql('one', "SELECT bpm.start('pause') FROM generate_series(1, 20)");
ok(soon($server, 'one', "SELECT count(*) = 0 FROM bpm.instance WHERE state = 'active'"), 'all timers fire');
my $late = $server->safe_psql('one', q{
	SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM f.at - e.at) * 1000 - 300)
	FROM bpm.event e JOIN bpm.event f USING (instance, element)
	WHERE e.kind = 'element_entered' AND f.kind = 'timer_fired'});
note("timers late by $late ms");
cmp_ok($late, '<', 50, 'timers fire on time');

$server->safe_psql('one', "BEGIN; SELECT bpm.start('work', '{\"i\": \"prepared\"}'); PREPARE TRANSACTION 'two'");
$server->safe_psql('one', "COMMIT PREPARED 'two'");
ok(soon($server, 'one', "SELECT count(*) = 1 FROM done WHERE variables ->> 'i' = 'prepared'"),
	'what a prepared transaction made due is found');

# FAILURES

my $failing = start_process($server, 'one', 'fail');
ok(soon($server, 'one',
		"SELECT count(*) = 1 FROM bpm.incident WHERE instance = $failing AND message LIKE '%no bicycle left%'"),
	'a handler that fails becomes an incident');
my $conflicting = start_process($server, 'one', 'conflict');
ok(soon($server, 'one', "SELECT count(*) = 1 FROM bpm.incident WHERE instance = $conflicting"),
	'one that loses every conflict is not tried for ever');
$server->safe_psql('one', 'DROP FUNCTION vanish(jsonb)');
my $vanished = start_process($server, 'one', 'vanish');
ok(soon($server, 'one', "SELECT count(*) = 1 FROM bpm.incident WHERE instance = $vanished"),
	'a handler whose function was dropped becomes an incident');
$server->append_conf('postgresql.conf', "bpm.handler_timeout = '200ms'");
$server->reload;
$server->safe_psql('one', q{
	CREATE FUNCTION hang(variables jsonb) RETURNS jsonb LANGUAGE plpgsql AS 'BEGIN LOOP END LOOP; END';
	SELECT bpm.handle('hang', 'hang')});
deploy($server, 'one', model('hang', '<serviceTask id="step" bpm:type="hang" bpm:retries="1"/>'));
my $hanging = start_process($server, 'one', 'hang');
ok(soon($server, 'one',
		"SELECT count(*) = 1 FROM bpm.incident WHERE instance = $hanging AND message LIKE '%cancelled after 200 ms'"),
	'a handler that hangs is cancelled, and becomes an incident');
$server->append_conf('postgresql.conf', 'bpm.handler_timeout = 0');
$server->reload;
# A timer that starts instances has none that could have an incident.
$server->safe_psql('one', "SELECT bpm.handle('hopeless', 'fail', 'inline')");
deploy($server, 'one', model('hopeless', '<serviceTask id="step" bpm:type="hopeless"/>')
	=~ s{<startEvent id="start"/>}{<startEvent id="start"><timerEventDefinition>
		<timeDuration xsi:type="tFormalExpression">PT0.1S</timeDuration></timerEventDefinition></startEvent>}r);
# And here the incident cannot be written.
$server->safe_psql('one', q{
	CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE ''not in my table''; END';
	CREATE TRIGGER refuse BEFORE UPDATE ON bpm.job FOR EACH ROW WHEN (OLD.type = 'fail') EXECUTE FUNCTION refuse()});
my $unspeakable = start_process($server, 'one', 'fail');
for my $problem ('no bicycle left', 'not in my table')
{
	ok($server->wait_for_log(qr/is tried again in 2 s.*\n.*DETAIL:  $problem/),
		"an item that fails and cannot be recorded as failed is put off: $problem");
}
ok(works('one'), 'and the others have their turn');
cmp_ok(scalar(() = slurp_file($server->logfile) =~ /tried again/g), '<', 10, 'it is not tried all the time');
$server->safe_psql('one', 'DROP TRIGGER refuse ON bpm.job');
ok(soon($server, 'one', "SELECT count(*) = 1 FROM bpm.incident WHERE instance = $unspeakable"),
	'once it can be recorded it is');
$server->safe_psql('one', "DELETE FROM bpm.timer WHERE instance IS NULL");

is(worker_pid($server, 'one'), $pid, 'the worker minds none of them');
ok(works('one'), 'and works on');
is($server->safe_psql('one', 'SELECT state, pid, items > 0, failures >= 0 FROM bpm.worker_status()'),
	"sleeping|$pid|t|t", 'worker_status() tells');

# VIOLENCE

my $waiting = start_process($server, 'one', 'pause');
kill 'KILL', $pid;
ok(soon($server, 'postgres', "SELECT true"), 'the server restarts after kill -9 of the worker');
ok(completed('one', $waiting),
	'and a worker finishes what was waiting, without a call');
isnt(worker_pid($server, 'one'), $pid, 'it is another one');

$pid = worker_pid($server, 'one');
$server->safe_psql('postgres', "SELECT pg_terminate_backend($pid)");
ok(soon($server, 'one', "SELECT pid <> $pid FROM bpm.worker_status()"),
	'a terminated worker comes back by itself');
ok(works('one'), 'and works');

# STOPPING

$server->safe_psql('one', 'SELECT bpm.worker_stop()');
is(worker_pid($server, 'one'), '', 'worker_stop() ends it');
$waiting = start_process($server, 'one', 'pause');
usleep(1_000_000);
is(worker_pid($server, 'one'), '', 'no call starts one then');
is($server->safe_psql('one', 'SELECT state FROM bpm.worker_status()'), 'stopped', 'worker_status() says so');
is(state_of($server, 'one', $waiting), 'active', 'and nothing is done');
is($server->safe_psql('one', 'SELECT bpm.tick()'), '1', 'but by tick()');
is(state_of($server, 'one', $waiting), 'completed', 'which does the same work');
$waiting = start_process($server, 'one', 'pause');
$server->safe_psql('one', 'SELECT bpm.worker_start()');
ok(completed('one', $waiting), 'worker_start() starts it again');

$server->append_conf('postgresql.conf', 'bpm.worker = off');
$server->reload;
ok(gone('one'), 'bpm.worker = off ends it');
$waiting = start_process($server, 'one', 'pause');
usleep(1_000_000);
is(state_of($server, 'one', $waiting), 'active', 'and none starts');
is($server->safe_psql('one', 'SELECT state FROM bpm.worker_status()'), 'off', 'worker_status() says so');
$server->append_conf('postgresql.conf', 'bpm.worker = on');
$server->reload;
ok(works('one'), 'bpm.worker = on lets the next call start one');
ok(completed('one', $waiting), 'which also does what was waiting');

# SETTINGS: those of the role as which a worker begins, doc/guide.md, "How late"

$server->safe_psql('one', q{
	CREATE FUNCTION tell() RETURNS jsonb LANGUAGE sql
		AS $$SELECT jsonb_build_object('commit', current_setting('synchronous_commit'))$$;
	SELECT bpm.handle('tell', 'tell');
	DO $$ BEGIN EXECUTE format('ALTER ROLE %I IN DATABASE one SET synchronous_commit = off', current_user); END $$;
	SELECT bpm.worker_stop(), bpm.worker_start();
});
deploy($server, 'one', model('tell', '<serviceTask id="step" bpm:type="tell"/>'));
my $told = start_process($server, 'one', 'tell');
ok(completed('one', $told), 'a worker begins with the settings of its role');
is($server->safe_psql('one', "SELECT variables ->> 'commit' FROM bpm.instance WHERE id = $told"),
	'off', 'it need not wait for the disk');
$server->safe_psql('one', q{
	DO $$ BEGIN EXECUTE format('ALTER ROLE %I IN DATABASE one RESET synchronous_commit', current_user); END $$;
	SELECT bpm.worker_stop(), bpm.worker_start();
});

# THINGS GOING AWAY

install('two');
ok(works('two'), 'a second database has a worker of its own');
isnt(worker_pid($server, 'two'), worker_pid($server, 'one'), 'another process');
$server->safe_psql('two', 'DROP EXTENSION bpm CASCADE');
ok(gone('two'), 'the worker leaves when the extension is dropped');
install('two');
ok(works('two'), 'and comes when it is created again');
$server->safe_psql('two', 'DROP EXTENSION bpm CASCADE');
install('two');
ok(works('two'), 'one that did not notice in time works with the new one');
$server->safe_psql('postgres', 'DROP DATABASE two WITH (FORCE)');
$server->safe_psql('postgres', 'CREATE DATABASE two');
install('two');
ok(works('two'), 'a database dropped by force and created again has a worker');
is($server->psql('postgres', 'DROP DATABASE two'), 0, 'the worker makes way for an ordinary DROP DATABASE');
ok(gone('two'), 'and is gone');
is($server->psql('postgres', 'CREATE DATABASE two TEMPLATE one'), 0, 'a database with a worker can be copied');
ok(works('two'), 'the copy has a worker');
ok(works('one'), 'and so has the original');

# A RESTART

$waiting = start_process($server, 'one', 'pause');
$server->restart;
usleep(500_000);
is(worker_pid($server, 'one'), '', 'after a restart nobody is there');
$server->safe_psql('one', "SELECT count(*) FROM bpm.fetch_jobs('paint', 'nobody')");
ok(completed('one', $waiting),
	'until the first call of a verb');
unlike(slurp_file($server->logfile), qr/TRAP|PANIC|terminated by signal (?!9)/, 'nothing crashed of itself');

$server->stop;
done_testing();
