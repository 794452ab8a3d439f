# Processes that an event begins: a start event of its own, or an event behind a gateway that instantiates.
package Property::Game;

use strict;
use warnings;

# KIND and NAME are what happens; nobody waits for it yet.
sub start_by
{
	my ($self, $process, $kind, $name, $variables) = @_;
	my $container = $self->{processes}{$process};
	my ($event) = grep { my $node = $_; grep { $_->[0] eq $kind && $_->[1] eq $name } events_of($node) }
	  @{ $container->{nodes} };
	my $instance = { process => $process, state => 'active' };
	my $root = $instance->{root} = { id => $self->id, node => $container, instance => $instance, children => {},
		variables => {} };

	push @{ $self->{instances} }, $instance;
	$self->open_starts($root);
	my $gateway = @{ $event->{in} } ? $event->{in}[0]{from} : undef;
	my $token = $self->token_at($root, $gateway || $event);
	$token->{entered} = 1;
	$self->log(element_entered => $token->{node}{id});
	if ($event->{all})
	{
		$self->put($root, $variables);
		$self->wait_for_one($token, $event, 0, @$_) for grep { $_->[1] ne $name } events_of($event);
	}
	elsif (!$gateway)
	{
		$self->complete($token, $variables);
	}
	else
	{
		$self->wait_eventbased($token);
		my ($wait) = grep { $_->{token} == $token && $_->{node} == $event } values %{ $self->{waits} };
		$self->happen($wait, $variables);
	}
	$self->run;
	return;
}

# A parallel gateway: who comes goes on, and the gateway is done when all have come.
sub one_of_all
{
	my ($self, $wait, $flow, $variables) = @_;
	my ($gateway, $node) = @$wait{qw(token node)};
	my $token = $self->token_at($gateway->{parent}, $node);

	$self->close_wait($wait);
	if (!grep { $_->{token} == $gateway } values %{ $self->{waits} })
	{
		$self->log(element_completed => $gateway->{node}{id});
		$gateway->{dead} = 1;
		delete $gateway->{parent}{children}{ $gateway->{id} };
	}
	$self->log(flow_taken => $flow->{id});
	$token->{entered} = 1;
	$self->log(element_entered => $node->{id});
	$self->complete($token, $variables);
	return;
}

1;
