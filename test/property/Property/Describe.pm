# How it stands, as text: what property.state() of walk.sql says of the engine.
package Property::Game;

use strict;
use warnings;

sub tokens
{
	my ($self) = @_;
	my @found;
	my @todo = map { $_->{root} } grep { $_->{state} eq 'active' } @{ $self->{instances} };
	while (my $at = shift @todo)
	{
		push @found, $at;
		push @todo, values %{ $at->{children} };
	}
	return @found;
}

sub value { return ref $_[0] ? text($_[0]) : $_[0] // 'null' }

sub text
{
	my ($variables) = @_;
	return '[' . join(', ', map { $_ // 'null' } @$variables) . ']' if ref $variables eq 'ARRAY';
	return '{' . join(', ', map { qq("$_": ) . value($variables->{$_}) }
		  sort { length $a <=> length $b || $a cmp $b } keys %$variables) . '}';
}

sub describe
{
	my ($self) = @_;
	my @lines = map { join(' ', 'instance', $_->{process}, $_->{state}, $_->{code} // (), text($_->{root}{variables})) }
	  @{ $self->{instances} };

	for my $wait (values %{ $self->{waits} })
	{
		my $id = $wait->{node}{id};
		push @lines, $wait->{kind} =~ /message|signal/ ? "wait $id $wait->{kind} $wait->{name}"
		  : $wait->{kind} eq 'condition' ? "wait $id condition"
		  : $wait->{kind} eq 'timer' ? "timer $id $wait->{due}"
		  : $wait->{kind} eq 'job' && $wait->{token}{incident} ? "job $id incident" : "$wait->{kind} $id"
		  if $wait->{kind} !~ /error|escalation/;
	}
	for my $token ($self->tokens)
	{
		my $id = $token->{node}{id};
		push @lines, "join $id " . join(',', map { $_ || 0 } @{ $token->{arrivals} }[ 0 .. $#{ $token->{node}{in} } ])
		  if $token->{arrivals};
		push @lines, "local $id " . text($token->{variables})
		  if $token->{parent} && !$token->{is_body} && $token->{variables} && %{ $token->{variables} };
		push @lines, "incident $id" if $token->{incident};
	}
	push @lines, map { "saga $_->{node}{id} $_->{state}" } grep { $_->{handler} } map { @{ $_->{steps} || [] } }
	  @{ $self->{instances} };
	push @lines, map { "event $_ $self->{log}{$_}" } keys %{ $self->{log} };
	return join("\n", sort @lines);
}

1;
