# A server that preloads the library: the launcher keeps a worker in every database with the extension.
#
# TAP is needed because the server is restarted, its processes are killed, and
# databases come and go.
use strict;
use warnings;

use FindBin;
use lib $FindBin::RealBin;

use BpmServer;
use Test::More;

my $pause = model('pause',
	'<intermediateCatchEvent id="wait"><timerEventDefinition>'
	  . '<timeDuration xsi:type="tFormalExpression">PT1S</timeDuration>'
	  . '</timerEventDefinition></intermediateCatchEvent>');
my $server = bpm_server('preload', shared_preload_libraries => 'bpm');
$server->start;
$server->safe_psql('postgres', "CREATE DATABASE $_") for qw(one two without);
for my $database (qw(one two))
{
	$server->safe_psql($database, 'CREATE EXTENSION bpm');
	deploy($server, $database, $pause);
}

sub completed
{
	my ($database, $instance) = @_;
	return soon($server, $database, "SELECT state = 'completed' FROM bpm.instance WHERE id = $instance");
}

my %instance = map { $_ => start_process($server, $_, 'pause') } qw(one two);
ok(completed($_, $instance{$_}), "timers fire in database $_") for qw(one two);

%instance = map { $_ => start_process($server, $_, 'pause') } qw(one two);
$server->restart;
ok(completed($_, $instance{$_}), "after a restart they fire in database $_ without a call") for qw(one two);
ok(soon($server, 'postgres',
		"SELECT count(*) = 0 FROM pg_stat_activity WHERE backend_type = 'bpm worker' AND datname = '$_'"),
	"database $_, which lacks the extension, has no worker") for qw(without postgres);

my $launcher = "SELECT pid FROM pg_stat_activity WHERE backend_type = 'bpm launcher'";
my $pid = $server->safe_psql('postgres', $launcher);
like($pid, qr/^\d+$/, 'there is one launcher');
my %worker = map { $_ => worker_pid($server, $_) } qw(one two);
$server->safe_psql('postgres', "SELECT pg_terminate_backend($pid)");
ok(soon($server, 'postgres',
		"SELECT count(*) = 1 FROM pg_stat_activity WHERE backend_type = 'bpm launcher' AND pid <> $pid"),
	'a terminated launcher comes back');
is_deeply({ map { $_ => worker_pid($server, $_) } qw(one two) }, \%worker, 'and lets the workers be');

%instance = map { $_ => start_process($server, $_, 'pause') } qw(one two);
kill 'KILL', $worker{one};
ok(completed($_, $instance{$_}), "after kill -9 of a worker timers fire in database $_") for qw(one two);
ok(soon($server, 'postgres',
		"SELECT count(*) = 2 AND count(DISTINCT datname) = 2 FROM pg_stat_activity WHERE backend_type = 'bpm worker'"),
	'each database has one worker');

# A dump restored while nobody calls: rows that are simply there.
$server->safe_psql('one', 'SELECT bpm.worker_stop()');
my $waiting = start_process($server, 'one', 'pause');
is($server->psql('postgres', 'CREATE DATABASE three TEMPLATE one'), 0, 'a database is copied');
ok(completed('three', $waiting), 'the launcher finds the new one');
is(state_of($server, 'one', $waiting), 'active', 'and leaves alone the one whose worker was stopped');
is($server->psql('postgres', 'DROP DATABASE three'), 0, 'an ordinary DROP DATABASE succeeds');

$server->append_conf('postgresql.conf', 'bpm.worker = off');
$server->reload;
ok(soon($server, 'postgres', "SELECT count(*) = 0 FROM pg_stat_activity WHERE backend_type = 'bpm worker'"),
	'bpm.worker = off ends all workers');
$waiting = start_process($server, 'two', 'pause');
$server->append_conf('postgresql.conf', 'bpm.worker = on');
$server->reload;
ok(completed('two', $waiting), 'bpm.worker = on brings them back without a call');

$server->stop;
done_testing();
