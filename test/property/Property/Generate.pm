# Random processes, from a seed: structured blocks, and flows across them.
#
# A model is { processes => [container...] }.  A container (process, subprocess
# or event subprocess) has nodes and flows; a node knows its flows, a flow its
# ends and the position that it has among those that come in.
package Property::Generate;

use strict;
use warnings;

use Exporter 'import';
our @EXPORT_OK = qw(generate chance pick between);

use Property::Block;

our @VARIABLES = qw(a b c);

# What blocks are made of, with weights.  A feature can be left out by name.
my %BLOCKS = (
	user => 8, service => 8, pass => 2, throw => 3, catch => 4, receive => 2, exclusive => 4, parallel => 4,
	inclusive => 5, complex => 3, loop => 2, fork => 2, subprocess => 5, eventbased => 2, link => 1, call => 2,
	transaction => 2, adhoc => 1);

# Mostly gateways: joins that are nested, entered again, and whose branches die.
my %JOINS = (user => 8, pass => 3, exclusive => 3, parallel => 6, inclusive => 9, complex => 5, loop => 4,
	fork => 2, subprocess => 2);

sub chance { return rand() < $_[0] }
sub between { return $_[0] + int(rand($_[1] - $_[0] + 1)) }
sub pick { return $_[rand @_] }

# generate(WITHOUT...): a model whose first process is the one to start.  `joins` among
# them is the other way round: most else is left out.
sub generate
{
	my %without = map { $_ => 1 } @_;
	my $self = bless { without => \%without, ids => 0, called => [],
		budget => $without{joins} ? between(8, 24) : between(3, 14),
		blocks => $without{joins} ? \%JOINS : \%BLOCKS }, __PACKAGE__;
	my $main = $self->container('process', 'p');

	my @begun = $self->can('begin') && chance(0.15) ? $self->begun($main) : ();
	$self->fill($main, 0, @begun);
	for my $called (@{ $self->{called} })
	{
		$self->{budget} = between(1, 4);
		$self->{in_called} = 1;
		$self->fill($called, 1);
	}
	my $begin = @begun ? [ @{ pick(@begun) }{qw(trigger name)} ] : undef;
	return { processes => [ $main, @{ $self->{called} } ], begin => $begin };
}

sub can { return !$_[0]{without}{ $_[1] } }

sub container
{
	my ($self, $type, $id) = @_;
	return { type => $type, id => $id, nodes => [], flows => [], in => [], out => [], boundaries => [] };
}

sub node
{
	my ($self, $container, $type, %more) = @_;
	my $node = { %{ $self->container($type, 'n' . ++$self->{ids}) }, within => $container, %more };

	push @{ $container->{nodes} }, $node;
	return $node;
}

sub flow
{
	my ($self, $from, $to, $condition) = @_;
	my $flow = { id => 'f' . ++$self->{ids}, from => $from, to => $to, if => $condition,
		position => scalar @{ $to->{in} } };

	push @{ $from->{out} }, $flow;
	push @{ $to->{in} }, $flow;
	push @{ $from->{within}{flows} }, $flow;
	$flow->{listeners} = { take => 1 } if $self->can('listener') && $from->{type} ne 'eventbased' && chance(0.02);
	return $flow;
}

# A complex gateway goes on over how many tokens have come, or over variables; some flows ask why it does.
sub activate
{
	my ($node) = @_;
	$node->{activation} = chance(0.8) ? [ 'activationCount', '>=', pick(1, 1, 2, 2, 3) ] : condition();
	return if @{ $node->{in} } < 2;
	$_->{if} = [ 'waitingForStart', '=', pick(qw(true false)) ]
	  for grep { chance(0.3) && $_ != ($node->{default} // 0) } @{ $node->{out} };
	return;
}

sub condition
{
	return [ pick(@VARIABLES), pick('<', '>', '=', '>='), between(0, 3), chance(0.1) ? 'juel' : () ];
}

# Events that nobody else waits for, which begin the process: those of one start event together, or any of several start
# events or of those behind a gateway.
sub begun
{
	my ($self, $scope) = @_;
	my @names = ([ message => 'M3' ], [ message => 'M4' ], [ signal => 'S3' ]);
	my @all = @names[ 0, 1 ];
	return $self->node($scope, 'start', trigger => 'message', name => pick(qw(M3 M4)), interrupting => 1,
		events => \@all, all => 1)
	  if chance(0.25);
	my $gateway = chance(0.75)
	  ? $self->node($scope, 'eventbased', instantiates => 1, all_of_them => chance(0.6) ? 1 : 0) : undef;
	my @begun;

	# a signal reaches those who wait and begins anew, so those who are all needed come by messages
	pop @names if $gateway && $gateway->{all_of_them};
	for my $event (@names[ 0 .. between($gateway ? 1 : 0, $#names) ])
	{
		my ($trigger, $name) = @$event;
		my $type = $trigger eq 'message' && chance(0.4) ? 'receive' : $gateway ? 'catch' : 'start';
		my $node = $self->node($scope, $type, trigger => $trigger, name => $name,
			instantiates => !$gateway && $type eq 'receive');
		$self->flow($gateway, $node) if $gateway;
		push @begun, $node;
	}
	return @begun;
}

# A scope: a start, or events that begin it, blocks, an end; then what stands beside them.
sub fill
{
	my ($self, $scope, $depth, @begun) = @_;
	my ($entry, $exit) = $self->chain($scope, $depth, between(1, 3));

	if (@begun)
	{
		$self->flow($_, $entry) for @begun;
	}
	elsif ($scope->{type} eq 'event_subprocess')
	{
		$self->flow($scope->{start}, $entry);
	}
	elsif ($depth == 0 || @{ $entry->{in} } || chance(0.8))
	{
		$self->flow($self->node($scope, 'start', trigger => 'none'), $entry);
	}
	$self->flow($exit, $self->end($scope, $depth)) if chance(0.9);
	$self->wild($scope) if $self->can('wild') && chance($self->{without}{joins} ? 0.6 : 0.3);
	activate($_) for grep { $_->{type} eq 'complex' } @{ $scope->{nodes} };
	if ($self->can('event_subprocess') && $depth < 3)
	{
		my %taken;
		while (chance(0.2))
		{
			$self->event_subprocess($scope, $depth, \%taken);
		}
	}
	return;
}

sub event_subprocess
{
	my ($self, $scope, $depth, $taken) = @_;
	my @kinds = grep { $self->can("$_\_event_subprocess") } qw(message signal timer error escalation condition);
	my $trigger = pick(@kinds);
	my $name = $self->name($trigger);
	my $interrupting = $trigger eq 'error' || chance(0.5);

	return if $taken->{"$trigger $name"}++;
	my $node = $self->node($scope, 'event_subprocess');
	$node->{start} = $self->node($node, 'start', trigger => $trigger, name => $name, interrupting => $interrupting,
		$self->repeated($trigger, $interrupting));
	%{ $node->{start} } = (%{ $node->{start} }, $self->several($trigger, $name)) if !$node->{start}{times};
	$self->{budget} += 1;
	$self->fill($node, $depth + 1);
	return;
}

# Timers that do not interrupt may come again.
sub repeated
{
	my ($self, $trigger, $interrupting) = @_;
	return () if $trigger ne 'timer' || $interrupting || !$self->can('cycle') || chance(0.5);
	return (times => between(1, 3));
}

# Some events are one of several, or several together.
sub several
{
	my ($self, $trigger, $name) = @_;
	return () if !$self->can('several') || chance(0.85) || $trigger !~ /message|signal|timer|condition/;
	my ($other) = grep { $_ ne $trigger } map { pick(qw(message signal timer condition)) } 1 .. 4;
	return () if !$other;
	return (events => [ [ $trigger, $name ], [ $other, $self->name($other) ] ], all => chance(0.5) ? 1 : 0);
}

# What an event of that kind refers to; '' catches all.
sub name
{
	my ($self, $trigger, $throws) = @_;
	return { message => 'M', signal => 'S' }->{$trigger} . between(1, 2) if $trigger =~ /message|signal/;
	return between(1, 40) if $trigger eq 'timer';
	return condition() if $trigger eq 'condition';
	return (!$throws && chance(0.3)) ? '' : { error => 'E', escalation => 'X' }->{$trigger} . between(1, 2)
	  if $trigger =~ /error|escalation/;
	return '';
}

sub end
{
	my ($self, $scope, $depth) = @_;
	my @kinds = grep { $self->can("$_\_end") } qw(none error escalation terminate signal message compensation);
	my $undo = $self->can('compensation') && grep { $_->{handler} } @{ $scope->{nodes} };
	my $trigger = chance(0.6) ? 'none' : pick(@kinds, $undo ? qw(compensation compensation) : ());
	$trigger = 'cancel' if $scope->{type} eq 'transaction' && chance(0.4);
	$trigger = 'none' if $trigger eq 'error' && $depth == 0 && chance(0.7);
	my $node = $self->node($scope, 'end', trigger => $trigger, name => $self->name($trigger, 1));
	$self->throws_more($node);
	$node->{at_once} = 1 if $trigger eq 'compensation' && $self->can('at_once') && chance(0.3);
	return $node;
}

# Activities and events may have a default flow, and they may have none that is taken without a condition.
sub all_conditional
{
	my ($self, $from) = @_;
	my ($plain) = grep { !$_->{if} } @{ $from->{out} };
	return if !$plain || $from->{default};
	return $from->{default} = $plain if chance(0.6) && $from->{type} !~ /catch|throw|boundary/;
	$plain->{if} = condition();
	return;
}

# Flows from anywhere to anywhere within a scope, where the standard allows them.
sub wild
{
	my ($self, $scope) = @_;
	my @from = grep {
		@{ $_->{out} } && $_->{type} !~ /eventbased|start/
		  || $_->{type} eq 'boundary' && $_->{trigger} ne 'compensation'
	} grep { !$_->{link} } @{ $scope->{nodes} };
	my @to = grep { $_->{type} !~ /start|boundary|event_subprocess/ && !$_->{linked}
		  && !grep({ $_->{from}{type} eq 'eventbased' } @{ $_->{in} }) && @{ $_->{in} } } @{ $scope->{nodes} };

	return if !@from || !@to;
	for (1 .. between(1, 2))
	{
		my $from = pick(@from);
		$self->flow($from, pick(@to), $from->{type} eq 'parallel' ? undef : condition());
		$self->all_conditional($from) if $from->{type} !~ /exclusive|inclusive|complex|parallel/ && chance(0.3);
	}
	return;
}

1;
