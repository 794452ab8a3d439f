# A model as BPMN 2.0 XML.
package Property::Xml;

use strict;
use warnings;

use Exporter 'import';
our @EXPORT_OK = qw(xml);

my %TAGS = (
	start => 'startEvent', end => 'endEvent', throw => 'intermediateThrowEvent', catch => 'intermediateCatchEvent',
	boundary => 'boundaryEvent', pass => 'task', user => 'userTask', service => 'serviceTask', receive => 'receiveTask',
	transaction => 'transaction', adhoc => 'adHocSubProcess',
	subprocess => 'subProcess', event_subprocess => 'subProcess', call => 'callActivity',
	exclusive => 'exclusiveGateway', parallel => 'parallelGateway', inclusive => 'inclusiveGateway',
	complex => 'complexGateway',
	eventbased => 'eventBasedGateway');

sub xml
{
	my ($model) = @_;
	return join("\n",
		'<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:bpm="urn:bpm:postgresql">',
		(map { roots($_) } 1 .. 4),
		(map { (qq(<process id="$_->{id}" isExecutable="true">), inside($_, 1), '</process>') }
			  @{ $model->{processes} }),
		'</definitions>') . "\n";
}

sub roots
{
	my ($n) = @_;
	return qq(<message id="M$n" name="M$n"/><signal id="S$n" name="S$n"/>)
	  . qq(<error id="E$n" errorCode="E$n"/><escalation id="X$n" escalationCode="X$n"/>);
}

sub inside
{
	my ($container, $depth) = @_;
	my $tabs = "\t" x $depth;
	my @lines = map { element($_, $depth) } @{ $container->{nodes} };

	for my $flow (@{ $container->{flows} })
	{
		my $if = $flow->{if} ? '<conditionExpression>' . condition($flow->{if}) . '</conditionExpression>' : '';
		push @lines, qq($tabs<sequenceFlow id="$flow->{id}" sourceRef="$flow->{from}{id}" )
		  . qq(targetRef="$flow->{to}{id}">$if</sequenceFlow>);
	}
	push @lines, map { qq($tabs<association id="a$_->{id}" sourceRef="$_->{id}" targetRef="$_->{host}{handler}{id}"/>) }
	  grep { $_->{host} && $_->{trigger} eq 'compensation' } @{ $container->{nodes} };
	return @lines;
}

sub condition
{
	my $text = join(' ', @{ $_[0] });
	$text =~ s/</&lt;/;
	return $text;
}

sub element
{
	my ($node, $depth) = @_;
	my $tabs = "\t" x $depth;
	my $tag = $TAGS{ $node->{type} };
	my $attributes = qq(id="$node->{id}");
	my @content;

	$attributes .= qq( default="$node->{default}{id}") if $node->{default};
	$attributes .= ' triggeredByEvent="true"' if $node->{type} eq 'event_subprocess';
	$attributes .= qq( attachedToRef="$node->{host}{id}") if $node->{host};
	$attributes .= ' cancelActivity="false"'
	  if $node->{host} && !$node->{interrupting} && $node->{trigger} ne 'compensation';
	$attributes .= ' isForCompensation="true"' if $node->{for_compensation};
	$attributes .= ' parallelMultiple="true"' if $node->{all};
	$attributes .= ' instantiate="true"' if $node->{instantiates};
	$attributes .= ' eventGatewayType="Parallel"' if $node->{all_of_them};
	$attributes .= ' ordering="' . ($node->{one_by_one} ? 'Sequential' : 'Parallel') . '"' if $node->{type} eq 'adhoc';
	$attributes .= qq( startQuantity="$node->{start_quantity}") if $node->{start_quantity};
	$attributes .= ' isInterrupting="false"' if $node->{type} eq 'start' && !($node->{interrupting} // 1);
	$attributes .= qq( completionQuantity="$node->{completion_quantity}") if $node->{completion_quantity};
	$attributes .= qq( calledElement="$node->{called}") if $node->{called};
	$attributes .= qq( messageRef="$node->{name}") if $node->{type} eq 'receive';
	$attributes .= qq( bpm:type="$node->{id}") if $node->{type} eq 'service';
	push @content, mappings($node) if $node->{map_in};
	push @content, map { trigger({ trigger => $_->[0], name => $_->[1] }) } @{ $node->{events} || [] };
	push @content, trigger($node)
	  if !$node->{events} && $node->{type} =~ /^(start|end|throw|catch|boundary)$/ && $node->{trigger} ne 'none';
	push @content, loop($node->{loop}) if $node->{loop};
	push @content, '<activationCondition>' . condition($node->{activation}) . '</activationCondition>'
	  if $node->{activation} && @{ $node->{in} } > 1;
	push @content, '', inside($node, $depth + 1), $tabs if @{ $node->{nodes} };
	return "$tabs<$tag $attributes/>" if !@content;
	return "$tabs<$tag $attributes>" . join("\n", @content) . "</$tag>";
}

sub trigger
{
	my ($node) = @_;
	my ($trigger, $name) = @$node{qw(trigger name)};
	return "<timerEventDefinition><timeCycle>R$node->{times}/PT${name}S</timeCycle></timerEventDefinition>"
	  if $node->{times};
	return '<conditionalEventDefinition><condition>' . condition($name) . '</condition></conditionalEventDefinition>'
	  if $trigger eq 'condition';
	return "<timerEventDefinition><timeDuration>PT${name}S</timeDuration></timerEventDefinition>"
	  if $trigger eq 'timer';
	return qq(<linkEventDefinition name="$name"/>) if $trigger eq 'link';
	return '<compensateEventDefinition' . ($node->{activity} ? qq( activityRef="$node->{activity}{id}") : '') . '/>'
	  if $trigger eq 'compensation';
	my $reference = $trigger !~ /terminate|cancel/ && $name ne '' ? qq( ${trigger}Ref="$name") : '';
	return "<${trigger}EventDefinition$reference/>";
}

sub loop
{
	my ($loop) = @_;
	return multi($loop) if $loop->{type} eq 'multi';
	return '<standardLoopCharacteristics testBefore="' . ($loop->{before} ? 'true' : 'false')
	  . qq(" loopMaximum="$loop->{max}"><loopCondition>) . condition($loop->{if})
	  . '</loopCondition></standardLoopCharacteristics>';
}

sub multi
{
	my ($loop) = @_;
	my $count = "<loopCardinality>$loop->{n}</loopCardinality>";
	$count = sprintf('<extensionElements><bpm:loopCharacteristics inputCollection="= [%s]" inputElement="%s" '
		  . 'outputCollection="out" outputElement="= %s"/></extensionElements>',
		join(', ', @{ $loop->{items} }), @$loop{qw(item source)}) if $loop->{items};
	my $until = $loop->{until} ? '<completionCondition>' . condition($loop->{until}) . '</completionCondition>' : '';
	my $sequential = $loop->{sequential} ? 'true' : 'false';

	return qq(<multiInstanceLoopCharacteristics isSequential="$sequential">$count$until)
	  . '</multiInstanceLoopCharacteristics>';
}

sub mappings
{
	my ($node) = @_;
	my $text = qq(<bpm:input source="= $node->{map_in}[1]" target="$node->{map_in}[0]"/>);
	$text .= qq(<bpm:output source="= $node->{map_out}[1]" target="$node->{map_out}[0]"/>) if $node->{map_out};
	return "<extensionElements><bpm:ioMapping>$text</bpm:ioMapping></extensionElements>";
}

1;
