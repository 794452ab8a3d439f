# Variables: where they are looked for, where they are put, and conditions over them.
package Property::Game;

use strict;
use warnings;

sub lookup
{
	my ($self, $token, $name) = @_;
	for (my $at = $token; $at; $at = $at->{parent})
	{
		return $at->{variables}{$name} if $at->{variables} && exists $at->{variables}{$name};
	}
	return undef;
}

sub visible
{
	my ($self, $token) = @_;
	my %all;
	for (my $at = $token; $at; $at = $at->{parent})
	{
		%all = (%{ $at->{variables} }, %all) if $at->{variables};
	}
	return \%all;
}

# Each goes to the nearest scope that has one of its name, else to the outermost.  What undoes something sees how things
# were, but that is not for keeps: it is changed there, and where it is really.
sub put
{
	my ($self, $scope, $values) = @_;

	$self->{changed} = 1;
	for my $name (sort keys %$values)
	{
		my $at = $scope;
		while (1)
		{
			$at = $at->{parent} while $at->{parent} && !($at->{variables} && exists $at->{variables}{$name});
			$at->{variables}{$name} = $values->{$name};
			last if !$at->{step} || $at->{node}{map_in} && $at->{node}{map_in}[0] eq $name;
			$at = $at->{parent};
		}
	}
	return;
}

# Inputs are local variables of the activity.
sub map_in
{
	my ($self, $token) = @_;
	my ($target, $source) = @{ $token->{node}{map_in} || return };
	$token->{variables}{$target} = $self->lookup($token, $source);
	return;
}

# With outputs, only these leave the activity; else all results do.
sub map_out
{
	my ($self, $token, $results) = @_;
	my ($target, $source) = @{ $token->{node}{map_out} || return $self->put_outside($token, $results) };
	$token->{variables} = { %{ $token->{variables} || {} }, %$results };
	$self->put_outside($token, { $target => $self->lookup($token, $source) });
	return;
}

# An iteration keeps the variables that the loop gave it.
sub put_outside
{
	my ($self, $token, $results) = @_;
	my $loop = $token->{node}{loop} || {};

	for my $name (keys %$results)
	{
		my $kept = $token->{iteration}
		  && grep { $_ eq $name } 'loopCounter', $loop->{item} // (), $loop->{source} // ();
		$self->put($kept ? $token : $token->{parent}, { $name => $results->{$name} });
	}
	return;
}

# A condition is true, or it is not: what is not there is null.
sub holds
{
	my ($self, $token, $condition) = @_;
	my ($name, $operator, $value) = @$condition;
	my $is = $self->lookup($token, $name);

	return 0 if !defined $is;
	return $is eq $value if $value =~ /true|false/;
	return $is < $value if $operator eq '<';
	return $is > $value if $operator eq '>';
	return $is >= $value if $operator eq '>=';
	return $is == $value;
}

1;
