# What bpm.state_at rebuilds from the event log is what the rows say, after every
# call of every regression test.
#
# TAP is needed because a trigger compares both, in a database of its own, while
# the regression tests run there (but for check, which writes rows of its own).
# What they print is not looked at here.
use strict;
use warnings;

use FindBin;
use lib $FindBin::RealBin;

use BpmServer;
use PostgreSQL::Test::Utils;
use Test::More;

my $server = bpm_server('replay', 'bpm.worker' => 'off', fsync => 'off');
$server->start;
$server->safe_psql('postgres', 'CREATE EXTENSION bpm');
$server->safe_psql('postgres', slurp_file("$FindBin::RealBin/../replay.sql"));

my ($out, $err);
for my $test (grep { !/(install|check)\.sql$/ } sort glob "$FindBin::RealBin/../../sql/*.sql")
{
	my ($name) = $test =~ /(\w+)\.sql$/;

	run_log([ 'psql', '-X', '-q', '-d', $server->connstr('postgres'), '-f', $test ],
		'>', \$out, '2>', \$err);
	my $differences = $server->safe_psql('postgres', q(SELECT
		format(E'%s, event %s:\n  log:  %s\n  rows: %s', process, seq, log, rows)
		FROM replay.difference LIMIT 5));
	is($differences, '', "$name: the log tells all");
	unlike($err, qr/replay\.compare/, "$name: both were compared");
	$server->safe_psql('postgres', 'TRUNCATE replay.difference');
}

my $compared = $server->safe_psql('postgres', 'SELECT last_value FROM replay.compared');
cmp_ok($compared, '>', 5000, "$compared comparisons");

# Each moment in between can be told, too.
deploy($server, 'postgres', model('again', '<userTask id="a"/>'));
my $instance = start_process($server, 'postgres', 'again', '{"x": 1}');
$server->safe_psql('postgres', "SELECT bpm.complete_task(id, '{\"y\": 2}') FROM bpm.task WHERE instance = $instance");
is($server->safe_psql('postgres', "SELECT string_agg(coalesce((SELECT s.element || ' ' || s.state
		FROM bpm.state_at(e.instance, e.seq) s WHERE s.token IS NOT NULL), '-'), ', ' ORDER BY e.seq)
		FROM bpm.event e WHERE e.instance = $instance"),
	'-, start ready, start ready, flow0 ready, a ready, a waiting, a waiting, a waiting, a waiting, flow1 ready, '
	. 'end ready, end ready, -', 'the way of the token');

$server->stop;
done_testing();
