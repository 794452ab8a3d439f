# Ten thousand rounds through joins: half of them nested and entered again, half with branches that die.
#
# TAP is needed because one instance takes more steps than one call may: the
# worker's turns are taken with bpm.tick().
use strict;
use warnings;

use FindBin;
use lib $FindBin::RealBin;

use BpmServer;
use Test::More;

my $ROUNDS = 5000;
my $server = bpm_server('joins', 'bpm.worker' => 'off', fsync => 'off');
$server->start;
$server->safe_psql('postgres', 'CREATE EXTENSION bpm');

# rounds(PROCESS, FLOWS, NODE...): from `begin` to `end` again and again; the id of a flow is a_b.
sub rounds
{
	my ($process, $flows, @nodes) = @_;
	my $source = join("\n",
		'<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:bpm="urn:bpm:postgresql">',
		'<error id="bad" errorCode="BAD"/>', qq(<process id="$process">),
		'<startEvent id="s"/><exclusiveGateway id="begin"/>', @nodes,
		'<scriptTask id="end" scriptFormat="feel" bpm:resultVariable="i"><script>i + 1</script></scriptTask>',
		'<exclusiveGateway id="again" default="again_e"/><endEvent id="e"/>',
		flows("s>begin; $flows; end>again; again>begin if i != $ROUNDS; again>e"),
		'</process></definitions>');

	deploy($server, 'postgres', $source);
	return $server->safe_psql('postgres', qq{
		SELECT bpm.start('$process', '{"i": 0}') AS i \\gset
		DO 'BEGIN
			WHILE EXISTS (SELECT FROM bpm.token WHERE state = ''ready'') LOOP PERFORM bpm.tick(); COMMIT; END LOOP;
		END';
		SELECT concat_ws(' ', state, variables->'i') FROM bpm.instance WHERE id = :i;
		SELECT concat_ws(' ', element, count(*)) FROM bpm.event
			WHERE instance = :i AND kind = 'element_entered' AND element LIKE 'join%' GROUP BY element ORDER BY element;
		SELECT * FROM bpm.check();
	});
}

sub flows
{
	return join("\n", map {
		my ($from, $to, $if) = /^\s*(\w+)>(\w+)(?: if (.*))?$/ or die $_;
		qq(<sequenceFlow id="$from\_$to" sourceRef="$from" targetRef="$to">)
		  . ($if ? "<conditionExpression>$if</conditionExpression>" : '') . '</sequenceFlow>'
	} split /;/, $_[0]);
}

is(rounds('nested',
		'begin>p; p>q; p>o; q>a; q>b; a>join_q; b>join_q; o>c if modulo(i, 2) = 0; o>d if modulo(i, 3) = 0; o>f;'
		  . 'c>join_o; d>join_o; f>join_o; join_q>join_p; join_o>join_p; join_p>end',
		map({ qq(<parallelGateway id="$_"/>) } qw(p q join_q join_p)),
		map({ qq(<inclusiveGateway id="$_"/>) } qw(o join_o)),
		map({ qq(<task id="$_"/>) } qw(a b c d f))),
	"completed $ROUNDS\njoin_o $ROUNDS\njoin_p $ROUNDS\njoin_q $ROUNDS", 'nested and entered again');

# What comes late: over a, or not at all, for a boundary event, an event subprocess or a terminate end took it.
my $dying = sub {
	my ($id, $end, $more, $flows) = @_;
	return qq(<subProcess id="$id"><startEvent id="${id}s"/><exclusiveGateway id="${id}x" default="${id}x_${id}t"/>)
	  . qq(<task id="${id}t"/><endEvent id="${id}e">$end</endEvent>$more)
	  . flows("${id}s>${id}x; ${id}x>${id}e if modulo(i, 2) = 0; ${id}x>${id}t") . '</subProcess>';
};
is(rounds('dying',
		'begin>o; o>a if modulo(i, 3) != 2; o>b if modulo(i, 5) > 0; o>c if modulo(i, 7) > 2; o>d;'
		  . 'a>join_o; b>join_o; c>join_o; d>d2; d2>d3; d3>join_o; x>gone; join_o>end',
		map({ qq(<inclusiveGateway id="$_"/>) } qw(o join_o)), map({ qq(<task id="$_"/>) } qw(d d2 d3)),
		$dying->('a', '<errorEventDefinition errorRef="bad"/>', ''),
		'<boundaryEvent id="x" attachedToRef="a"><errorEventDefinition/></boundaryEvent><endEvent id="gone"/>',
		$dying->('b', '<terminateEventDefinition/>', '<task id="b1"/><task id="b2"/><task id="b3"/>'
			  . flows('bs>b1; b1>b2; b2>b3')),
		$dying->('c', '<errorEventDefinition errorRef="bad"/>',
			'<subProcess id="h" triggeredByEvent="true"><startEvent id="hs"><errorEventDefinition/></startEvent>'
			  . '<endEvent id="he"/>' . flows('hs>he') . '</subProcess>')),
	"completed $ROUNDS\njoin_o $ROUNDS", 'with branches that die');

$server->stop;
done_testing();
