# What the TAP tests share: a server with the worker on, small models, and patience.
package BpmServer;

use strict;
use warnings;

use Exporter 'import';
use IPC::Run ();
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils ();
use Test::More;
use Time::HiRes qw(usleep);

our @EXPORT = qw(bpm_server model deploy start_process state_of worker_pid soon);

# bpm_server(NAME, SETTING...): a server that is initialized and not started.
# Unlike the other suites' it has a live worker, and restarts after a crash.
sub bpm_server
{
	my ($name, %options) = @_;
	my $server = PostgreSQL::Test::Cluster->new($name);

	$server->init(extra => [ '--no-locale', '--encoding=UTF8' ], allows_streaming => delete $options{streaming});
	$server->append_conf('postgresql.conf', join("\n",
		'restart_after_crash = on', 'max_worker_processes = 16', 'max_prepared_transactions = 5',
		map { "$_ = '$options{$_}'" } sort keys %options) . "\n");
	return $server;
}

# model(PROCESS, ELEMENT...): the elements one after the other, from a start event to an end event.
sub model
{
	my ($process, @elements) = @_;
	my @ids = ('start', map({ /id="(\w+)"/ } @elements), 'end');
	my @flows = map { qq(<sequenceFlow id="flow$_" sourceRef="$ids[$_]" targetRef="$ids[$_ + 1]"/>) } 0 .. $#ids - 1;

	return join("\n",
		'<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:bpm="urn:bpm:postgresql"',
		'	xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" targetNamespace="urn:bpm:test">',
		'<message id="paid" name="paid"><extensionElements/></message>',
		qq(<process id="$process" isExecutable="true">),
		'<startEvent id="start"/>', @elements, '<endEvent id="end"/>', @flows,
		'</process>', '</definitions>');
}

sub deploy
{
	my ($server, $database, $model) = @_;
	$server->safe_psql($database, "SELECT bpm.deploy(\$model\$$model\$model\$)");
	return;
}

# Starts an instance in a transaction of its own and returns its id.
sub start_process
{
	my ($server, $database, $process, $variables) = @_;
	return $server->safe_psql($database, sprintf("SELECT bpm.start('%s', '%s')", $process, $variables // '{}'));
}

sub state_of
{
	my ($server, $database, $instance) = @_;
	return $server->safe_psql($database, "SELECT state FROM bpm.instance WHERE id = $instance");
}

# The pid of the database's worker, '' when there is none.
sub worker_pid
{
	my ($server, $database) = @_;
	return $server->safe_psql('postgres',
		"SELECT pid FROM pg_stat_activity WHERE backend_type = 'bpm worker' AND datname = '$database'");
}

# Whether the query becomes true before the patience of the test suite ends.  Unlike poll_query_until
# this bears a server that is just restarting, which may refuse psql before it has read the query.
sub soon
{
	my ($server, $database, $query) = @_;
	my @psql = ('psql', '-XAtq', '-d', $server->connstr($database), '-c', $query);
	my ($out, $error);

	for (1 .. 10 * $PostgreSQL::Test::Utils::timeout_default)
	{
		IPC::Run::run(\@psql, '<', \undef, '>', \$out, '2>', \$error);
		return 1 if $out eq "t\n";
		usleep(100_000);
	}
	diag("never true: $query\nlast answer: $out$error");
	return 0;
}

1;
