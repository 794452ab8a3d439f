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

my @VARIABLES = qw(a b c);

# What blocks are made of, with weights.  A feature can be left out by name.
my %BLOCKS = (
	user => 8, service => 8, pass => 2, throw => 3, catch => 4, receive => 2, exclusive => 4, parallel => 4,
	inclusive => 5, complex => 3, loop => 2, fork => 2, subprocess => 5, eventbased => 2, link => 1, call => 2, transaction => 2,
	adhoc => 1);

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

sub condition { return [ pick(@VARIABLES), pick('<', '>', '=', '>=') , between(0, 3) ] }

# Events that nobody else waits for, any of which begins the process: start events, or those behind a gateway.
sub begun
{
	my ($self, $scope) = @_;
	my @names = ([ message => 'M3' ], [ message => 'M4' ], [ signal => 'S3' ]);
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
	my $trigger = chance(0.6) ? 'none' : pick(@kinds);
	$trigger = 'cancel' if $scope->{type} eq 'transaction' && chance(0.4);
	$trigger = 'none' if $trigger eq 'error' && $depth == 0 && chance(0.7);
	return $self->node($scope, 'end', trigger => $trigger, name => $self->name($trigger, 1));
}

# N blocks one after the other.
sub chain
{
	my ($self, $scope, $depth, $n) = @_;
	my ($entry, $exit);

	for (1 .. $n)
	{
		my ($first, $last) = $self->block($scope, $depth);
		$self->flow($exit, $first) if $exit;
		$entry //= $first;
		$exit = $last;
	}
	return ($entry, $exit);
}

sub block
{
	my ($self, $scope, $depth) = @_;
	my $blocks = $self->{blocks};
	my @kinds = grep { $self->can($_) } sort keys %$blocks;
	@kinds = qw(user service pass) if --$self->{budget} < 0 || $depth > 5;
	@kinds = grep { $_ ne 'call' } @kinds if $self->{in_called} || @{ $self->{called} } >= 2;
	my $total = 0;
	$total += $blocks->{$_} || 1 for @kinds;
	my $draw = rand($total);
	my $kind = 'user';
	for (@kinds)
	{
		$kind = $_;
		last if ($draw -= $blocks->{$_} || 1) < 0;
	}
	my $method = "block_$kind";
	return $self->$method($scope, $depth);
}

sub activity
{
	my ($self, $scope, $type, $depth, %more) = @_;
	my $node = $self->node($scope, $type, %more);
	if ($self->can('multi') && chance(0.12))
	{
		my $loop = $node->{loop} = { type => 'multi', sequential => chance(0.4), n => pick(0, 1, 2, 2, 3) };
		$loop->{until} = condition() if $self->can('until') && chance(0.3);
		return $node if !$self->can('collection') || chance(0.6);
		$loop->{items} = [ map { between(0, 3) } 1 .. $loop->{n} ];
		$loop->{item} = pick(@VARIABLES);
		$loop->{source} = pick(@VARIABLES);
		return $node;
	}
	elsif ($self->can('standard') && chance(0.06))
	{
		$node->{loop} = { type => 'standard', before => chance(0.5), max => between(1, 3), if => condition() };
	}
	if ($self->can('mapping') && chance(0.1))
	{
		$node->{map_in} = [ pick(@VARIABLES), pick(@VARIABLES) ];
		$node->{map_out} = [ pick(@VARIABLES), pick(@VARIABLES) ] if chance(0.5);
	}
	$node->{start_quantity} = 2 if $self->can('quantity') && $type =~ /user|service/ && chance(0.04);
	$node->{completion_quantity} = 2 if $self->can('quantity') && $type =~ /user|service/ && chance(0.04);
	return $node;
}

# Events at the border of an activity, each with a way on.
sub attach
{
	my ($self, $node, $depth, $merge) = @_;
	my %taken;

	return if !$self->can('boundary');
	while (chance(0.25) && keys %taken < 3)
	{
		my @kinds = grep { $self->can("$_\_boundary") } qw(message signal timer error escalation condition);
		my $trigger = pick(@kinds);
		my $name = $self->name($trigger);
		next if $taken{"$trigger $name"}++;
		my $interrupting = $trigger eq 'error' || chance(0.5);
		my $event = $self->node($node->{within}, 'boundary', trigger => $trigger, name => $name, host => $node,
			interrupting => $interrupting, $self->repeated($trigger, $interrupting));
		%$event = (%$event, $self->several($trigger, $name)) if !$event->{times};
		push @{ $node->{boundaries} }, $event;
		next if chance(0.15);
		my ($entry, $exit) = $self->chain($node->{within}, $depth + 1, 1);
		$self->flow($event, $entry);
		$self->flow($exit, $merge ? $merge : $self->end($node->{within}, $depth + 1)) if chance(0.8);
	}
	return;
}

sub one
{
	my ($self, $scope, $type, $depth, %more) = @_;
	my $node = $self->activity($scope, $type, $depth, %more);
	$self->attach($node, $depth);
	$self->compensable($node);
	return ($node, $node);
}

# What undoes it.
sub compensable
{
	my ($self, $node) = @_;
	return if !$self->can('compensation') || chance(0.75);
	push @{ $node->{boundaries} },
	  $self->node($node->{within}, 'boundary', trigger => 'compensation', name => '', host => $node);
	$node->{handler} = $self->node($node->{within}, pick(qw(user service pass)), for_compensation => 1);
	return;
}

sub block_user { return one(@_[0, 1], 'user', $_[2]) }
sub block_service { return one(@_[0, 1], 'service', $_[2]) }

sub block_receive
{
	my ($self, $scope, $depth) = @_;
	return $self->one($scope, 'receive', $depth, trigger => 'message', name => $self->name('message'));
}

sub block_pass
{
	my ($self, $scope) = @_;
	my $node = $self->node($scope, 'pass');
	return ($node, $node);
}

sub block_throw
{
	my ($self, $scope) = @_;
	my $trigger = pick(grep { $self->can("$_\_throw") } qw(none signal message escalation compensation));
	my $node = $self->node($scope, 'throw', trigger => $trigger, name => $self->name($trigger, 1));
	my @compensable = grep { $_->{handler} } @{ $scope->{nodes} };
	$node->{activity} = pick(@compensable) if $trigger eq 'compensation' && @compensable && chance(0.4);
	return ($node, $node);
}

sub block_catch
{
	my ($self, $scope) = @_;
	my $trigger = pick(grep { $self->can("$_\_catch") } qw(timer signal message condition));
	my $name = $self->name($trigger);
	my $node = $self->node($scope, 'catch', trigger => $trigger, name => $name, $self->several($trigger, $name));
	return ($node, $node);
}

sub block_link
{
	my ($self, $scope) = @_;
	my $name = 'L' . ++$self->{ids};
	my $throw = $self->node($scope, 'throw', trigger => 'link', name => $name);
	my $catch = $self->node($scope, 'catch', trigger => 'link', name => $name);
	$throw->{link} = $catch;
	$catch->{linked} = [$throw];
	return ($throw, $catch);
}

sub block_subprocess
{
	my ($self, $scope, $depth) = @_;
	my $node = $self->activity($scope, 'subprocess', $depth);
	$self->fill($node, $depth + 1);
	$self->attach($node, $depth);
	$self->compensable($node);
	return ($node, $node);
}

# Left by success, by cancelling or by an error.
sub block_transaction
{
	my ($self, $scope, $depth) = @_;
	my $node = $self->activity($scope, 'transaction', $depth);
	$self->fill($node, $depth + 1);
	$self->attach($node, $depth);
	return ($node, $node) if chance(0.3);
	my $event = $self->node($scope, 'boundary', trigger => 'cancel', name => '', host => $node, interrupting => 1);
	push @{ $node->{boundaries} }, $event;
	my ($entry, $exit) = $self->chain($scope, $depth + 1, 1);
	$self->flow($event, $entry);
	$self->flow($exit, $self->end($scope, $depth + 1)) if chance(0.8);
	return ($node, $node);
}

# Activities, all at once or one by one.
sub block_adhoc
{
	my ($self, $scope, $depth) = @_;
	my $node = $self->activity($scope, 'adhoc', $depth, one_by_one => chance(0.5) ? 1 : 0);
	for (1 .. between(1, 3))
	{
		my $first = $self->activity($node, pick(qw(user service)), $depth + 1);
		$self->compensable($first);
		next if chance(0.7);
		my $then = $self->node($node, 'user');
		$self->flow($first, $then);
	}
	$self->attach($node, $depth);
	return ($node, $node);
}

sub block_call
{
	my ($self, $scope, $depth) = @_;
	my $called = $self->container('process', 'q' . (1 + @{ $self->{called} }));
	push @{ $self->{called} }, $called;
	my $node = $self->activity($scope, 'call', $depth, called => $called->{id});
	$self->attach($node, $depth);
	return ($node, $node);
}

# A split and, mostly of the same kind, a join.
sub branches
{
	my ($self, $scope, $depth, $type) = @_;
	my $split = $self->node($scope, $type);
	my @joins = grep { $self->can($_) } qw(exclusive parallel inclusive complex);
	my $join = $self->node($scope, chance(0.85) && $type ne 'complex' ? $type : pick(@joins));
	my $default = $type ne 'parallel' && chance(0.93);

	for (1 .. between(2, 3))
	{
		my ($entry, $exit) = chance(0.1) ? ($join, undef) : $self->chain($scope, $depth + 1, between(1, 2));
		my $flow = $self->flow($split, $entry, $type ne 'parallel' && !$default ? condition() : undef);
		$flow->{if} = condition() if $type ne 'parallel';
		if ($default)
		{
			delete $flow->{if};
			$split->{default} = $flow;
			$default = 0;
		}
		$self->flow($exit, chance(0.9) ? $join : $self->end($scope, $depth + 1)) if $exit;
	}
	return ($split, $join);
}

sub block_exclusive { return branches(@_[0 .. 2], 'exclusive') }
sub block_parallel { return branches(@_[0 .. 2], 'parallel') }
sub block_inclusive { return branches(@_[0 .. 2], 'inclusive') }

# The join goes on when its condition holds over what has come; the split may be any.
sub block_complex
{
	my ($self, $scope, $depth) = @_;
	my ($split, $join) = $self->branches($scope, $depth, pick(grep { $self->can($_) } qw(parallel inclusive complex)));
	$join->{type} = 'complex';
	return ($split, $join);
}

# Branches without gateways: an implicit fork, and a merge that runs once for each.
sub block_fork
{
	my ($self, $scope, $depth) = @_;
	my $split = $self->node($scope, pick(qw(pass user)));
	my $merge = $self->node($scope, pick(qw(pass user)));
	for (1 .. 2)
	{
		my ($entry, $exit) = $self->chain($scope, $depth + 1, 1);
		$self->flow($split, $entry, $_ == 1 && chance(0.3) ? condition() : undef);
		$self->flow($exit, $merge);
	}
	return ($split, $merge);
}

sub block_loop
{
	my ($self, $scope, $depth) = @_;
	my $merge = $self->node($scope, 'exclusive');
	my $split = $self->node($scope, 'exclusive');
	my ($entry, $exit) = $self->chain($scope, $depth + 1, between(1, 2));
	$self->flow($merge, $entry);
	$self->flow($exit, $split);
	$self->flow($split, $merge, condition());
	my $last = $self->node($scope, 'pass');
	$split->{default} = $self->flow($split, $last);
	return ($merge, $last);
}

sub block_eventbased
{
	my ($self, $scope, $depth) = @_;
	my $split = $self->node($scope, 'eventbased');
	my $join = $self->node($scope, 'exclusive');
	my %taken;
	for (1 .. between(2, 3))
	{
		my $trigger = pick(grep { $self->can("$_\_catch") } qw(timer signal message condition));
		my $name = $self->name($trigger);
		my $node = $self->node($scope, $trigger eq 'message' && chance(0.3) ? 'receive' : 'catch', trigger => $trigger,
			name => $name);
		$self->flow($split, $node);
		if (chance(0.7))
		{
			my ($entry, $exit) = $self->chain($scope, $depth + 1, 1);
			$self->flow($node, $entry);
			$self->flow($exit, $join);
		}
		else
		{
			$self->flow($node, $join);
		}
	}
	return ($split, $join);
}

# Flows from anywhere to anywhere within a scope, where the standard allows them.
sub wild
{
	my ($self, $scope) = @_;
	my @from = grep { $_->{type} =~ /exclusive|inclusive|complex|parallel|user|service/ && @{ $_->{out} } }
	  @{ $scope->{nodes} };
	my @to = grep { $_->{type} !~ /start|boundary|event_subprocess/ && !$_->{linked}
		  && !grep({ $_->{from}{type} eq 'eventbased' } @{ $_->{in} }) && @{ $_->{in} } } @{ $scope->{nodes} };

	return if !@from || !@to;
	for (1 .. between(1, 2))
	{
		my $from = pick(@from);
		$self->flow($from, pick(@to), $from->{type} eq 'parallel' ? undef : condition());
	}
	return;
}

1;
