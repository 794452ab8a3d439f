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
use Property::Describe;
use Property::Event;
use Property::Join;
use Property::Loop;
use Property::Saga;
use Property::Start;
use Property::Variable;

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
	if (my $resume = delete $token->{resume})
	{
		return $self->listen($token, @$resume);
	}
	return $self->body($token) if $token->{yielded};
	return $self->pass($token) if $token->{joined};
	return $self->listen($token, 'take', \&arrived) if $token->{via};
	$self->enter($token);
	return;
}

# The flow is behind it.
sub arrived
{
	my ($self, $token) = @_;
	$token->{taken} = 1;
	return $self->join_arrive($token) if $self->is_join($token->{node});
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
	$self->listen($token, 'start', \&begin_body);
	return;
}

sub begin_body
{
	my ($self, $token) = @_;
	$self->open_boundaries($token) if !$token->{iteration};
	$self->body($token) if !$self->interrupted($token);
	return;
}

# Listeners are jobs, one after the other, before that happens.
sub listen
{
	my ($self, $token, $on, $then) = @_;
	my $listeners = ($on eq 'take' ? $token->{via}{listeners} : $token->{node}{listeners}) || {};

	if (($token->{heard} //= 0) < ($listeners->{$on} || 0))
	{
		$token->{heard}++;
		$self->wait_for_one($token, $token->{node}, 0, 'job', undef)->{listener} = [ $on, $then ];
		return;
	}
	$token->{heard} = 0;
	$then->($self, $token);
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
	$self->close_wait($_) for grep { $_->{token} == $token && $_->{node} == $token->{node} } values %{ $self->{waits} };
	$self->map_out($token, $results || {});
	$self->listen($token, 'end', \&completed);
	return;
}

sub completed
{
	my ($self, $token) = @_;
	if ($token->{iteration})
	{
		$self->close_waits($token);
		$self->log(element_completed => $token->{node}{id});
		return $self->iteration_done($token);
	}
	$self->go_on($token);
	return;
}

# Over its flows; when there are some and none is to be taken, somebody must see to it.
sub go_on
{
	my ($self, $token) = @_;
	my $flows = $self->flows($token);

	$token->{leaving} = 1;
	return $self->stuck($token) if !@$flows && @{ $token->{node}{out} };
	$self->close_waits($token);
	$self->log(element_completed => $token->{node}{id}) if !$token->{is_body};
	$self->leave($token, $flows);
	return;
}

sub leave
{
	my ($self, $token, $flows) = @_;
	my $node = $token->{node};

	$self->close_waits($token);
	$self->record_step($token);
	return $self->handler_done($token) if $token->{step};
	$flows = [] if !$flows || $self->adhoc_asked($token);
	return if $token->{dead};
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
	@begin = @{ $container->{active} } if $container->{active};
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
	return if $owner->{node}{until} && !$owner->{ending};
	$self->close_wait($_) for $self->waits_of($owner, 'start');
	$self->complete($owner);
	return;
}

# An activity in an ad-hoc subprocess has completed: is that enough?  Then nothing more begins in there.
sub adhoc_asked
{
	my ($self, $token) = @_;
	my $owner = $token->{parent};
	my $adhoc = $owner->{node};

	return 0 if $adhoc->{type} ne 'adhoc' || $owner->{is_body} || !$adhoc->{until};
	return 1 if $owner->{ending};
	return 0 if !$self->holds($owner, $adhoc->{until});
	$owner->{ending} = 1;
	delete $owner->{turn};
	return 1 if $adhoc->{keep};
	$token->{dead} = 1;
	delete $owner->{children}{ $token->{id} };
	$self->cancel_children($owner);
	$self->complete($owner);
	return 1;
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
	my $default = $node->{default};
	my @others = grep { !$default || $_ != $default } @{ $node->{out} };

	return [ (grep { !$_->{if} || $true{ $_->{id} } } @others), $default && !@true ? $default : () ];
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
		return $self->stuck($token);
	}
	$self->log(element_completed => $node->{id});
	$self->leave($token, \@chosen);
	return;
}

1;
