# A crash of the server in the middle of waiting instances loses nothing.
#
# TAP is needed because the server is stopped without warning and started again.
use strict;
use warnings;

use FindBin;
use lib $FindBin::RealBin;

use BpmServer;
use PostgreSQL::Test::Utils;
use Test::More;

my $server = bpm_server('crash', shared_preload_libraries => 'bpm', fsync => 'on');
$server->start;
$server->safe_psql('postgres', 'CREATE EXTENSION bpm');

my %elements = (
	timer => '<intermediateCatchEvent id="wait"><timerEventDefinition>'
	  . '<timeDuration xsi:type="tFormalExpression">PT2S</timeDuration>'
	  . '</timerEventDefinition></intermediateCatchEvent>',
	task => '<userTask id="wait"/>',
	job => '<serviceTask id="wait" bpm:type="paint"/>',
	async => '<serviceTask id="wait" bpm:type="slow"/>',
	again => '<serviceTask id="wait" bpm:type="flaky" bpm:retries="3" bpm:backoff="PT2S"/>',
	message => '<intermediateCatchEvent id="wait">'
	  . '<messageEventDefinition messageRef="paid"/></intermediateCatchEvent>');
deploy($server, 'postgres', model($_, $elements{$_})) for sort keys %elements;
$server->safe_psql('postgres', q{
	CREATE TABLE up (since timestamptz);
	CREATE FUNCTION slow(variables jsonb) RETURNS jsonb LANGUAGE sql AS 'SELECT pg_sleep(3); SELECT $1';
	CREATE FUNCTION flaky(variables jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
	BEGIN
		IF NOT EXISTS (SELECT FROM public.up) THEN
			RAISE 'not yet';
		END IF;
		RETURN NULL;
	END $$;
	SELECT bpm.handle('slow', 'slow'), bpm.handle('flaky', 'flaky');
});

# The slow handler last: it keeps the worker busy until the crash.
my %instance = map { $_ => start_process($server, 'postgres', $_) } qw(timer task job message again async);
ok(soon($server, 'postgres',
		"SELECT state = 'backoff' FROM bpm.job WHERE instance = $instance{again}"),
	'a handler has failed and waits for its next turn');
$server->safe_psql('postgres', q{BEGIN; SELECT bpm.start('task', '{}', 'never'); ROLLBACK});
my $standing = q{
	SELECT instance, element, kind FROM bpm.token ORDER BY id;
	SELECT instance, max(seq) FROM bpm.event GROUP BY 1 ORDER BY 1};
my $before = $server->safe_psql('postgres', $standing);
$server->stop('immediate');
$server->append_conf('postgresql.conf', 'bpm.worker = off');
$server->start;

is($server->safe_psql('postgres', $standing), $before, 'all instances stand where they stood');
$server->safe_psql('postgres', 'INSERT INTO up VALUES (now())');
$server->append_conf('postgresql.conf', 'bpm.worker = on');
$server->reload;

for my $process (qw(timer async again))
{
	ok(soon($server, 'postgres', "SELECT state = 'completed' FROM bpm.instance WHERE id = $instance{$process}"),
		"$process goes on by itself");
}
$server->safe_psql('postgres', "SELECT bpm.complete_task(id) FROM bpm.task WHERE instance = $instance{task}");
$server->safe_psql('postgres', "SELECT bpm.complete_job(job) FROM bpm.fetch_jobs('paint', 'painter')");
$server->safe_psql('postgres', "SELECT bpm.correlate('paid')");
is(state_of($server, 'postgres', $instance{$_}), 'completed', "$_ goes on when it is told to") for qw(task job message);
is($server->safe_psql('postgres', 'SELECT count(*) FROM bpm.check()'), '0', 'every invariant holds');
is($server->safe_psql('postgres', q{
		SELECT count(*) FROM (SELECT seq, row_number() OVER (PARTITION BY instance ORDER BY seq) AS n FROM bpm.event) e
		WHERE seq <> n}), '0', 'the events are numbered without gaps');

$server->stop;
done_testing();
