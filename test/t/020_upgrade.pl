# ALTER EXTENSION bpm UPDATE, with instances in flight: from each version that was released.
#
# Of each, test/upgrade has the statements that created it (VERSION.sql.gz) and the dump of a database with what
# flight.sql makes, by that version's own library (VERSION.dump.gz).  TAP is needed because files are put where the
# server looks for extensions.
use strict;
use warnings;

use FindBin;
use lib $FindBin::RealBin;

use BpmServer;
use IO::Uncompress::Gunzip ();
use PostgreSQL::Test::Utils ();
use Test::More;

my $directory = "$FindBin::RealBin/../upgrade";
my @versions = map { m{([^/]+)\.dump\.gz$} } glob("$directory/*.dump.gz");
chomp(my $extensions = `pg_config --sharedir`);
$extensions .= '/extension';
plan skip_all => "$extensions is not writable" if !-w $extensions;

my $server = bpm_server('upgrade', 'bpm.worker' => 'off');
$server->start;

# the rows of a file of statements, as psql prints them
sub run_file
{
	my ($database, $file) = @_;
	return $server->safe_psql($database, "SET client_min_messages = warning;\n\\i $file\n");
}

sub unpack_to
{
	my ($from, $to) = @_;
	IO::Uncompress::Gunzip::gunzip("$directory/$from" => $to) or die "cannot unpack $from";
	return $to;
}

# A database as the old version left it.  The library has no longer all functions that its statements name.
sub restore
{
	my ($database, $version) = @_;
	my $dump = PostgreSQL::Test::Utils::tempdir() . "/$version.sql";

	unpack_to("$version.dump.gz", $dump);
	$server->safe_psql('postgres', "CREATE DATABASE $database");
	$server->safe_psql($database, "SET check_function_bodies = off; CREATE EXTENSION bpm VERSION '$version'");
	run_file($database, $dump);
	return;
}

$server->safe_psql('postgres', 'CREATE EXTENSION bpm');
my %wanted = map { $_ => 1 } split /\n/, run_file('postgres', "$directory/catalog.sql");

# That who deployed what was dumped exists here, too.
$server->safe_psql('postgres',
	q(DO 'BEGIN CREATE ROLE postgres SUPERUSER; EXCEPTION WHEN duplicate_object THEN NULL; END'));

for my $version (@versions)
{
	my $database = "from_$version" =~ tr/./_/r;
	my $script = "$extensions/bpm--$version.sql";
	my $installed = -e $script;

	unpack_to("$version.sql.gz", $script) if !$installed;
	restore($database, $version);
	unlink $script if !$installed;
	my $before = $server->safe_psql($database, 'SELECT count(*), sum(id) FROM bpm.token');
	$server->psql($database, 'ALTER EXTENSION bpm UPDATE', stderr => \my $error);
	is($error, '', "from $version") or next;

	my %there = map { $_ => 1 } split /\n/, run_file($database, "$directory/catalog.sql");
	my @lacking = grep { !$there{$_} } sort keys %wanted;
	my @surplus = grep { !$wanted{$_} } sort keys %there;
	ok(!@lacking && !@surplus, 'all is as if it had just been created')
	  or diag("The upgrade script in src/sql/upgrade has to bring about what src/sql/*.sql creates.\n",
		map({ "lacking: $_\n" } @lacking), map({ "surplus: $_\n" } @surplus));

	is($server->safe_psql($database, 'SELECT count(*), sum(id) FROM bpm.token'), $before,
		'all tokens are where they were');
	is($server->safe_psql($database, 'SELECT * FROM bpm.check()'), '', 'every invariant holds');
	$server->psql($database, 'SELECT bpm.state_at(max(id)) FROM bpm.instance', stderr => \my $complaint);
	like($complaint, qr/were written before the extension was updated/,
		'the log of then cannot be replayed, and says so');
	run_file($database, "$directory/land.sql");
	is($server->safe_psql($database, "SELECT process, state FROM bpm.instance WHERE state = 'active'"), '',
		'what was in flight lands');
	is($server->safe_psql($database, q(SELECT string_agg(element || ' ' || s.state, ', ' ORDER BY seq) FROM bpm.saga s
		JOIN bpm.instance i ON i.id = s.instance WHERE process = 'flight_saga' AND seq <= 3
		AND s.instance = (SELECT min(id) FROM bpm.instance WHERE process = 'flight_saga'))),
		'a compensated, b compensated, c compensated', 'a saga that was half undone is undone');
	is($server->safe_psql($database, q(SELECT variables ->> 'twice' FROM bpm.instance WHERE process = 'flight_asks')),
		'42', 'a decision that was deployed is asked');
	is($server->safe_psql($database, q(SELECT variables -> 'squares' = bpm.feel('for i in 1..40 return i * i')
		FROM bpm.instance WHERE process = 'flight_scopes')), 't', 'a loop goes on where it was');
	is($server->safe_psql($database, q(SELECT bpm.publish('flight later', 'key', message_id => 'once'))), '',
		'a message that was kept is known');
	is($server->safe_psql($database, 'SELECT * FROM bpm.check()'), '', 'every invariant holds');
}
$server->stop;
done_testing();
