# What a scope is made of: blocks one after the other, each with an entry and an exit.
package Property::Generate;

use strict;
use warnings;

our @VARIABLES;

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

# Over iterations.
sub counting { return chance(0.5) ? condition() : [ 'numberOfCompletedInstances', pick('=', '>='), between(1, 3) ] }

# What an activity throws as its iterations complete.
sub behaviour
{
	my ($self) = @_;
	my $type = pick(qw(None One Complex));
	my @events = map { my $trigger = pick(qw(escalation signal));
		{ trigger => $trigger, name => $self->name($trigger, 1), if => $type eq 'Complex' ? counting() : undef } }
	  1 .. ($type eq 'Complex' ? between(1, 2) : 1);
	return { type => $type, events => \@events };
}

sub activity
{
	my ($self, $scope, $type, $depth, %more) = @_;
	my $node = $self->node($scope, $type, %more);
	if ($self->can('multi') && chance(0.12))
	{
		my $loop = $node->{loop} = { type => 'multi', sequential => chance(0.4), n => pick(0, 1, 2, 2, 3) };
		$loop->{until} = counting() if $self->can('until') && chance(0.3);
		$loop->{behaviour} = $self->behaviour if $self->can('behaviour') && chance(0.4);
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
	$node->{listeners} = { map { chance(0.5) ? ($_ => between(1, 2)) : () } qw(start end) }
	  if $self->can('listener') && $type =~ /user|service|call|receive/ && chance(0.06);
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

# A subprocess may have an event subprocess that undoes it.
sub undone
{
	my ($self, $node) = @_;
	return 0 if $node->{type} ne 'subprocess' || !$self->can('compensation_event_subprocess') || chance(0.85);
	my $handler = $self->node($node, 'event_subprocess');
	$handler->{start} = $self->node($handler, 'start', trigger => 'compensation', name => '', interrupting => 1);
	$self->{budget} += 1;
	$self->fill($handler, 4);
	return 1;
}

# What undoes it.
sub compensable
{
	my ($self, $node) = @_;
	return if !$self->can('compensation') || $self->undone($node) || chance(0.75);
	push @{ $node->{boundaries} },
	  $self->node($node->{within}, 'boundary', trigger => 'compensation', name => '', host => $node);
	$node->{handler} = $self->can('big_handler') && chance(0.3)
	  ? $self->activity($node->{within}, pick(qw(user service subprocess)), 3, for_compensation => 1)
	  : $self->node($node->{within}, pick(qw(user service pass)), for_compensation => 1);
	delete @{ $node->{handler} }{qw(start_quantity completion_quantity)};
	$self->fill($node->{handler}, 4) if $node->{handler}{type} eq 'subprocess';
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
	my @compensable = grep { $_->{handler} } @{ $scope->{nodes} };
	my $trigger = pick(grep { $self->can("$_\_throw") } qw(none signal message escalation compensation),
		('compensation') x @compensable);
	my $node = $self->node($scope, 'throw', trigger => $trigger, name => $self->name($trigger, 1));
	$node->{at_once} = 1 if $trigger eq 'compensation' && $self->can('at_once') && chance(0.3);
	$node->{goes_on} = 1 if $trigger eq 'compensation' && $self->can('goes_on') && chance(0.3);
	$self->throws_more($node);
	$node->{activity} = pick(@compensable) if $trigger eq 'compensation' && @compensable && chance(0.4);
	return ($node, $node);
}

# Some throw several events.
sub throws_more
{
	my ($self, $node) = @_;
	return if $node->{trigger} !~ /message|signal|escalation/ || !$self->can('throws_more') || chance(0.7);
	$node->{events} = [ [ @$node{qw(trigger name)} ],
		map { my $trigger = pick(qw(message signal escalation)); [ $trigger, $self->name($trigger, 1) ] }
		  1 .. between(1, 2) ];
	return;
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
	$self->complete_when($node) if $self->can('adhoc_until') && chance(0.5);
	$self->attach($node, $depth);
	return ($node, $node);
}

# With a condition nothing begins by itself, so it says what does.
sub complete_when
{
	my ($self, $adhoc) = @_;
	my @active = grep { $_->{type} =~ /user|service/ && !@{ $_->{in} } && !$_->{for_compensation} }
	  @{ $adhoc->{nodes} };
	$adhoc->{until} = condition();
	$adhoc->{keep} = 1 if chance(0.5);
	$adhoc->{active} = [ @active[ 0 .. between(0, $#active) ] ];
	return;
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

1;
