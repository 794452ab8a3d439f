# Random processes on random ways: the engine and an independent token game agree after each step.
#
# TAP is needed because the game is a program of its own: test/property/.  One
# hundred walks, from fixed seeds, that a red suite means a change of the code;
# run.pl walks any number from any seed.
use strict;
use warnings;

use FindBin;
use lib $FindBin::RealBin, "$FindBin::RealBin/../property";

use BpmServer;
use Property::Session;
use Property::Walk qw(walk);
use Test::More;

my $server = bpm_server('property', 'bpm.worker' => 'off', fsync => 'off');
$server->start;
$server->safe_psql('postgres', 'CREATE EXTENSION bpm');
my $session = Property::Session->new('psql', '-d', $server->connstr('postgres'));

for ([ 1, 25 ], [ 26, 50 ], [ 51, 75 ], [ 76, 100 ])
{
	my ($first, $last) = @$_;
	my @walks = grep { $_ } map { walk($_) } $first .. $last;
	my @failed = $session->compare(1, @walks);
	ok(!@failed, "seeds $first to $last");
	diag($session->explain($_)) for @failed[ 0 .. ($#failed > 1 ? 1 : $#failed) ];
}

# The same when each step is a transaction, in a connection of its own.
my @walks = grep { $_ } map { walk($_) } 101 .. 110;
my @failed = $session->apart->compare(1, @walks);
ok(!@failed, 'seeds 101 to 110, each step apart');
diag($session->explain($_)) for @failed[ 0 .. ($#failed > 1 ? 1 : $#failed) ];

$server->stop;
done_testing();
