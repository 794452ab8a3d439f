# The worker sees a clock that was just set, although it was woken before the server
# announced the change, and although it was awake anyway for a start just before.
#
# TAP is needed because the worker is alive.
use strict;
use warnings;

use FindBin;
use lib $FindBin::RealBin;

use BpmServer;
use Test::More;

my $server = bpm_server('clock');
$server->start;
$server->safe_psql('postgres', 'CREATE EXTENSION bpm');
deploy($server, 'postgres', model('pause', '<intermediateCatchEvent id="wait"><timerEventDefinition>'
	. '<timeDuration>P14D</timeDuration></timerEventDefinition></intermediateCatchEvent>'));

# The worker looks every five seconds in any case: half of that is too late.
$server->safe_psql('postgres', q(
	CREATE PROCEDURE clocks(INOUT late int DEFAULT 0) LANGUAGE plpgsql AS $$
	DECLARE
		pause bigint;
	BEGIN
		FOR round IN 1 .. 30 LOOP
			pause := bpm.start('pause');
			COMMIT;
			PERFORM bpm.advance_clock('15 days');
			COMMIT;
			FOR n IN 1 .. 250 LOOP
				EXIT WHEN (SELECT state = 'completed' FROM bpm.instance WHERE id = pause);
				PERFORM pg_sleep(0.01);
				COMMIT;
			END LOOP;
			late := late + (SELECT (state <> 'completed')::int FROM bpm.instance WHERE id = pause);
			PERFORM bpm.reset_clock();
			COMMIT;
		END LOOP;
	END $$));
is($server->safe_psql('postgres', 'CALL clocks()'), '0', 'it is never late');

$server->stop;
done_testing();
