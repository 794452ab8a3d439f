# Complex gateways (BPMN 2.0.2, 13.4.5): they start when their condition holds, then wait for the rest.
package Property::Game;

use strict;
use warnings;

# A gateway that joins has a join token with HAD: the flows that have had their turn, while it waits for its reset.

# A token has come, or surplus ones are left by the reset.
sub complex_ask
{
	my ($self, $join) = @_;
	my $count = 0;
	$count += $_ // 0 for @{ $join->{arrivals} };
	return if $join->{had} || !$count;
	my $asked = { parent => $join->{parent}, variables => { activationCount => $count, waitingForStart => 'true' } };
	return if !$self->holds($asked, $join->{node}{activation});
	$join->{had} = {};
	$self->complex_go($join, 'true');
	return;
}

# Nothing more can come over the flows that have not had their turn.
sub complex_reset
{
	my ($self, $join) = @_;
	$self->complex_go($join, 'false');
	delete $join->{had};
	return $self->complex_ask($join) if grep { $_ } @{ $join->{arrivals} };
	$join->{dead} = 1;
	delete $join->{parent}{children}{ $join->{id} };
	return;
}

# One token of each flow that has not had its turn in this round goes on as one.
sub complex_go
{
	my ($self, $join, $start) = @_;
	my $token = $self->token($join->{parent}, $join->{node});
	my $left = 0;

	for my $position (0 .. $#{ $join->{node}{in} })
	{
		next if !$join->{arrivals}[$position] || $join->{had}{$position};
		$join->{arrivals}[$position]--;
		$join->{had}{$position} = 1;
	}
	$left += $_ // 0 for @{ $join->{arrivals} };
	@$token{qw(joined variables)} = (1, { activationCount => $left, waitingForStart => $start });
	return;
}

# At the reset only flows whose condition holds are taken, and there may be none.
sub is_reset
{
	my ($token) = @_;
	return $token->{node}{type} eq 'complex' && ($token->{variables}{waitingForStart} // '') eq 'false';
}

1;
