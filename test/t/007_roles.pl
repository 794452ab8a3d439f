# A role with nothing but USAGE on the schema and EXECUTE on the verbs can work;
# one without has no way in.
#
# TAP is needed because roles are of the whole server.
use strict;
use warnings;

use FindBin;
use lib $FindBin::RealBin;

use BpmServer;
use Test::More;

my $server = bpm_server('roles', 'bpm.worker' => 'off');
$server->start;
$server->safe_psql('postgres', "
	CREATE EXTENSION bpm;
	CREATE ROLE clerk LOGIN;
	CREATE ROLE stranger LOGIN;
	CREATE ROLE reader LOGIN;
	GRANT USAGE ON SCHEMA bpm TO clerk, reader;
	GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA bpm TO clerk;
	GRANT SELECT ON ALL TABLES IN SCHEMA bpm TO reader");

# as(ROLE, SQL): output and error of a statement that the role runs
sub as
{
	my ($role, $sql) = @_;
	my ($out, $error);

	$server->psql('postgres', $sql, stdout => \$out, stderr => \$error, extra_params => [ '-U', $role ]);
	return $out . $error;
}

my $model = model('office', '<serviceTask id="job" bpm:type="office"/>', '<userTask id="task"/>');
is(as('clerk', "SELECT key FROM bpm.deploy(\$model\$$model\$model\$)"), 'office', 'a plain role deploys');
my $instance = as('clerk', q(SELECT bpm.start('office')));
like($instance, qr/^\d+$/, 'starts');
is(as('clerk', q(SELECT bpm.complete_job(job) FROM bpm.fetch_jobs('office', 'clerk'))), '', 'completes jobs');
is(as('clerk', "SELECT element FROM bpm.why($instance)"), 'task', 'asks why');
my $task = $server->safe_psql('postgres', "SELECT id FROM bpm.task WHERE instance = $instance");
is(as('clerk', "SELECT bpm.claim_task($task)"), '', 'claims tasks');
is(as('clerk', "SELECT bpm.complete_task($task)"), '', 'completes them');
is(state_of($server, 'postgres', $instance), 'completed', 'to the end');

for my $sql ('SELECT * FROM bpm.instance', q(INSERT INTO bpm.clock VALUES (true, now())),
	"UPDATE bpm.instance SET state = 'active'", 'DELETE FROM bpm.log', 'TRUNCATE bpm.log',
	q(SELECT nextval('bpm.id_seq')))
{
	like(as('clerk', $sql), qr/permission denied/, "may not: $sql");
}
like(as('clerk', q(SELECT bpm.set_clock(now()))), qr/owner of the database/, 'may not set the clock');

like(as('stranger', q(SELECT bpm.start('office'))), qr/permission denied for schema bpm/, 'a stranger has no way in');
like(as('reader', q(SELECT bpm.start('office'))), qr/permission denied for function start/,
	'a reader may not start anything');
is(as('reader', 'SELECT count(*) FROM bpm.instance'), '1', 'but read');
like(as('reader', 'DELETE FROM bpm.instance'), qr/permission denied/, 'and not write');
is($server->safe_psql('postgres', q(SELECT count(*) FROM information_schema.role_table_grants
	WHERE table_schema = 'bpm' AND grantee = 'PUBLIC')), '0', 'nothing is granted to everybody: tables');
is($server->safe_psql('postgres', q(SELECT count(*) FROM information_schema.role_routine_grants
	WHERE routine_schema = 'bpm' AND grantee = 'PUBLIC')), '0', 'nothing is granted to everybody: functions');
$server->stop;
done_testing();
