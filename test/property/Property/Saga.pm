# Compensation and transactions: what completed is undone backwards, one handler after the other.
#
# STEPS of an instance, in the order of completion: { scope (token), node, handler (node), inner (token), variables,
# state }.  A thrower that waits has LEVELS: the scopes that the walk is inside of, and how far it has come in each.
package Property::Game;

use strict;
use warnings;
no warnings 'recursion';

# An activity has completed.  Of a loop each iteration is a step in the scope of its body.
sub record_step
{
	my ($self, $token) = @_;
	my $node = $token->{node};
	my $steps = $token->{instance}{steps} //= [];
	my $handler = $token->{is_body} ? undef : $node->{handler} || undoing($node);

	return if $node->{for_compensation};
	return if !$handler && !grep { $_->{scope} == $token && $_->{state} eq 'done' } @$steps;
	push @$steps, { scope => $token->{parent}, node => $node, handler => $handler, inner => $token, state => 'done',
		variables => $self->visible($token) };
	return;
}

# The event subprocess that undoes what contains it.
sub undoing
{
	my ($node) = @_;
	my ($handler) = grep { $_->{type} eq 'event_subprocess' && $_->{start}{trigger} eq 'compensation' }
	  @{ $node->{nodes} };
	return $handler;
}

# What is thrown in an event subprocess is about the scope around it, in one that undoes about what it undoes.
sub compensate
{
	my ($self, $thrower) = @_;
	my $scope = $thrower->{parent};
	$scope = $scope->{step} ? $scope->{step}{inner} : $scope->{parent} if $scope->{node}{type} eq 'event_subprocess';
	if ($thrower->{node}{goes_on} && !$thrower->{errand})
	{
		# it leaves something behind that waits for the handlers, and keeps the scope
		my $errand = $self->token_at($thrower->{parent}, $thrower->{node});
		$errand->{errand} = 1;
		$self->compensate($errand);
		return $self->complete($thrower);
	}
	return $self->compensate_at_once($thrower, $scope) if $thrower->{node}{at_once};
	$thrower->{levels} = [ { scope => $scope, until => $#{ $thrower->{instance}{steps} // [] } } ];
	$self->next_handler($thrower);
	return;
}

sub compensate_at_once
{
	my ($self, $thrower, $scope) = @_;
	my @steps = reverse grep { $_->{state} eq 'done' } @{ $thrower->{instance}{steps} // [] };
	my @todo = grep { my $step = $_; !$thrower->{node}{activity} || $step->{node} == $thrower->{node}{activity} }
	  grep { $_->{scope} == $scope } @steps;

	$thrower->{at_work} = 0;
	while (my $step = shift @todo)
	{
		$thrower->{at_work}++ if $step->{handler};
		$self->begin_handler($thrower, $step) if $step->{handler};
		$step->{state} = 'compensated' if !$step->{handler};
		unshift @todo, grep { $_->{scope} == $step->{inner} } @steps if !$step->{handler};
	}
	$self->compensated($thrower) if !$thrower->{at_work};
	return;
}

sub next_handler
{
	my ($self, $thrower) = @_;
	my $steps = $thrower->{instance}{steps} // [];
	my $levels = $thrower->{levels};

	while (my $level = $levels->[-1])
	{
		my ($only) = @$levels == 1 ? $thrower->{node}{activity} : ();
		my ($at) = grep {
			my $step = $steps->[$_];
			$step->{state} eq 'done' && $step->{scope} == $level->{scope} && (!$only || $step->{node} == $only)
		} reverse 0 .. $level->{until};

		if (!defined $at)
		{
			pop @$levels;
			$steps->[ $levels->[-1]{until} + 1 ]{state} = 'compensated' if @$levels;
			next;
		}
		$level->{until} = $at - 1;
		return $self->begin_handler($thrower, $steps->[$at]) if $steps->[$at]{handler};
		push @$levels, { scope => $steps->[$at]{inner}, until => $at - 1 };
	}
	delete $thrower->{levels};
	$self->compensated($thrower);
	return;
}

sub compensated
{
	my ($self, $thrower) = @_;
	return $self->consume($thrower) if $thrower->{errand};
	return $self->transaction_cancelled($thrower) if $thrower->{node}{trigger} eq 'cancel';
	$self->complete($thrower);
	return;
}

# It sees the variables as they were.
sub begin_handler
{
	my ($self, $thrower, $step) = @_;
	my $handler = $self->token($thrower->{parent}, $step->{handler});

	$handler->{variables} = { %{ $step->{variables} } };
	$handler->{step} = $step;
	$handler->{thrower} = $thrower;
	$step->{state} = 'compensating';
	return;
}

sub handler_done
{
	my ($self, $handler) = @_;
	my $thrower = $handler->{thrower};

	$handler->{step}{state} = 'compensated';
	$handler->{dead} = 1;
	delete $handler->{parent}{children}{ $handler->{id} };
	return if $thrower->{dead};
	return $self->next_handler($thrower) if !$thrower->{node}{at_once};
	$self->compensated($thrower) if !--$thrower->{at_work};
	return;
}

# All else in the transaction stops, and what completed is undone.
sub cancel_transaction
{
	my ($self, $token) = @_;
	$self->cancel_children($token->{parent}, $token);
	$self->close_wait($_) for $self->waits_of($token->{parent}, 'start');
	$self->compensate($token);
	return;
}

# It is left by its cancel boundary event, or like any other activity.
sub transaction_cancelled
{
	my ($self, $token) = @_;
	my $transaction = $token->{parent};
	my $host = $transaction->{iteration} ? $transaction->{parent} : $transaction;
	my ($event) = grep { $_->{trigger} eq 'cancel' } @{ $host->{node}{boundaries} };

	$self->log(element_completed => $token->{node}{id});
	delete $token->{entered};
	return $self->consume($token) if !$event;
	my $scope = $host->{parent};
	$self->cancel($host);
	$self->enter($self->token_at($scope, $event));
	return;
}

1;
