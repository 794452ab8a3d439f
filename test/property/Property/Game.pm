# The token game: what BPMN says that happens, in memory and without a database.
#
# Written from the rules (the OMG's, and doc/bpmn.md where those are silent) and
# not from the engine, whose results are compared with these.  It is slow and
# plain on purpose: every decision looks at the whole state.
#
# A token stands at a node.  Its parent is the token whose scope it is in; the
# outermost scope of an instance is a token too.  A token that waits has waits:
# what may happen to it.  Tokens that can go on stand in a queue, oldest first.
package Property::Game;

use strict;
use warnings;
no warnings 'recursion';

use Property::Complex;
use Property::Event;
use Property::Join;
use Property::Loop;
use Property::Saga;
use Property::Start;

our $MAX_TURNS = 400;

sub new
{
	my ($class, $model) = @_;
	return bless {
		processes => { map { $_->{id} => $_ } @{ $model->{processes} } },
		now => 0, ids => 0, turns => 0, instances => [], waits => {}, log => {},
		queue => [], happened => [], emptied => [], sent => [] }, $class;
}

sub id { return ++$_[0]{ids} }

sub log
{
	my ($self, $kind, $id) = @_;
	$self->{log}{"$kind $id"}++;
	return;
}

# INSTANCES

sub start
{
	my ($self, $process, $variables) = @_;
	$self->begin($process, $variables);
	$self->run;
	return;
}

sub begin
{
	my ($self, $process, $variables, $caller) = @_;
	my $container = $self->{processes}{$process};
	my $instance = { process => $process, state => 'active', caller => $caller };
	my $root = $instance->{root} = {
		id => $self->id, node => $container, instance => $instance, children => {}, variables => {%$variables} };

	push @{ $self->{instances} }, $instance;
	$caller->{called} = $instance if $caller;
	$self->open_scope($root);
	return $instance;
}

# The instance has nothing left to do.
sub instance_done
{
	my ($self, $instance) = @_;
	my $caller = $instance->{caller};

	$self->close_waits($instance->{root});
	$instance->{state} = 'completed';
	return if !$caller;
	delete $caller->{called};
	$self->complete($caller, { %{ $instance->{root}{variables} } });
	return;
}

# All of it ends at once, in that state.
sub instance_end
{
	my ($self, $instance, $state, $code) = @_;
	$self->cancel_children($instance->{root});
	$self->close_waits($instance->{root});
	$instance->{state} = $state;
	$instance->{code} = $code if defined $code;
	return;
}

# TOKENS

# A token that arrives when its turn comes.
sub token
{
	my ($self, @where) = @_;
	my $token = $self->token_at(@where);

	push @{ $self->{queue} }, $token;
	return $token;
}

sub token_at
{
	my ($self, $parent, $node, $via) = @_;
	my $token = { id => $self->id, node => $node, parent => $parent, instance => $parent->{instance}, children => {},
		via => $via };

	$parent->{children}{ $token->{id} } = $token;
	return $token;
}

# Until every token waits.
sub run
{
	my ($self) = @_;
	while (1)
	{
		$self->settle;
		if (my $token = shift @{ $self->{queue} })
		{
			die "too long\n" if ++$self->{turns} > $MAX_TURNS;
			$self->arrive($token) if !$token->{dead};
		}
		elsif (!$self->decide_late)
		{
			my $sent = shift @{ $self->{sent} } or return;
			$self->deliver(@$sent);
		}
	}
}

# What a turn brought about: first what was thrown, then the end of scopes that are empty still.
sub settle
{
	my ($self) = @_;
	while (1)
	{
		$self->check_conditions if $self->{changed};
		return if !@{ $self->{happened} } && !@{ $self->{emptied} };
		if (my $happened = shift @{ $self->{happened} })
		{
			$self->happen(@$happened);
			next;
		}
		my $scope = shift @{ $self->{emptied} };
		$self->scope_done($scope) if !$scope->{dead} && !%{ $scope->{children} };
	}
}

sub arrive
{
	my ($self, $token) = @_;
	return $self->body($token) if $token->{yielded};
	return $self->pass($token) if $token->{joined};
	return $self->join_arrive($token) if $token->{via} && $self->is_join($token->{node});
	$self->enter($token);
	return;
}

sub enter
{
	my ($self, $token) = @_;
	return $self->loop_enter($token) if $token->{node}{loop} && !$token->{iteration};
	$self->log(element_entered => $token->{node}{id});
	$token->{entered} = 1;
	$self->map_in($token);
	$self->open_boundaries($token) if !$token->{iteration};
	$self->body($token) if !$self->interrupted($token);
	return;
}

# What the element itself does.
sub body
{
	my ($self, $token) = @_;
	my $node = $token->{node};
	my $type = $node->{type};

	return $self->choose($token) if $type =~ /^(exclusive|inclusive|parallel|complex)$/;
	return $self->open_scope($token) if $type =~ /subprocess|transaction|adhoc/;
	return $self->call($token) if $type eq 'call';
	return $self->wait_for($token, $node) if $type =~ /^(user|service|receive)$/
	  || $type eq 'catch' && $node->{trigger} ne 'link';
	return $self->wait_eventbased($token) if $type eq 'eventbased';
	return $self->throw_event($token) if $type =~ /^(end|throw)$/;
	$self->complete($token);
	return;
}

sub call
{
	my ($self, $token) = @_;
	$self->begin($token->{node}{called}, $self->visible($token), $token);
	return;
}

# The element is done: results go where variables are, the token goes on.
sub complete
{
	my ($self, $token, $results) = @_;
	$self->close_waits($token);
	$self->map_out($token, $results || {});
	$self->log(element_completed => $token->{node}{id});
	return $self->iteration_done($token) if $token->{iteration};
	$self->leave($token, $token->{node}{type} =~ /exclusive|inclusive|complex/ ? $token->{chosen} : $self->flows($token));
	return;
}

sub leave
{
	my ($self, $token, $flows) = @_;
	my $node = $token->{node};

	$self->close_waits($token);
	$self->record_step($token);
	return $self->handler_done($token) if $token->{step};
	$flows = [] if !$flows;
	if ($node->{link})
	{
		$self->token($token->{parent}, $node->{link});
	}
	for my $flow (map { ($_) x ($node->{completion_quantity} || 1) } @$flows)
	{
		$self->log(flow_taken => $flow->{id});
		$self->token($token->{parent}, $flow->{to}, $flow);
	}
	$self->consume($token);
	return;
}

sub consume
{
	my ($self, $token) = @_;
	my $parent = $token->{parent};

	$token->{dead} = 1;
	delete $parent->{children}{ $token->{id} };
	push @{ $self->{emptied} }, $parent if !%{ $parent->{children} };
	return;
}

# SCOPES

sub open_scope
{
	my ($self, $owner) = @_;
	my $container = $owner->{node};
	my ($start) = $container->{start} || grep { $_->{type} eq 'start' } @{ $container->{nodes} };
	my @begin = $start || grep {
		!@{ $_->{in} } && !$_->{linked} && !$_->{for_compensation} && $_->{type} !~ /boundary|event_subprocess/
	} @{ $container->{nodes} };

	$self->open_starts($owner);
	if ($container->{start})
	{
		$self->enter($self->token_at($owner, $container->{start}));
		return;
	}
	$owner->{turn} = [ splice @begin, 1 ] if $container->{one_by_one};
	$self->token($owner, $_) for @begin;
	push @{ $self->{emptied} }, $owner if !@begin;
	return;
}

# The last token in a scope is gone.
sub scope_done
{
	my ($self, $owner) = @_;
	return $self->instance_done($owner->{instance}) if !$owner->{parent};
	return $self->loop_done($owner) if $owner->{is_body};
	if (my $next = shift @{ $owner->{turn} || [] })
	{
		$self->token($owner, $next);
		return;
	}
	$self->complete($owner);
	return;
}

sub cancel
{
	my ($self, $token) = @_;
	$self->cancel_children($token);
	$self->close_waits($token);
	if (my $called = delete $token->{called})
	{
		$self->instance_end($called, 'cancelled');
	}
	$token->{step}{state} = 'failed' if $token->{step};
	$self->log(element_cancelled => $token->{node}{id}) if $token->{entered};
	$token->{dead} = 1;
	delete $token->{parent}{children}{ $token->{id} };
	return;
}

sub cancel_children
{
	my ($self, $owner, $except) = @_;
	for my $id (sort { $a <=> $b } keys %{ $owner->{children} })
	{
		my $child = $owner->{children}{$id} or next;
		$self->cancel($child) if !$except || $child != $except;
	}
	return;
}

# FLOWS

# Which flows an activity or event takes when it is left.
sub flows
{
	my ($self, $token) = @_;
	my $node = $token->{node};
	my @conditional = grep { $_->{if} } @{ $node->{out} };
	my @true = grep { $self->holds($token, $_->{if}) } @conditional;
	my %true = map { $_->{id} => 1 } @true;

	return [ grep { $node->{default} && $_ == $node->{default} ? !@true : !$_->{if} || $true{ $_->{id} } }
		  @{ $node->{out} } ];
}

# The only flow of an exclusive gateway without a condition is its default.
sub default_of
{
	my ($node) = @_;
	my @plain = grep { !$_->{if} } @{ $node->{out} };
	return $node->{default} // ($node->{type} eq 'exclusive' && @{ $node->{out} } > 1 ? $plain[0] : undef);
}

sub choose
{
	my ($self, $token) = @_;
	my $node = $token->{node};
	my @out = @{ $node->{out} };
	my @chosen;

	if ($node->{type} eq 'parallel')
	{
		@chosen = @out;
	}
	else
	{
		my $default = default_of($node);
		my @others = grep { !$default || $_ != $default } @out;
		@chosen = grep { !$_->{if} || $self->holds($token, $_->{if}) } @others;
		@chosen = $chosen[0] if @chosen && $node->{type} eq 'exclusive';
		@chosen = $default if !@chosen && $default;
		@chosen = grep { $_->{if} && $self->holds($token, $_->{if}) } @out if is_reset($token);
	}
	if (!@chosen && @out && !is_reset($token))
	{
		$token->{incident} = $self->id;
		return;
	}
	$token->{chosen} = \@chosen;
	$self->log(element_completed => $node->{id});
	$self->leave($token, \@chosen);
	return;
}

# VARIABLES

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

# Each goes to the nearest scope that has one of its name, else to the outermost.
sub put
{
	my ($self, $scope, $values) = @_;

	$self->{changed} = 1;
	for my $name (sort keys %$values)
	{
		my $at = $scope;
		$at = $at->{parent} while $at->{parent} && !($at->{variables} && exists $at->{variables}{$name});
		$at->{variables}{$name} = $values->{$name};
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

# HOW IT STANDS

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
