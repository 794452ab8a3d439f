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

	$token->{iteration} = 1;
	$token->{variables} = { loopCounter => $counter };
	$body->{variables} = { loopCounter => $counter } if $body->{node}{loop}{type} eq 'standard';
	return;
}

sub standard_next
{
	my ($self, $body) = @_;
	my $loop = $body->{node}{loop};
	return $self->loop_done($body) if $body->{started} >= $loop->{max} || !$self->holds($body, $loop->{if});
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
	return $self->standard_next($body) if $loop->{type} eq 'standard';
	return $self->loop_done($body) if $body->{completed} == $loop->{n};
	$self->loop_next($body) if $loop->{sequential};
	return;
}

# All iterations are done.
sub loop_done
{
	my ($self, $body) = @_;
	$self->close_waits($body);
	$self->leave($body, $self->flows($body));
	return;
}

1;
