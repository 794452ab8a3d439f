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
	  . qq(<error id="E$n" errorCode="E$n"/><escalation id="X$n" escalationCode="X$n"/>)
	  . qq(<signalEventDefinition id="dS$n" signalRef="S$n"/>)
	  . qq(<escalationEventDefinition id="dX$n" escalationRef="X$n"/>);
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
		  . qq(targetRef="$flow->{to}{id}">) . extensions($flow) . "$if</sequenceFlow>";
	}
	push @lines, map { qq($tabs<association id="a$_->{id}" sourceRef="$_->{id}" targetRef="$_->{host}{handler}{id}"/>) }
	  grep { $_->{host} && $_->{trigger} eq 'compensation' } @{ $container->{nodes} };
	return @lines;
}

sub condition
{
	my ($name, $operator, $value, $language) = @{ $_[0] };
	my $text = "$name $operator $value";
	$text = "\${$name " . ($operator eq '=' ? '==' : $operator) . " $value}" if $language;
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
	$attributes .= ' cancelRemainingInstances="false"' if $node->{keep};
	$attributes .= ' bpm:activeElements="= [' . join(', ', map { "&quot;$_->{id}&quot;" } @{ $node->{active} }) . ']"'
	  if $node->{active};
	$attributes .= qq( startQuantity="$node->{start_quantity}") if $node->{start_quantity};
	$attributes .= ' isInterrupting="false"' if $node->{type} eq 'start' && !($node->{interrupting} // 1);
	$attributes .= qq( completionQuantity="$node->{completion_quantity}") if $node->{completion_quantity};
	$attributes .= qq( calledElement="$node->{called}") if $node->{called};
	$attributes .= qq( messageRef="$node->{name}") if $node->{type} eq 'receive';
	$attributes .= qq( bpm:type="$node->{id}") if $node->{type} eq 'service';
	push @content, extensions($node);
	push @content, '<completionCondition>' . condition($node->{until}) . '</completionCondition>' if $node->{until};
	push @content, map { trigger({ trigger => $_->[0], name => $_->[1] }) } @{ $node->{events} || [] };
	push @content, trigger($node)
	  if !$node->{events} && $node->{type} =~ /^(start|end|throw|catch|boundary)$/ && $node->{trigger} ne 'none';
	push @content, loop($node->{loop}) if $node->{loop};
	push @content, '<activationCondition>' . condition($node->{activation}) . '</activationCondition>'
	  if $node->{activation} && @{ $node->{in} } > 1;
	push @content, '', inside($node, $depth + 1), $tabs if @{ $node->{nodes} };
	return "$tabs<$tag $attributes/>" if !grep { $_ ne '' } @content;
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
	return '<compensateEventDefinition' . ($node->{activity} ? qq( activityRef="$node->{activity}{id}") : '')
	  . ($node->{at_once} ? ' bpm:parallel="true"' : '') . ($node->{goes_on} ? ' waitForCompletion="false"' : '') . '/>'
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

	my ($behaviour, $events) = behaviour($loop->{behaviour});
	return qq(<multiInstanceLoopCharacteristics isSequential="$sequential"$behaviour>$count$events$until)
	  . '</multiInstanceLoopCharacteristics>';
}

# Attributes and elements.
sub behaviour
{
	my ($behaviour) = @_;
	return ('', '') if !$behaviour;
	my ($type, @events) = ($behaviour->{type}, @{ $behaviour->{events} });
	return (qq( behavior="$type" ) . lc($type) . qq(BehaviorEventRef="d$events[0]{name}"), '') if $type ne 'Complex';
	return (' behavior="Complex"', join('', map { '<complexBehaviorDefinition><condition>' . condition($_->{if})
		  . '</condition><event>' . trigger($_) . '</event></complexBehaviorDefinition>' } @events));
}

# Mappings of a node, listeners of a node or flow.
sub extensions
{
	my ($element) = @_;
	my ($text, $listeners) = ('', $element->{listeners} || {});
	$text .= qq(<bpm:input source="= $element->{map_in}[1]" target="$element->{map_in}[0]"/>) if $element->{map_in};
	$text .= qq(<bpm:output source="= $element->{map_out}[1]" target="$element->{map_out}[0]"/>) if $element->{map_out};
	$text = "<bpm:ioMapping>$text</bpm:ioMapping>" if $text ne '';
	$text .= qq(<bpm:executionListener event="$_" class="heard"/>) x $listeners->{$_} for sort keys %$listeners;
	return $text eq '' ? '' : "<extensionElements>$text</extensionElements>";
}

1;
