# Several workers in one database: they share what is due, nothing is done twice, none of them
# waits for another one, and no process keeps the others waiting.
#
# TAP is needed because the workers are alive, and are killed.
use strict;
use warnings;

use FindBin;
use lib $FindBin::RealBin;

use BpmServer;
use PostgreSQL::Test::Utils;
use Test::More;

my $server = bpm_server('workers');
$server->start;
$server->safe_psql('postgres', $_) for 'CREATE DATABASE many', 'ALTER DATABASE many SET bpm.workers = 3';
$server->safe_psql('many', q{
	CREATE EXTENSION bpm;
	CREATE TABLE done (type text, key text, pid int DEFAULT pg_backend_pid(), at timestamptz DEFAULT clock_timestamp());
	CREATE FUNCTION quick(key text) RETURNS void LANGUAGE sql AS $$ INSERT INTO public.done VALUES ('quick', $1) $$;
	CREATE FUNCTION quiet(key text) RETURNS void LANGUAGE sql AS $$ INSERT INTO public.done VALUES ('quiet', $1) $$;
	CREATE FUNCTION slow(key text) RETURNS void LANGUAGE sql
		AS $$ SELECT pg_sleep(0.5); INSERT INTO public.done VALUES ('slow', $1) $$;
	SELECT bpm.handle(type, type::regproc) FROM unnest('{quick,quiet,slow}'::text[]) AS type;
	SELECT bpm.deploy($${"processes": [
		{"process": "quick_job", "nodes": [{"id": "q", "kind": "serviceTask", "job": "quick"}]},
		{"process": "quiet_job", "nodes": [{"id": "r", "kind": "serviceTask", "job": "quiet"}]},
		{"process": "small_job", "nodes": [{"id": "u", "kind": "serviceTask", "job": "quick"}]},
		{"process": "slow_job", "nodes": [{"id": "s", "kind": "serviceTask", "job": "slow"}]},
		{"process": "many_jobs", "nodes": [{"id": "m", "kind": "serviceTask", "job": "quick",
			"loop": {"kind": "parallel", "cardinality": 200}}]},
		{"process": "busy", "nodes": [{"id": "b", "kind": "intermediateCatchEvent", "timer": {"duration": "PT0.05S"}}]},
		{"process": "quiet", "nodes": [{"id": "t", "kind": "intermediateCatchEvent", "timer": {"duration": "PT0.1S"}}]}]
	}$$::jsonb);
});

sub start_many
{
	my ($process, $count) = @_;
	return $server->safe_psql('many', "SELECT count(bpm.start('$process', jsonb_build_object('key', n)))"
		. " FROM generate_series(1, $count) AS n");
}

sub all_ended
{
	return soon($server, 'many', "SELECT count(*) = 0 FROM bpm.instance WHERE state = 'active'");
}

# How many times each key was done, by how many.
sub done
{
	my ($type) = @_;
	return $server->safe_psql('many', "SELECT count(*), count(DISTINCT key), count(DISTINCT pid)"
		. " FROM done WHERE type = '$type'");
}

# THEY COME

start_many('quick_job', 1);
ok(soon($server, 'many', 'SELECT count(*) = 3 AND every(pid IS NOT NULL) FROM bpm.worker_status()'),
	'three workers are there');
is($server->safe_psql('postgres', "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'bpm worker'"), '3',
	'and no more');
all_ended();

# THEY SHARE

# Nine times half a second: one worker would need 4.5 s.
start_many('slow_job', 9);
ok(all_ended(), 'slow handlers come to their end');
is(done('slow'), '9|9|3', 'each ran once, and all three did some');
cmp_ok($server->safe_psql('many', "SELECT extract(epoch FROM max(at) - min(at)) FROM done WHERE type = 'slow'"),
	'<', 2, 'at the same time');
$server->safe_psql('many', 'TRUNCATE done');
start_many('quick_job', 3000);
ok(all_ended(), 'many short jobs come to their end');
like(done('quick'), qr/^3000\|3000\|[23]$/, 'each ran once, and not all in one worker');
$server->safe_psql('many', 'TRUNCATE done');
start_many('many_jobs', 3);
ok(all_ended(), 'many jobs of few instances come to their end');
like(done('quick'), qr/^600\|3\|[23]$/, 'each ran once');
start_many('busy', 3000);
ok(all_ended(), 'many timers come to their end');
is($server->safe_psql('many', q{
	SELECT count(*), count(DISTINCT instance) FROM bpm.event WHERE kind = 'timer_fired'}),
	'3000|3000', 'each fired once');
is($server->safe_psql('many', 'SELECT * FROM bpm.check()'), '', 'every invariant holds');

# FAIR

# How much of the flood was done before the one that came last.
$server->safe_psql('many', 'TRUNCATE done; SELECT bpm.worker_stop()');
start_many('busy', 3000);
start_many('quiet', 1);
start_many('quick_job', 3000);
start_many('quiet_job', 1);
start_process($server, 'many', 'small_job', '{"key": "small"}');
$server->safe_psql('many', 'SELECT bpm.worker_start()');
ok(all_ended(), 'a flood and some that come late');
cmp_ok($server->safe_psql('many', q{
	SELECT count(*) FROM bpm.event f, bpm.event q
	WHERE f.kind = 'timer_fired' AND q.kind = 'timer_fired' AND q.element = 't' AND f.at < q.at
	AND f.instance IN (SELECT id FROM bpm.instance WHERE process = 'busy' ORDER BY id DESC LIMIT 3000)}),
	'<', 1000, 'the timer of another process does not wait for all timers of the busy one');
cmp_ok($server->safe_psql('many', q{
	SELECT count(*) FROM done f, done q WHERE q.type = 'quiet' AND f.type = 'quick' AND f.at < q.at}),
	'<', 100, 'nor does the job of another type');
cmp_ok($server->safe_psql('many', q{
	SELECT count(*) FROM done f, done q WHERE q.key = 'small' AND f.type = 'quick' AND f.at < q.at}),
	'<', 300, 'nor one of the same type');

# THEY GO AND COME BACK

my $pid = $server->safe_psql('many', 'SELECT pid FROM bpm.worker_status() WHERE worker = 2');
$server->safe_psql('postgres', "SELECT pg_terminate_backend($pid)");
start_many('quick_job', 10);
ok(all_ended(), 'the others go on when one is terminated');
ok(soon($server, 'many', "SELECT count(*) = 3 AND every(pid <> $pid) FROM bpm.worker_status()"), 'who comes back');
$pid = $server->safe_psql('many', 'SELECT pid FROM bpm.worker_status() WHERE worker = 1');
kill 'KILL', $pid;
ok(soon($server, 'many', "SELECT count(*) = 3 AND every(pid <> $pid) FROM bpm.worker_status()"),
	'all come back after kill -9 of the first');
$server->safe_psql('many', 'SELECT bpm.worker_stop()');
is($server->safe_psql('postgres', "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'bpm worker'"), '0',
	'worker_stop() ends all');
$server->safe_psql('postgres', 'ALTER DATABASE many SET bpm.workers = 2');
$server->safe_psql('many', 'SELECT bpm.worker_start()');
ok(soon($server, 'many', 'SELECT count(*) = 2 AND every(pid IS NOT NULL) FROM bpm.worker_status()'),
	'worker_start() starts as many as are wanted now');
$server->safe_psql('postgres', 'ALTER DATABASE many RESET bpm.workers');
$server->append_conf('postgresql.conf', 'bpm.workers = 4');
$server->reload;
$server->safe_psql('many', 'SELECT bpm.worker_stop(), bpm.worker_start()');
ok(soon($server, 'many', 'SELECT count(*) = 4 AND every(pid IS NOT NULL) FROM bpm.worker_status()'),
	'the setting of the server holds where the database has none');
$server->append_conf('postgresql.conf', 'bpm.workers = 1');
$server->reload;
ok(soon($server, 'postgres', "SELECT count(*) = 1 FROM pg_stat_activity WHERE backend_type = 'bpm worker'"),
	'and takes effect at once');
is($server->psql('postgres', 'DROP DATABASE many'), 0, 'they make way for DROP DATABASE');

$server->stop;
done_testing();
