# Joins: tokens that came over each incoming flow, and when they are enough.
package Property::Game;

use strict;
use warnings;

sub is_join
{
	my ($self, $node) = @_;
	return $node->{type} =~ /^(parallel|inclusive)$/ && @{ $node->{in} } > 1;
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
	$join->{arrivals}[ $token->{via}{position} ]++ if $token->{via};
	$token->{dead} = 1;
	delete $token->{parent}{children}{ $token->{id} };
	$self->join_fire($join) if $node->{type} eq 'parallel' && !grep { !$join->{arrivals}[$_] } 0 .. $#{ $node->{in} };
	return;
}

# One token of each flow that has some goes on as one.
sub join_fire
{
	my ($self, $join) = @_;
	my $token = { id => $self->id, node => $join->{node}, parent => $join->{parent}, instance => $join->{instance},
		children => {}, entered => 1 };

	$token->{parent}{children}{ $token->{id} } = $token;
	$_ && $_-- for @{ $join->{arrivals} };
	if (!grep { $_ } @{ $join->{arrivals} })
	{
		$join->{dead} = 1;
		delete $join->{parent}{children}{ $join->{id} };
	}
	$self->log(element_entered => $token->{node}{id});
	$self->choose($token);
	return;
}

# The inclusive join that is to fire now, when no token moves any more; whether there was one.
sub decide_inclusive
{
	my ($self) = @_;
	my @joins = sort { $a->{id} <=> $b->{id} }
	  grep { $_->{arrivals} && $_->{node}{type} eq 'inclusive' } $self->tokens;
	my (%blockers, $ready);

	for my $join (@joins)
	{
		my @blockers = $self->blockers($join);
		if (!@blockers)
		{
			$self->join_fire($join);
			return 1;
		}
		$blockers{ $join->{id} } = \@blockers;
	}

	# Joins that only wait for one another: those that wait for anything else are taken out.
	my %circle = map { $_->{id} => $_ } @joins;
	while (my ($out) = grep { grep({ !$circle{ $_->{id} } } @{ $blockers{$_} }) } keys %circle)
	{
		delete $circle{$out};
	}
	my ($first) = sort { $a <=> $b } keys %circle;
	return 0 if !$first;
	$self->join_fire($circle{$first});
	return 1;
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
		my $set = $join->{arrivals}[ $flow->{position} ] ? \%filled : \%empty;
		$set->{$_} = 1 for keys %$reach;
	}
	return grep { $_ != $join && $empty{ $_->{node}{id} } && !$filled{ $_->{node}{id} } }
	  values %{ $join->{parent}{children} };
}

# Ids of the nodes from which a token can come to a gateway over that flow, without passing it before.
sub reach
{
	my ($self, $gateway, $flow) = @_;
	return $flow->{reach} if $flow->{reach};
	my %reach;
	my @todo = $flow->{from};

	while (my $node = shift @todo)
	{
		next if $node == $gateway || $reach{ $node->{id} }++;
		push @todo, map { $_->{from} } @{ $node->{in} };
		push @todo, $node->{host} || (), @{ $node->{linked} || [] };
	}
	return $flow->{reach} = \%reach;
}

1;
