# Hostile input: the fuzzer's corpus, some mutations of it, and a round of the
# verbs with hostile arguments.  `make fuzz` does the same for longer.
#
# TAP is needed because a finding may be a server that is lost.
use strict;
use warnings;

use FindBin;
use lib $FindBin::RealBin;

use BpmServer;
use PostgreSQL::Test::Utils ();
use Test::More;

my $fuzz = "$FindBin::RealBin/../fuzz";
plan skip_all => 'test/fuzz/fuzz.so is not built' if !-e "$fuzz/fuzz.so";

my $server = bpm_server('fuzz', 'bpm.worker' => 'off', fsync => 'off', shared_preload_libraries => "$fuzz/fuzz");
$server->start;
$server->safe_psql('postgres', 'CREATE EXTENSION bpm');

my %environment = (PGHOST => $server->host, PGPORT => $server->port, PGDATABASE => 'postgres', SEED => 1, SECONDS => 1,
	FINDINGS => PostgreSQL::Test::Utils::tempdir());
my %work = (feel => 3000, unary => 3000, regex => 200, json => 3000, dmn => 2000, bpmn => 1500, code => 1000, sql => 1);
for my $target (sort keys %work)
{
	local %ENV = (%ENV, %environment, TARGET => $target, EXECUTIONS => $work{$target}, SESSIONS => 3, LENGTH => 40);
	my $output = `sh $fuzz/run.sh $fuzz/fuzz 2>&1`;
	is($?, 0, "nothing is found: $target");
	note($output);
	diag($output) if $?;
}
is($server->safe_psql('postgres', 'SELECT * FROM bpm.check()'), '', 'every invariant holds');
$server->stop;
done_testing();
