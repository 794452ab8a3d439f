# Items that terminate or crash the worker, exhaust its memory, lose every conflict, or whose
# definition is broken: each ends as an incident or is put off, and the others have their turn.
#
# TAP is needed because the worker is alive, and dies.
use strict;
use warnings;

use FindBin;
use lib $FindBin::RealBin;

use BpmServer;
use PostgreSQL::Test::Utils;
use Test::More;

my $server = bpm_server('deadly', shared_preload_libraries => 'bpm');
$server->start;
$server->safe_psql('postgres', q{
	CREATE EXTENSION bpm;
	CREATE TABLE done (key text);
	CREATE FUNCTION good(key text) RETURNS void LANGUAGE sql AS 'INSERT INTO public.done VALUES ($1)';
	CREATE FUNCTION suicide(variables jsonb) RETURNS jsonb LANGUAGE sql
		AS 'SELECT pg_terminate_backend(pg_backend_pid()); SELECT pg_sleep(10); SELECT $1';
	-- What the system does to a process that eats all memory.
	CREATE FUNCTION kill(variables jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
	BEGIN
		EXECUTE format('COPY (SELECT) TO PROGRAM ''kill -9 %s''', pg_backend_pid());
		PERFORM pg_sleep(10);
		RETURN variables;
	END $$;
	CREATE FUNCTION eat(variables jsonb) RETURNS jsonb LANGUAGE plpgsql
		AS 'BEGIN RAISE USING ERRCODE = ''53200'', MESSAGE = ''out of memory''; END';
	CREATE FUNCTION conflict(variables jsonb) RETURNS jsonb LANGUAGE plpgsql
		AS 'BEGIN RAISE USING ERRCODE = ''40P01'', MESSAGE = ''deadlock detected''; END';
	SELECT bpm.handle(type, type::regproc) FROM unnest('{good,kill,suicide,eat,conflict}'::text[]) AS type;
	SELECT bpm.deploy(jsonb_build_object('process', type, 'nodes', jsonb_build_array(
			jsonb_build_object('id', type || '_job', 'kind', 'serviceTask', 'job',
				jsonb_build_object('type', type, 'retries', 1)))))
		FROM unnest('{good,kill,suicide,eat,conflict}'::text[]) AS type;
	SELECT bpm.deploy($${"process": "parked", "nodes": [{"id": "parked_script", "kind": "scriptTask",
		"async_before": true, "script": {"text": "public.suicide(null)", "language": "sql"}}]}$$::jsonb);
	SELECT bpm.deploy($${"process": "broken", "nodes": [
		{"id": "broken_timer", "kind": "intermediateCatchEvent", "timer": {"duration": "PT0.1S"}}]}$$::jsonb);
});

# The message of the incident that an instance gets.
sub incident
{
	my ($instance) = @_;
	my $open = "FROM bpm.incident WHERE instance = $instance AND resolved_at IS NULL";
	soon($server, 'postgres', "SELECT count(*) = 1 $open");
	return $server->safe_psql('postgres', "SELECT message $open");
}

my $deaths = 0;

# How often a worker was terminated, or the server restarted, since this was asked last.
sub deaths
{
	my $log = slurp_file($server->logfile);
	my $all = () = $log =~ /terminating background worker "bpm worker" due|"bpm worker".* was terminated by signal 9/g;
	my $new = $all - $deaths;
	$deaths = $all;
	return $new;
}

sub works
{
	my ($key) = @_;
	start_process($server, 'postgres', 'good', qq({"key": "$key"}));
	return soon($server, 'postgres', "SELECT count(*) = 1 FROM done WHERE key = '$key'");
}

# ERRORS THAT ARE NOT OF THE ITEM ALONE

# In one session, for what is put off is known to it alone: for 1, 2, 4 s.
my $ticks = join 'SELECT bpm.tick();', 'SELECT bpm.worker_stop();', map { "SELECT pg_sleep($_);" } 1.1, 2.1, 4.1, 0;

for my $who ('the worker', 'tick()')
{
	my %instance = map { $_ => start_process($server, 'postgres', $_, qq({"key": "$who"})) } qw(eat conflict good);

	$server->safe_psql('postgres', $ticks) if $who eq 'tick()';
	is(incident($instance{eat}), 'job of element "eat_job" failed: 53200: out of memory',
		"$who: exhausted memory is an incident");
	is(incident($instance{conflict}), 'job of element "conflict_job" failed: 40P01: deadlock detected',
		"$who: so is a conflict that is always lost");
	is(state_of($server, 'postgres', $instance{good}), 'completed', "$who: the others are done");
	$server->safe_psql('postgres', 'SELECT bpm.worker_stop()');
}
$server->safe_psql('postgres', 'SELECT bpm.worker_start()');

# DEATHS

is(deaths(), 0, 'so far no worker has died');
my $again = qr/58000: the worker has died at it again and again/;
my $suicide = start_process($server, 'postgres', 'suicide');
ok(works('beside one that terminates'), 'others are done between the deaths');
like(incident($suicide), $again, 'a handler that terminates the worker becomes an incident');
is(deaths(), 3, 'after three deaths');
my $parked = start_process($server, 'postgres', 'parked');
like(incident($parked), $again, 'so does a script');
is(deaths(), 3, 'after three deaths');
# Not while the session is there, which would be thrown out.
$server->safe_psql('postgres', 'SELECT bpm.worker_stop()');
my $kill = start_process($server, 'postgres', 'kill');
$server->psql('postgres', 'SELECT bpm.worker_start()');
like(incident($kill), $again, 'so does a handler that crashes the server');
is(deaths(), 3, 'after three deaths');
ok(works('after all that'), 'the worker works');

# An operator mends it.
$server->psql('postgres', q{
	CREATE OR REPLACE FUNCTION suicide(variables jsonb) RETURNS jsonb LANGUAGE sql AS 'SELECT $1';
	SELECT bpm.resolve(id) FROM bpm.incident WHERE message ~ 'died' AND resolved_at IS NULL});
ok(soon($server, 'postgres', "SELECT every(state = 'completed') FROM bpm.instance WHERE id IN ($suicide, $parked)"),
	'what was mended is done when its incident is resolved');
like(incident($kill), $again, 'what was not becomes one again');
is(deaths(), 3, 'after three more deaths');
$server->safe_psql('postgres', "SELECT bpm.cancel($kill)");

# WHAT CANNOT EVEN BE LOADED

$server->safe_psql('postgres', q{
	SELECT bpm.worker_stop();
	UPDATE bpm.definition SET source = 'no process' WHERE key = 'broken';
	INSERT INTO bpm.timer SELECT nextval('bpm.id_seq'), NULL, NULL, d.id, 'broken_timer', now(), 0
		FROM bpm.definition d WHERE key = 'broken';
	SELECT bpm.worker_start()});
ok(works('beside one that is broken'), 'a row whose definition is broken does not stop the others');
ok($server->wait_for_log(qr/timer \d+ of bpm failed, and is tried again in 2 s/), 'and is put off');
is(deaths(), 0, 'no worker has died of it');
is($server->safe_psql('postgres', 'SELECT bpm.tick() >= 0'), 't', 'nor does tick() fail');
is($server->safe_psql('postgres', 'SELECT * FROM bpm.check() WHERE instance IS NOT NULL'), '', 'every invariant holds');

$server->stop;
done_testing();
