# Events: what is waited for, what happens then, and who catches what is thrown.
package Property::Game;

use strict;
use warnings;
no warnings 'recursion';

# WAITS: { kind, node (the event), token (that waits), name, due }

my %WORK = (user => 'task', service => 'job', receive => 'message');

# A node with several events has several waits.  One that comes again: a condition must have been false in between.
sub wait_for
{
	my ($self, $token, $node, $again) = @_;
	return map { $self->wait_for_one($token, $node, $again, @$_) }
	  grep { $_->[0] !~ /compensation|cancel/ } events_of($node);
}

# [kind, name] of each.
sub events_of
{
	my ($node) = @_;
	return @{ $node->{events} } if $node->{events};
	return [ $WORK{ $node->{type} } || $node->{trigger} // '', $node->{name} // '' ];
}

sub wait_for_one
{
	my ($self, $token, $node, $again, $kind, $name) = @_;
	my $wait = { id => $self->id, kind => $kind, node => $node, token => $token, name => $name };

	$wait->{due} = $self->{now} + $name if $kind eq 'timer';
	$wait->{times} = $node->{times} || 1 if $kind eq 'timer';
	$self->{waits}{ $wait->{id} } = $wait;
	return $wait if $kind ne 'condition';
	$wait->{held} = $self->holds($token, $name);
	push @{ $self->{happened} }, [ $wait, {} ] if $wait->{held} && !$again;
	return $wait;
}

sub close_wait { delete $_[0]{waits}{ $_[1]{id} }; return }

sub close_waits
{
	my ($self, $token) = @_;
	$self->close_wait($_) for grep { $_->{token} == $token } values %{ $self->{waits} };
	return;
}

sub open_boundaries
{
	my ($self, $token) = @_;
	$self->wait_for($token, $_) for @{ $token->{node}{boundaries} };
	return;
}

# A condition that holds from the beginning comes before what the activity does.
sub interrupted
{
	my ($self, $token) = @_;
	my @waits = grep { $_->{node}{interrupting} } $self->waits_of($token, 'boundary');
	my %missing = map { $_->{node}{all} && !$_->{held} ? ($_->{node}{id} => 1) : () } @waits;
	return grep { $_->{held} && !$missing{ $_->{node}{id} } } @waits;
}

# Variables have changed: conditions that hold now and did not before happen.
sub check_conditions
{
	my ($self) = @_;
	$self->{changed} = 0;
	for my $wait (sort { $a->{id} <=> $b->{id} } grep { $_->{kind} eq 'condition' } values %{ $self->{waits} })
	{
		my $holds = $self->holds($wait->{token}, $wait->{name});
		push @{ $self->{happened} }, [ $wait, {} ] if $holds && !$wait->{held};
		$wait->{held} = $holds;
	}
	return;
}

sub open_starts
{
	my ($self, $owner) = @_;
	$self->wait_for($owner, $_->{start}) for grep { $_->{type} eq 'event_subprocess' } @{ $owner->{node}{nodes} };
	return;
}

# Events of its scope that still may start a subprocess, or of its border.
sub waits_of
{
	my ($self, $token, $what) = @_;
	return sort { $a->{id} <=> $b->{id} } grep { $_->{token} == $token && $_->{node}{type} eq $what }
	  values %{ $self->{waits} };
}

sub wait_eventbased
{
	my ($self, $token) = @_;
	$self->wait_for($token, $_->{to}) for @{ $token->{node}{out} };
	return;
}

# WHAT HAPPENS

# What was waited for happens.  It brings variables.
sub happen
{
	my ($self, $wait, $variables) = @_;
	my ($token, $node) = @$wait{qw(token node)};

	return if !$self->{waits}{ $wait->{id} };
	return $self->heard($wait, $variables) if $wait->{listener};
	return if $node->{all} && !$self->last_of_all($wait, $variables);
	return $self->event_subprocess($wait, $variables) if $node->{type} eq 'start' && $token->{node} != $node;
	return $self->boundary($wait, $variables) if $node->{type} eq 'boundary';
	if ($token->{node}{type} eq 'eventbased')
	{
		my ($flow) = grep { $_->{to} == $node } @{ $token->{node}{out} };
		return $self->one_of_all($wait, $flow, $variables) if $token->{node}{all_of_them};
		$self->close_waits($token);
		$self->log(element_completed => $token->{node}{id});
		$self->log(flow_taken => $flow->{id});
		$token->{node} = $node;
		$self->log(element_entered => $node->{id});
	}
	$self->complete($token, $variables);
	return;
}

# A listener is done; what it returns goes to the nearest scope, the activity's own too.  The token goes on in its turn.
sub heard
{
	my ($self, $wait, $variables) = @_;
	$self->close_wait($wait);
	$self->put($wait->{token}, $variables);
	$wait->{token}{resume} = $wait->{listener};
	push @{ $self->{queue} }, $wait->{token};
	return;
}

# One event less of those that are all needed; whether that was the last one.  Then they are waited for again.
sub last_of_all
{
	my ($self, $wait, $variables) = @_;
	my ($token, $node) = @$wait{qw(token node)};

	$self->close_wait($wait);
	if (grep { $_->{token} == $token && $_->{node} == $node } values %{ $self->{waits} })
	{
		$self->put($token->{parent} || $token, $variables);
		return 0;
	}
	$self->wait_for($token, $node, 'again') if $node->{type} ne 'catch' && !$node->{interrupting};
	return 1;
}

# A timer has come: that was all, or it comes again.
sub once_more
{
	my ($self, $wait) = @_;
	return if $wait->{kind} ne 'timer' || $wait->{node}{all};
	$wait->{due} += $wait->{name};
	$self->close_wait($wait) if !--$wait->{times};
	return;
}

sub boundary
{
	my ($self, $wait, $variables) = @_;
	my ($host, $node) = @$wait{qw(token node)};
	my $scope = $host->{parent};

	$self->once_more($wait);
	$self->cancel($host) if $node->{interrupting};
	$self->put($scope, $variables);
	$self->enter($self->token_at($scope, $node));
	return;
}

sub event_subprocess
{
	my ($self, $wait, $variables) = @_;
	my ($owner, $start) = @$wait{qw(token node)};

	$self->once_more($wait);
	if ($start->{interrupting})
	{
		$self->close_wait($_) for $self->waits_of($owner, 'start');
		$self->cancel_children($owner);
		if (my $called = delete $owner->{called})
		{
			$self->instance_end($called, 'cancelled');
		}
	}
	$self->put($owner, $variables);
	$self->enter($self->token_at($owner, $start->{within}));
	return;
}

# THROWING

sub throw_event
{
	my ($self, $token) = @_;
	my ($node, $trigger, $name) = ($token->{node}, @{ $token->{node} }{qw(trigger name)});

	# Tokens that are on their way get the chance to wait for the signal.
	if (grep({ $_->[0] eq 'signal' } events_of($node)) && !$token->{yielded}++)
	{
		push @{ $self->{queue} }, $token;
		return;
	}
	if ($trigger eq 'error')
	{
		$self->log(element_completed => $node->{id});
		delete $token->{entered};
		$self->throw_error($token, $name, {});
		return;
	}
	return $self->compensate($token) if $trigger eq 'compensation';
	return $self->cancel_transaction($token) if $trigger eq 'cancel';
	if ($trigger eq 'terminate')
	{
		$self->cancel_children($token->{parent}, $token);
	}

	# Who waits in this instance gets the signal now, when the thrower has gone on; other instances
	# get it when this one has done its step, and messages are delivered then, too.
	my @receivers;
	for (events_of($node))
	{
		my ($trigger, $name) = @$_;
		$self->throw_escalation($token, $name, {}) if $trigger eq 'escalation';
		return if $token->{dead};
		push @receivers, grep { $_->{token}{instance} == $token->{instance} } $self->receivers('signal', $name)
		  if $trigger eq 'signal';
		push @{ $self->{sent} }, [ $trigger, $name, $token->{instance} ] if $trigger =~ /message|signal/;
	}
	$self->complete($token);
	push @{ $self->{happened} }, map { [ $_, {} ] } @receivers;
	return;
}

# Who catches it: a wait, or undef.  Level by level: the subprocesses that begin
# with it, then the border of the activity; its very code before any.  What
# comes out of an event subprocess is not for it or its siblings.
sub catcher
{
	my ($self, $thrower, $kind, $code) = @_;
	my $match = sub {
		my @found = grep { $_->{kind} eq $kind } @_;
		my ($exact) = grep { $_->{name} eq $code } @found;
		my ($any) = grep { $_->{name} eq '' } @found;
		return $exact || $any;
	};
	my $inner = 0;
	for (my $at = $thrower; $at; $at = $at->{parent} || $at->{instance}{caller})
	{
		my @starts = $inner ? () : $self->waits_of($at, 'start');
		my $found = $match->(@starts) || $match->($self->waits_of($at, 'boundary'));
		return $found if $found;
		$inner = $at->{node}{type} eq 'event_subprocess' && !$at->{step};
	}
	return undef;
}

sub throw_error
{
	my ($self, $token, $code, $variables) = @_;
	my $catcher = $self->catcher($token, 'error', $code);

	return $self->happen($catcher, $variables) if $catcher;
	if ($token->{node}{type} eq 'end')
	{
		my $instance = $token->{instance};
		while (1)
		{
			$self->instance_end($instance, 'failed', $code);
			my $caller = delete $instance->{caller} or last;
			delete $caller->{called};
			$instance = $caller->{instance};
		}
		return;
	}
	$self->stuck($token);
	return;
}

# Somebody must see to it.  What it happened in the course of undoing has failed, until somebody has.
sub stuck
{
	my ($self, $token) = @_;
	$token->{incident} = $self->id;
	$_->{state} = 'failed' for step_of($token);
	return;
}

sub step_of
{
	my ($token) = @_;
	$token = $token->{parent} while $token && !$token->{step};
	return $token ? $token->{step} : ();
}

sub throw_escalation
{
	my ($self, $token, $code, $variables) = @_;
	my $catcher = $self->catcher($token, 'escalation', $code);
	$self->happen($catcher, $variables) if $catcher;
	return;
}

sub receivers
{
	my ($self, $kind, $name) = @_;
	return sort { $a->{id} <=> $b->{id} }
	  grep { $_->{kind} eq $kind && $_->{name} eq $name } values %{ $self->{waits} };
}

# Everybody who waits gets it, and each instance goes on before the next one has it.
sub signal
{
	my ($self, $name, $variables, $sender) = @_;
	my @receivers = grep { !$sender || $_->{token}{instance} != $sender } $self->receivers('signal', $name);

	for my $instance (@{ $self->{instances} })
	{
		local $self->{sent} = [];
		push @{ $self->{happened} }, map { [ $_, $variables ] } grep { $_->{token}{instance} == $instance } @receivers;
		$self->run;
	}
	return;
}

# What was sent in a step arrives after it.
sub deliver
{
	my ($self, $kind, $name, $sender) = @_;
	return $self->signal($name, {}, $sender) if $kind eq 'signal';
	local $self->{sent} = [];
	$self->message($name, {});
	$self->run;
	return;
}

sub message
{
	my ($self, $name, $variables) = @_;
	my ($first) = $self->receivers('message', $name);
	$self->happen($first, $variables) if $first;
	return;
}

# The clock shows that time, and what is due happens, one after the other.
sub tick
{
	my ($self, $now) = @_;
	$self->{now} = $now;
	my @due = sort { $a->{due} <=> $b->{due} || $a->{id} <=> $b->{id} }
	  grep { defined $_->{due} && $_->{due} <= $now } values %{ $self->{waits} };
	for my $wait (@due)
	{
		$self->happen($wait, {});
		$self->run;
	}
	return;
}

# Somebody has mended what an incident was about: the token tries again.
sub resolve
{
	my ($self, $token) = @_;
	delete $token->{incident};
	$_->{state} = 'compensating' for step_of($token);
	return $self->go_on($token) if $token->{leaving};
	$self->choose($token) if $token->{node}{type} =~ /exclusive|inclusive|complex/;
	return;
}

1;
