# A standby does nothing until it is promoted; then it goes on where the primary stopped.
#
# TAP is needed because there are two servers.
use strict;
use warnings;

use FindBin;
use lib $FindBin::RealBin;

use BpmServer;
use PostgreSQL::Test::Cluster;
use Test::More;

my $primary = bpm_server('primary', streaming => 1, shared_preload_libraries => 'bpm');
$primary->start;
$primary->safe_psql('postgres', 'CREATE EXTENSION bpm');
$primary->safe_psql('postgres', q{
	CREATE TABLE done (instance text);
	CREATE FUNCTION work(name text) RETURNS void LANGUAGE sql AS 'INSERT INTO public.done VALUES ($1)';
	SELECT bpm.handle('work', 'work')});
deploy($primary, 'postgres', model('pause',
	'<intermediateCatchEvent id="wait"><timerEventDefinition>'
	  . '<timeDuration xsi:type="tFormalExpression">PT0.5S</timeDuration>'
	  . '</timerEventDefinition></intermediateCatchEvent>',
	'<serviceTask id="step" bpm:type="work"/>'));

$primary->backup('copy');
my $standby = PostgreSQL::Test::Cluster->new('standby');
$standby->init_from_backup($primary, 'copy', has_streaming => 1);
$standby->start;

# Some are done by the primary, of some the timer becomes due while nobody works.
start_process($primary, 'postgres', 'pause', qq({"name": "early $_"})) for 1 .. 3;
ok(soon($primary, 'postgres', 'SELECT count(*) = 3 FROM done'), 'the primary works');
$primary->safe_psql('postgres', 'SELECT bpm.worker_stop()');
my $instance = start_process($primary, 'postgres', 'pause', '{"name": "late"}');
$primary->wait_for_catchup($standby, 'replay', $primary->lsn('insert'));
is($standby->safe_psql('postgres', "SELECT count(*) FROM pg_stat_activity WHERE backend_type LIKE 'bpm%'"),
	'0', 'a standby has neither launcher nor worker');
is($standby->safe_psql('postgres', "SELECT element FROM bpm.why($instance)"), 'wait', 'but answers');
is($standby->safe_psql('postgres', 'SELECT state FROM bpm.worker_status()'), 'none', 'and says that it has none');
is($standby->psql('postgres', "SELECT bpm.start('pause')"), 3, 'nothing can be started there');
sleep 1;
is($standby->safe_psql('postgres', 'SELECT count(*) FROM done'), '3', 'nothing happens there by itself');
$primary->stop('immediate');
$standby->promote;
ok(soon($standby, 'postgres', "SELECT state = 'completed' FROM bpm.instance WHERE id = $instance"),
	'once promoted it fires the timers that became due meanwhile');
is($standby->safe_psql('postgres', 'SELECT instance, count(*) FROM done GROUP BY 1 ORDER BY 1'),
	"early 1|1\nearly 2|1\nearly 3|1\nlate|1", 'and nothing twice');
is($standby->safe_psql('postgres', 'SELECT count(*) FROM bpm.check()'), '0', 'every invariant holds');

$standby->stop;
done_testing();
