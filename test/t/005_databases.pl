# Two databases of one server have nothing to do with each other; an extension
# that was dropped leaves nothing and may come again.
#
# TAP is needed because databases come and go, and the worker is alive.
use strict;
use warnings;

use FindBin;
use lib $FindBin::RealBin;

use BpmServer;
use Test::More;

my $server = bpm_server('databases');
$server->start;

# timer(DURATION): a process that only waits so long
sub timer
{
	return model('pause', '<intermediateCatchEvent id="wait"><timerEventDefinition>'
		. "<timeDuration>$_[0]</timeDuration></timerEventDefinition></intermediateCatchEvent>");
}

sub all_complete
{
	my ($database, $what) = @_;
	return ok(soon($server, $database,
		"SELECT count(*) > 0 AND bool_and(state = 'completed') FROM bpm.instance"), $what);
}

$server->safe_psql('postgres', "CREATE DATABASE $_") for qw(one two);
for my $database (qw(one two))
{
	$server->safe_psql($database, 'CREATE EXTENSION bpm');
	deploy($server, $database, timer('PT0.2S'));
	start_process($server, $database, 'pause');
}
all_complete($_, "a timer fires in database $_") for qw(one two);
isnt(worker_pid($server, 'one'), worker_pid($server, 'two'), 'each has a worker of its own');

start_process($server, 'two', 'pause') for 1 .. 3;
all_complete('two', 'more of them');
is($server->safe_psql('one', 'SELECT count(*) FROM bpm.instance'), '1', 'each has its own instances');

is($server->psql('postgres', 'DROP DATABASE two WITH (FORCE)'), 0, 'a database may go although its worker is there');
start_process($server, 'one', 'pause');
all_complete('one', 'the other one does not mind');

# In one session: what a backend knows of the old extension must not live on.
my $other = timer('PT0.1S');
$server->safe_psql('one', "
	SELECT bpm.start('pause');
	DROP EXTENSION bpm;
	CREATE EXTENSION bpm;
	SELECT bpm.deploy(\$model\$$other\$model\$);
	SELECT bpm.start('pause')");
all_complete('one', 'an extension that was dropped and created again works');
is($server->safe_psql('one', 'SELECT count(*) FROM bpm.instance'), '1', 'and has forgotten what was before');

$server->safe_psql('one', 'DROP EXTENSION bpm');
is($server->safe_psql('one', "SELECT count(*) FROM pg_namespace WHERE nspname = 'bpm'"), '0', 'nothing is left of it');
ok(soon($server, 'one', "SELECT NOT EXISTS (SELECT FROM pg_stat_activity WHERE backend_type ~ 'bpm')"),
	'nor of its workers');

$server->stop;
done_testing();
