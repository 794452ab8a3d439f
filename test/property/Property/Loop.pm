# Loops: the token that arrived becomes the body, and its iterations are in its scope.
package Property::Game;

use strict;
use warnings;

sub loop_enter
{
	my ($self, $body) = @_;
	my $loop = $body->{node}{loop};

	@$body{qw(is_body started completed)} = (1, 0, 0);
	$self->open_boundaries($body);
	return if $self->interrupted($body);
	return $self->loop_next($body) if $loop->{type} eq 'standard' && !$loop->{before};
	return $self->standard_next($body) if $loop->{type} eq 'standard';
	return $self->loop_done($body) if !$loop->{n};
	$self->loop_next($body) for 1 .. ($loop->{sequential} ? 1 : $loop->{n});
	return;
}

sub loop_next
{
	my ($self, $body) = @_;
	my $token = $self->token($body, $body->{node});
	my $counter = ++$body->{started};
	my $loop = $body->{node}{loop};

	$token->{iteration} = 1;
	$token->{variables} = { loopCounter => $counter };
	$body->{variables}{loopCounter} = $counter if $loop->{type} eq 'standard';
	return if !$loop->{items};
	$token->{variables}{ $loop->{source} } = undef;		# of its own, too, so that outputs do not meet
	$token->{variables}{ $loop->{item} } = $loop->{items}[ $counter - 1 ];
	return;
}

sub standard_next
{
	my ($self, $body, $iteration) = @_;
	my $loop = $body->{node}{loop};
	return $self->loop_done($body)
	  if $body->{started} >= $loop->{max} || !$self->holds($iteration || $body, $loop->{if});
	$self->loop_next($body);
	return;
}

sub iteration_done
{
	my ($self, $token) = @_;
	my $body = $token->{parent};
	my $loop = $body->{node}{loop};

	$token->{dead} = 1;
	delete $body->{children}{ $token->{id} };
	$body->{completed}++;
	$body->{outputs}[ $token->{variables}{loopCounter} - 1 ] = $self->lookup($token, $loop->{source}) if $loop->{items};
	$self->record_step($token);
	my $thrown = $self->behave($token);
	return if $body->{dead};
	return $self->standard_next($body, $token) if $loop->{type} eq 'standard';
	if ($body->{completed} == $loop->{n} || $loop->{until} && $self->holds(counted($token), $loop->{until}))
	{
		$self->cancel_children($body);
		return $self->loop_done($body) if !$thrown;
		push @{ $self->{emptied} }, $body;
		return;
	}
	$self->loop_next($body) if $loop->{sequential};
	return;
}

# What a condition over iterations sees.
sub counted
{
	my ($token) = @_;
	my ($n, $completed) = ($token->{parent}{node}{loop}{n}, $token->{parent}{completed});
	return { parent => $token, variables => { numberOfInstances => $n, numberOfCompletedInstances => $completed } };
}

# Events as iterations complete: at each, at the first, or where a condition holds.  The activity throws them; how many.
sub behave
{
	my ($self, $token) = @_;
	my $body = $token->{parent};
	my $behaviour = $body->{node}{loop}{behaviour} or return 0;
	my $thrown = 0;

	for my $event (@{ $behaviour->{events} })
	{
		next if $behaviour->{type} eq 'One' && $body->{completed} > 1;
		next if $event->{if} && !$self->holds(counted($token), $event->{if});
		return 1 if $body->{dead};
		$thrown++;
		$self->throw_escalation($body, $event->{name}, {}) if $event->{trigger} eq 'escalation';
		$self->behave_signal($body, $event->{name}) if $event->{trigger} eq 'signal';
	}
	return $thrown;
}

# Who waits gets it before the activity goes on.
sub behave_signal
{
	my ($self, $body, $name) = @_;
	push @{ $self->{sent} }, [ 'signal', $name, $body->{instance} ];
	push @{ $self->{happened} }, map { [ $_, {} ] }
	  grep { $_->{token}{instance} == $body->{instance} } $self->receivers('signal', $name);
	return;
}

# All iterations are done.
sub loop_done
{
	my ($self, $body) = @_;
	my $loop = $body->{node}{loop};

	$self->cancel_children($body);
	$self->put($body->{parent}, { out => [ @{ $body->{outputs} || [] }[ 0 .. $loop->{n} - 1 ] ] }) if $loop->{items};
	$self->go_on($body);
	return;
}

1;
