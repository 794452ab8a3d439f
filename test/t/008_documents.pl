# The psql sessions in the documents are real, and the reference says what the
# comments of the SQL objects say.  Where they do not, doc/testing.md has the
# commands that write the documents anew.
#
# TAP is needed because ids begin with 1 in a new database, and the worker is alive.
use strict;
use warnings;

use FindBin;
use lib $FindBin::RealBin;

use BpmServer;
use Test::More;

my $server = bpm_server('documents');
$server->start;

# what COMMAND, in a new database with the extension, makes other than FILE has it
sub difference
{
	my ($command, $file) = @_;

	$server->safe_psql('postgres', 'CREATE DATABASE bpm');
	$server->safe_psql('bpm', 'CREATE EXTENSION bpm');
	local $ENV{PGHOST} = $server->host;
	local $ENV{PGPORT} = $server->port;
	local $ENV{PGDATABASE} = 'bpm';
	my $difference = qx($command | diff -u $file -);
	$server->safe_psql('postgres', 'DROP DATABASE bpm WITH (FORCE)');
	return $difference;
}

is(difference("$^X test/tour.pl $_", $_), '', "$_ says what happens") for 'README.md', 'doc/guide.md', 'doc/dmn.md';
is(difference("psql -X -q -c \"LOAD 'bpm'\" -f doc/reference.sql", 'doc/reference.md'), '',
	'doc/reference.md says what the comments say');

$server->stop;
done_testing();
