# A saga survives a kill of the server just before and just after every commit on its way,
# forwards and backwards: each step is done once and undone once.
#
# TAP is needed because the server is stopped without warning, dozens of times.
#
# The saga is that of examples/trip, its steps done by async handlers, one in a transaction.  The
# worker is off, so that it is known which commit comes next.  Each effect is a row of a business
# table, written in the transaction that advances the process.
use strict;
use warnings;

use FindBin;
use lib $FindBin::RealBin;

use BpmServer;
use IPC::Run;
use PostgreSQL::Test::Utils;
use Test::More;

my $server = bpm_server('saga', 'bpm.worker' => 'off', fsync => 'off', shared_buffers => '4MB', timezone => 'UTC');
my ($deploy) = slurp_file("$FindBin::RealBin/../../examples/trip/trip.sql") =~ /^(SELECT .*?;)$/ms;
my @steps = qw(flight hotel car);
$server->start;
$server->safe_psql('postgres', qq{
	CREATE EXTENSION bpm;
	$deploy
	CREATE TABLE effect (at serial, traveller text, what text);
	CREATE FUNCTION pay(traveller text, price numeric) RETURNS void LANGUAGE plpgsql AS \$\$
	BEGIN
		INSERT INTO public.effect (traveller, what) VALUES (pay.traveller, 'pay');
		IF price > 1000 THEN
			RAISE 'the card is declined';
		END IF;
	END \$\$;
	SELECT bpm.handle('pay', 'pay'), bpm.configure_jobs('pay', retries => 2, backoff => 'PT0S')});
for my $function (map { ("book_$_", "cancel_$_") } @steps)
{
	$server->safe_psql('postgres', qq{
		CREATE FUNCTION $function(traveller text) RETURNS void
			BEGIN ATOMIC INSERT INTO effect (traveller, what) VALUES ($function.traveller, '$function'); END;
		SELECT bpm.handle('$function', '$function')});
}

# What there is to be seen, but for the sequences, which a crash may advance.
my $state = q{
	SELECT traveller, what FROM effect ORDER BY at;
	SELECT state, error_code, variables, events FROM bpm.instance ORDER BY id;
	SELECT element, kind, state FROM bpm.token ORDER BY id;
	SELECT type, state, retries, failures FROM bpm.job ORDER BY id;
	SELECT seq, element, state FROM bpm.saga ORDER BY instance, seq;
	SELECT instance, seq, element, kind FROM bpm.event ORDER BY 1, 2;
	SELECT * FROM bpm.check()};

sub state { return $server->safe_psql('postgres', $state) }

sub kill_server
{
	$server->stop('immediate');
	$server->start;
	return;
}

# Does the work in a transaction that is still open when the server is killed.
sub kill_before_commit
{
	my ($work) = @_;
	my ($in, $out) = ("BEGIN;\n$work;\n\\echo ready\n", '');
	my $session = IPC::Run::start([ 'psql', '-XAtq', '-d', $server->connstr('postgres') ],
		'<', \$in, '>', \$out, '2>', \my $error);
	my $patience = IPC::Run::timer($PostgreSQL::Test::Utils::timeout_default);

	$session->pump until $out =~ /ready/ or $patience->is_expired;
	kill_server();
	$in = "\\q\n";
	eval { $session->finish };
	return;
}

# Does the work, with a kill before its commit, of which nothing may be left, and one after it, which may take
# nothing away.
sub survives
{
	my ($work) = @_;
	my $before = state();

	kill_before_commit($work);
	return 0 if state() ne $before;
	$server->safe_psql('postgres', $work);
	my $after = state();
	kill_server();
	return state() eq $after && $after ne $before;
}

# All commits of one trip, until nothing is left to do; how many there were, and whether each was survived.
sub travel
{
	my ($traveller, $price) = @_;
	my $survived = survives(qq{SELECT bpm.start('trip', '{"traveller": "$traveller", "price": $price}')});
	my $commits = 1;

	while ($server->safe_psql('postgres', 'SELECT count(*) FROM bpm.job') > 0)
	{
		$survived &&= survives('SELECT bpm.tick(1)');
		last if !$survived || ++$commits > 20;
	}
	return ($commits, $survived);
}

sub effects_of
{
	return $server->safe_psql('postgres',
		"SELECT string_agg(what, ' ' ORDER BY at) FROM effect WHERE traveller = '$_[0]'");
}

my ($commits, $survived) = travel('Ann', 900);
ok($survived, 'each commit of a trip that succeeds is survived');
is($commits, 5, 'one for the start and for each step');
is(effects_of('Ann'), 'book_flight book_hotel book_car pay', 'each step was done once');

($commits, $survived) = travel('Bob', 9000);
ok($survived, 'each commit of a trip that fails is survived');
is($commits, 9, 'one for the start, each step, each attempt to pay and each step back');
is(effects_of('Bob'), 'book_flight book_hotel book_car cancel_car cancel_hotel cancel_flight',
	'each step was done once and undone once, last first; of the payment nothing is left');

is($server->safe_psql('postgres', 'SELECT state FROM bpm.instance ORDER BY id'), "completed\nfailed",
	'both trips came to their end');
is($server->safe_psql('postgres', q{
		SELECT string_agg(g.state, ' ') FROM bpm.saga g JOIN bpm.instance i ON i.id = g.instance
		WHERE i.state = 'failed'}), 'compensated compensated compensated', 'the log says so');
is($server->safe_psql('postgres', q{SELECT attempt FROM bpm.job_failure ORDER BY 1}), "1\n2",
	'no failure was forgotten');
is($server->safe_psql('postgres', 'SELECT count(*) FROM bpm.check()'), '0', 'every invariant holds');

$server->stop;
done_testing();
