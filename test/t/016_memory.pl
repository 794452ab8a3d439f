# The memory of one backend stays flat over many calls.  `make memory` does the same with a million.
#
# TAP is needed because caches that are filled once must be small for that to show early.
use strict;
use warnings;

use FindBin;
use lib $FindBin::RealBin;

use BpmServer;
use Test::More;

my $server = bpm_server('memory', 'bpm.worker' => 'off', fsync => 'off', 'bpm.expression_cache' => '256kB');
$server->start;
$server->safe_psql('postgres', 'CREATE EXTENSION bpm');

my $measured = $server->safe_psql('postgres', "\\i $FindBin::RealBin/../memory.sql",
	extra_params => [ '-v', 'calls=40000', '-v', 'rounds=8' ]);
like($measured, qr/^flat$/m, 'memory stays flat over 40,000 calls');
diag($measured) if $measured !~ /^flat$/m;
$server->stop;
done_testing();
