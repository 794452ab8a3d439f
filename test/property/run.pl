# Walks random processes through the engine and through the oracle, and compares.
#
#	perl test/property/run.pl [--walks N] [--seed FIRST] [--without FEATURE,...] [--keep-going] [--apart]
#
# in an environment where psql finds a server with the extension.  The scheme
# `property` is made anew.  --walks 0 --seed S shows what seed S makes.  A walk is
# one transaction; with --apart each of its steps is one, in a connection of its own.
use strict;
use warnings;

use FindBin;
use lib $FindBin::RealBin;

use Getopt::Long;
use Property::Session;
use Property::Walk qw(walk report);
use Property::Xml qw(xml);
use Time::HiRes qw(time);

my ($walks, $seed, $without, $keep_going, $check, $apart) = (1000, int(time), '', 0, 5, 0);
GetOptions('walks=i' => \$walks, 'seed=i' => \$seed, 'without=s' => \$without, 'keep-going' => \$keep_going,
	'check=i' => \$check, 'apart' => \$apart) or exit 2;

my @without = split /,/, $without;
if (!$walks)
{
	my $walk = walk($seed, @without) or die "the walk is too long\n";
	print report($walk, @{ $walk->{states} });
	exit;
}

$| = 1;
my $session = Property::Session->new('psql');
$session->apart if $apart;
my $began = time;
my $diverged = 0;
my ($done, $steps, $smallest) = (0, 0);
print "seeds $seed to ", $seed + $walks - 1, "\n";
while ($done < $walks)
{
	my $n = $walks - $done < 25 ? $walks - $done : 25;
	my @walks = grep { $_ } map { walk($_, @without) } $seed + $done .. $seed + $done + $n - 1;
	my @failed = $session->compare($check, @walks);
	$done += $n;
	$steps += @{ $_->{states} } for @walks;
	$diverged += @failed;
	print map { "diverged: seed $_->{seed}\n" } @failed;
	($smallest) = sort { size($a) <=> size($b) } $smallest // (), @failed;
	last if @failed && !$keep_going;
}
print $session->explain($smallest) if $smallest;
printf "%d walks, %d steps, %d diverged, %.0f walks a second\n", $done, $steps, $diverged, $done / (time - $began);
exit($diverged ? 1 : 0);

sub size { return length(xml($_[0]{model})) }
