# Joins: tokens that came over each incoming flow, and when they are enough.
package Property::Game;

use strict;
use warnings;

sub is_join
{
	my ($self, $node) = @_;
	return $node->{start_quantity} || $node->{type} =~ /^(parallel|inclusive|complex)$/ && @{ $node->{in} } > 1;
}

# The token stays at the join, which is one token with all that has arrived.
sub join_arrive
{
	my ($self, $token) = @_;
	my $node = $token->{node};
	my ($join) = grep { $_->{arrivals} && $_->{node} == $node } values %{ $token->{parent}{children} };

	if (!$join)
	{
		$join = { id => $self->id, node => $node, parent => $token->{parent}, instance => $token->{instance},
			children => {}, arrivals => [] };
		$join->{parent}{children}{ $join->{id} } = $join;
	}
	$join->{arrivals}[ $token->{via}{position} ]++;
	$token->{dead} = 1;
	delete $token->{parent}{children}{ $token->{id} };
	return $self->enough_came($join) if $node->{start_quantity};
	return $self->complex_ask($join) if $node->{type} eq 'complex';
	$self->pass($self->join_fire($join))
	  if $node->{type} eq 'parallel' && !grep { !$join->{arrivals}[$_] } 0 .. $#{ $node->{in} };
	return;
}

# An activity that needs several tokens, over whichever flow they come.
sub enough_came
{
	my ($self, $join) = @_;
	my ($node, $arrivals) = @$join{qw(node arrivals)};
	my ($left, $sum) = ($node->{start_quantity}, 0);
	$sum += $_ // 0 for @$arrivals;
	return if $sum < $left;
	for (@$arrivals)
	{
		my $taken = ($_ // 0) < $left ? $_ // 0 : $left;
		$_ = ($_ // 0) - $taken;
		$left -= $taken;
	}
	my $token = $self->token_at($join->{parent}, $node);
	if (!grep { $_ } @$arrivals)
	{
		$join->{dead} = 1;
		delete $join->{parent}{children}{ $join->{id} };
	}
	$self->enter($token);
	return;
}

# One token of each flow that has some goes on as one; that of an inclusive join when its turn comes.
sub join_fire
{
	my ($self, $join) = @_;
	my $token = { id => $self->id, node => $join->{node}, parent => $join->{parent}, instance => $join->{instance},
		children => {}, joined => 1 };

	$token->{parent}{children}{ $token->{id} } = $token;
	$_ && $_-- for @{ $join->{arrivals} };
	if (!grep { $_ } @{ $join->{arrivals} })
	{
		$join->{dead} = 1;
		delete $join->{parent}{children}{ $join->{id} };
	}
	push @{ $self->{queue} }, $token if $token->{node}{type} eq 'inclusive';
	return $token;
}

# The gateway is entered, for all those who have come.
sub pass
{
	my ($self, $token) = @_;
	$token->{entered} = 1;
	$self->log(element_entered => $token->{node}{id});
	$self->choose($token);
	return;
}

# Whether it is decided when no token moves any more: an inclusive join, or a complex one that waits for its reset.
sub is_late
{
	my ($token) = @_;
	return $token->{arrivals} && ($token->{node}{type} eq 'inclusive' || $token->{had});
}

# When no token moves any more: of each scope one such join fires, the oldest first; whether there was one.
sub decide_late
{
	my ($self) = @_;
	my %scopes;
	for my $join (sort { $a->{id} <=> $b->{id} } grep { is_late($_) } $self->tokens)
	{
		push @{ $scopes{ $join->{parent}{id} } }, $join;
	}
	my @ripe = sort { $a->{id} <=> $b->{id} } map { $self->ripe(@$_) } values %scopes;
	$_->{had} ? $self->complex_reset($_) : $self->join_fire($_) for @ripe;
	return scalar @ripe;
}

# The one of these joins of a scope that is to fire now.
sub ripe
{
	my ($self, @joins) = @_;
	my %blockers = map { $_->{id} => [ $self->blockers($_) ] } @joins;
	my ($free) = grep { !@{ $blockers{ $_->{id} } } } @joins;
	return $free if $free;

	# Joins that only wait for one another: those that wait for anything else are taken out.
	my %circle = map { $_->{id} => $_ } @joins;
	while (my ($out) = grep { grep({ !$circle{ $_->{id} } } @{ $blockers{$_} }) } keys %circle)
	{
		delete $circle{$out};
	}
	my ($first) = sort { $a <=> $b } keys %circle;
	return $first ? $circle{$first} : ();
}

# OMG 13.4.3: tokens elsewhere that can come over a flow that has none yet and over none that has some.
sub blockers
{
	my ($self, $join) = @_;
	my $node = $join->{node};
	my (%empty, %filled);

	for my $flow (@{ $node->{in} })
	{
		my $reach = $self->reach($node, $flow);
		my $position = $flow->{position};
		my $set = $join->{arrivals}[$position] || ($join->{had} || {})->{$position} ? \%filled : \%empty;
		$set->{$_} = 1 for keys %$reach, $flow->{id};
	}
	return grep { $_ != $join && $empty{ place($_) } && !$filled{ place($_) } }
	  grep { !$_->{errand} && (!$_->{arrivals} || grep({ $_ } @{ $_->{arrivals} })) }
	  values %{ $join->{parent}{children} };
}

# A token whose flow has listeners is on the flow.
sub place
{
	my ($token) = @_;
	return $token->{via} && !$token->{taken} ? $token->{via}{id} : $token->{node}{id};
}

# Ids of the nodes and flows from which a token can come to a gateway over that flow, without passing it before.
# The gateway itself may be one of them: a token that has fired and is stuck there.
sub reach
{
	my ($self, $gateway, $flow) = @_;
	return $flow->{reach} if $flow->{reach};
	my %reach;
	my @todo = $flow->{from};

	while (my $node = shift @todo)
	{
		next if $reach{ $node->{id} }++ || $node == $gateway;
		push @todo, map { $_->{from} } @{ $node->{in} };
		$reach{ $_->{id} } = 1 for @{ $node->{in} };
		push @todo, $node->{host} || (), @{ $node->{linked} || [] };
	}
	return $flow->{reach} = \%reach;
}

1;
