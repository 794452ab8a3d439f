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
	$body->{variables} = { loopCounter => $counter } if $loop->{type} eq 'standard';
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
	return $self->standard_next($body, $token) if $loop->{type} eq 'standard';
	return $self->loop_done($body)
	  if $body->{completed} == $loop->{n} || $loop->{until} && $self->holds($token, $loop->{until});
	$self->loop_next($body) if $loop->{sequential};
	return;
}

# All iterations are done.
sub loop_done
{
	my ($self, $body) = @_;
	my $loop = $body->{node}{loop};

	$self->cancel_children($body);
	$self->close_waits($body);
	$self->put($body->{parent}, { out => [ @{ $body->{outputs} || [] }[ 0 .. $loop->{n} - 1 ] ] }) if $loop->{items};
	$self->leave($body, $self->flows($body));
	return;
}

1;
