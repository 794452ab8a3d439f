# The server is killed again and again under load: what was acknowledged is there, nothing is
# there twice, and every instance can be brought to its end.
#
# TAP is needed because the server is stopped without warning, and its processes are killed.
# BPM_KILLS says how often (5).
#
# Each effect is a row of a business table, written in the transaction that advances the
# process; a client notes it in a file when its COMMIT has returned.  Effects of handlers are
# acknowledged by the log of the instance.
use strict;
use warnings;

use FindBin;
use lib $FindBin::RealBin;

use BpmServer;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(sleep time);

my $kills = $ENV{BPM_KILLS} || 5;
my $clients = 8;
my $workers = 2;
my $server = bpm_server('kills', shared_preload_libraries => 'bpm', max_prepared_transactions => 50,
	'bpm.workers' => $workers);
$server->start;
$server->safe_psql('postgres', q{
	CREATE EXTENSION bpm;
	CREATE TABLE effect (what text, key text, at timestamptz DEFAULT clock_timestamp());
	CREATE SEQUENCE number;

	-- Done by the workers; some fail at their first attempt.
	CREATE FUNCTION effect(what text, key text) RETURNS void LANGUAGE sql
		AS 'INSERT INTO public.effect VALUES ($1, $2)';
	CREATE FUNCTION reserve(key text) RETURNS void LANGUAGE plpgsql AS $$
	BEGIN
		PERFORM public.effect('reserve', key);
		IF random() < 0.1 THEN
			RAISE 'not this time';
		END IF;
	END $$;
	CREATE FUNCTION release(key text) RETURNS void LANGUAGE sql AS $$ SELECT public.effect('release', key) $$;
	CREATE FUNCTION ship(key text) RETURNS void LANGUAGE sql AS $$ SELECT public.effect('ship', key) $$;
	CREATE FUNCTION beat(variables jsonb) RETURNS void LANGUAGE sql AS $$ SELECT public.effect('beat', '') $$;
	SELECT bpm.handle(type, type::regproc, mode)
		FROM (VALUES ('reserve', 'async'), ('release', 'async'), ('ship', 'async'), ('beat', 'inline')) v (type, mode);

	-- Done by the clients: each returns the keys of what it did.
	CREATE FUNCTION place() RETURNS text LANGUAGE plpgsql AS $$
	DECLARE
		key text := 'order-' || nextval('number');
	BEGIN
		PERFORM bpm.start('order', jsonb_build_object('key', key, 'pays', random() < 0.6), key);
		PERFORM effect('place', key);
		RETURN key;
	END $$;
	CREATE FUNCTION work(what text) RETURNS text LANGUAGE plpgsql AS $$
	DECLARE
		done text := '';
		job record;
	BEGIN
		FOR job IN SELECT * FROM bpm.fetch_jobs(what, 'client', 3) LOOP
			PERFORM effect(what, job.business_key);
			PERFORM bpm.complete_job(job.job, worker => 'client');
			done := done || ' ' || job.business_key;
		END LOOP;
		RETURN done;
	END $$;
	CREATE FUNCTION pay() RETURNS text LANGUAGE plpgsql AS $$
	DECLARE
		key text := (SELECT correlation_key FROM bpm.subscription WHERE name = 'paid' ORDER BY random() LIMIT 1);
	BEGIN
		IF key IS NULL OR bpm.publish('paid', key) IS NULL THEN
			RETURN '';
		END IF;
		PERFORM effect('pay', key);
		RETURN key;
	END $$;

	SELECT bpm.deploy($${"process": "order", "nodes": [
		{"id": "placed", "kind": "startEvent"},
		{"id": "reserve", "kind": "serviceTask", "job": {"type": "reserve", "retries": 20, "backoff": "PT0.2S"}},
		{"id": "unreserve", "kind": "boundaryEvent", "attached_to": "reserve", "compensation": {"handler": "release"}},
		{"id": "release", "kind": "serviceTask", "job": "release", "for_compensation": true},
		{"id": "dry", "kind": "intermediateCatchEvent", "timer": {"duration": "PT0.3S"}},
		{"id": "paint", "kind": "serviceTask", "job": "paint"},
		{"id": "undo_paint", "kind": "boundaryEvent", "attached_to": "paint", "compensation": {"handler": "strip"}},
		{"id": "strip", "kind": "serviceTask", "job": "strip", "for_compensation": true},
		{"id": "pay", "kind": "intermediateCatchEvent", "message": {"name": "paid", "key": "=key"}},
		{"id": "enough", "kind": "exclusiveGateway"},
		{"id": "ship", "kind": "serviceTask", "job": "ship"},
		{"id": "shipped", "kind": "endEvent"},
		{"id": "give_back", "kind": "endEvent", "compensation": {}}],
	 "flows": [{"from": "placed", "to": "reserve"}, {"from": "reserve", "to": "dry"}, {"from": "dry", "to": "paint"},
		{"from": "paint", "to": "pay"}, {"from": "pay", "to": "enough"},
		{"from": "enough", "to": "ship", "condition": "=pays"}, {"from": "ship", "to": "shipped"},
		{"from": "enough", "to": "give_back", "default": true}]}$$::jsonb);
	BEGIN;
	SELECT bpm.deploy($${"process": "heart", "nodes": [
		{"id": "tick", "kind": "startEvent", "timer": {"cycle": "R/PT0.4S"}},
		{"id": "beat", "kind": "serviceTask", "job": "beat"}],
	 "flows": [{"from": "tick", "to": "beat"}]}$$::jsonb);
	CREATE TABLE first_beat AS SELECT due_at FROM bpm.timer;
	COMMIT;
});

# THE LOAD

my $notes = PostgreSQL::Test::Utils::tempdir('notes');
my $round = join '', map {
	my ($what, $call) = @$_;
	$what eq 'pay' ? qq{BEGIN;\nSELECT $call AS keys \\gset\nPREPARE TRANSACTION :'gid';\nCOMMIT PREPARED :'gid';\n}
	  . qq{\\echo $what :keys\n}
	  : qq{BEGIN;\nSELECT $call AS keys \\gset\nCOMMIT;\n\\echo $what :keys\n}
} ([ place => 'place()' ], [ paint => q{work('paint')} ], [ pay => 'pay()' ], [ strip => q{work('strip')} ]);
append_to_file("$notes/script", "\\set gid client-:client\n" . "${round}SELECT pg_sleep(0.1) \\g /dev/null\n" x 50);

# A client that is thrown out comes back until it is told to stop.
my @pids = map {
	my $client = $_;
	my $pid = fork() // die "fork: $!";
	$pid or exec 'sh', '-c', "until test -e $notes/stop; do psql -XqAt -v ON_ERROR_STOP=1 -v client=$client"
	  . " -d '" . $server->connstr('postgres') . " application_name=client' -f $notes/script"
	  . " >>$notes/done.$client 2>>$notes/errors; sleep 0.1; done" or die;
	$pid;
} 1 .. $clients;

# THE KILLS

my %pid_of = (
	backend => q{SELECT pid FROM pg_stat_activity WHERE application_name = 'client' ORDER BY random() LIMIT 1},
	worker => q{SELECT pid FROM pg_stat_activity WHERE backend_type = 'bpm worker' ORDER BY random() LIMIT 1});
my @ways = qw(server backend worker);
my $slowest = 0;

# Whoever was in the middle of a two-phase commit has left a transaction behind: half of them are undone.
sub settle_prepared
{
	my @left = split /\n/, $server->safe_psql('postgres', 'SELECT gid FROM pg_prepared_xacts');
	my $how = rand() < 0.5 ? 'COMMIT' : 'ROLLBACK';
	$server->psql('postgres', "$how PREPARED '$_'") for @left;
	return;
}

my $came_back = 0;
for my $kill (1 .. $kills)
{
	sleep(0.3 + rand(1.2));
	my $way = $ways[ $kill % @ways ];
	my $before = join ',', split ' ', worker_pid($server, 'postgres');
	my $begun = time;
	if ($way eq 'server')
	{
		$server->stop('immediate');
		$server->start;
	}
	else
	{
		my $pid = $server->safe_psql('postgres', $pid_of{$way});
		kill 'KILL', $pid if $pid;
	}
	$came_back++ if soon($server, 'postgres', "SELECT count(*) = $workers AND every(pid <> ALL ('{$before}'))"
		. " FROM pg_stat_activity WHERE backend_type = 'bpm worker'");
	$slowest = time - $begun if time - $begun > $slowest;
	settle_prepared();
}
is($came_back, $kills, "the workers came back after each of $kills kills");
note(sprintf('at most %.1f s after the kill', $slowest));
append_to_file("$notes/stop", '');
waitpid $_, 0 for @pids;
settle_prepared();

# THE END

ok(soon($server, 'postgres', q{
	SELECT work('paint') || work('strip') || pay() = '' AND NOT EXISTS
		(SELECT FROM bpm.instance WHERE state = 'active' AND process = 'order')}), 'every order comes to its end');
$server->safe_psql('postgres', 'SELECT bpm.worker_stop()');
is($server->safe_psql('postgres', 'SELECT * FROM bpm.check()'), '', 'every invariant holds');
is($server->safe_psql('postgres', q{
	SELECT what, key FROM effect WHERE what <> 'beat' GROUP BY 1, 2 HAVING count(*) > 1}),
	'', 'nothing was done twice');
is($server->safe_psql('postgres', 'SELECT count(*) FROM bpm.incident'), '0', 'and nothing was blamed for the kills');

my @noted = map { my ($what, @keys) = split ' '; map { "$what $_" } @keys }
  map { split /\n/, slurp_file($_) } glob "$notes/done.*";
my %there = map { $_ => 1 } split /\n/, $server->safe_psql('postgres', q{SELECT what || ' ' || key FROM effect});
is(join(' ', grep { !$there{$_} } @noted), '', 'nothing that was acknowledged is lost');
cmp_ok(scalar(@noted), '>', $kills * 10, 'and there was something to lose');

# What became of each order, told by its effects: in this order, and nothing else.
is($server->safe_psql('postgres', q{
	SELECT i.business_key, i.state, told FROM bpm.instance i
		JOIN (SELECT key, string_agg(what, ' ' ORDER BY at) AS told FROM effect GROUP BY 1) e ON key = business_key
	WHERE process = 'order' AND (i.state <> 'completed' OR told <> CASE WHEN (variables -> 'pays')::bool
		THEN 'place reserve paint pay ship' ELSE 'place reserve paint pay strip release' END)}),
	'', 'each order was shipped, or undone in reverse');
is($server->safe_psql('postgres', q{
	SELECT business_key FROM bpm.instance WHERE process = 'order' EXCEPT SELECT key FROM effect}),
	'', 'none is without effects');
is($server->safe_psql('postgres', q{
	SELECT instances - effects, round(instances - extract(epoch FROM due_at - began) / 0.4) FROM
		(SELECT count(*) AS instances FROM bpm.instance WHERE process = 'heart') i,
		(SELECT count(*) AS effects FROM effect WHERE what = 'beat') e,
		(SELECT due_at AS began FROM first_beat) f, bpm.timer WHERE instance IS NULL}),
	'0|0', 'the cyclic timer fired once for each of its moments');
note($server->safe_psql('postgres', q{
	SELECT what || ': ' || count(*) FROM effect GROUP BY what ORDER BY what}), "\nacknowledged: " . @noted);
unlike(slurp_file($server->logfile), qr/TRAP|PANIC|terminated by signal (?!9)/, 'nothing crashed of itself');

$server->stop;
done_testing();
