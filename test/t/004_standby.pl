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
deploy($primary, 'postgres', model('pause',
	'<intermediateCatchEvent id="wait"><timerEventDefinition>'
	  . '<timeDuration xsi:type="tFormalExpression">PT3S</timeDuration>'
	  . '</timerEventDefinition></intermediateCatchEvent>'));

$primary->backup('copy');
my $standby = PostgreSQL::Test::Cluster->new('standby');
$standby->init_from_backup($primary, 'copy', has_streaming => 1);
$standby->start;

my $instance = start_process($primary, 'postgres', 'pause');
$primary->wait_for_catchup($standby, 'replay', $primary->lsn('insert'));
is($standby->safe_psql('postgres', "SELECT count(*) FROM pg_stat_activity WHERE backend_type LIKE 'bpm%'"),
	'0', 'a standby has neither launcher nor worker');
is($standby->safe_psql('postgres', "SELECT count(*) FROM bpm.why($instance)"), '1', 'but answers');
is($standby->safe_psql('postgres', 'SELECT state FROM bpm.worker_status()'), 'none', 'and says that it has none');
$primary->stop('immediate');
$standby->promote;
ok(soon($standby, 'postgres', "SELECT state = 'completed' FROM bpm.instance WHERE id = $instance"),
	'once promoted it fires the timers');

$standby->stop;
done_testing();
