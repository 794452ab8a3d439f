# Walks: a random process, and random things that happen to it from outside.
#
# The oracle goes first, alone: it knows what may happen next.  The engine then
# goes the same way in one call, and both must have stood alike after each step.
package Property::Walk;

use strict;
use warnings;

use Exporter 'import';
use Property::Game;
use Property::Generate qw(generate chance pick between);
use Property::Xml qw(xml);

our @EXPORT_OK = qw(walk replay sql sql_apart shrink report);

our $STEPS = 14;

# walk(SEED, WITHOUT...): { seed, model, variables, actions, states }
sub walk
{
	my ($seed, @without) = @_;
	srand($seed);
	my $model = generate(@without);
	my $walk = { seed => $seed, model => $model, variables => values_of(0.8), actions => [], states => [] };
	my $game = Property::Game->new($model);

	return undef if !eval { begin($game, $walk); 1 } && $@ eq "too long\n";
	die "seed $seed: $@" if $@;
	push @{ $walk->{states} }, $game->describe;
	my $most = grep({ $_ eq 'joins' } @without) ? 3 * $STEPS : $STEPS;
	while (@{ $walk->{actions} } < $most)
	{
		my $action = choose($game) or last;
		eval { act($game, $action); 1 } or ($@ eq "too long\n" ? last : die "seed $seed: $@");
		push @{ $walk->{actions} }, $action;
		push @{ $walk->{states} }, $game->describe;
	}
	return $walk;
}

# The states of a model on another way, or undef where that cannot be gone.
sub replay
{
	my ($walk, @actions) = @_;
	my $game = Property::Game->new($walk->{model});
	my @states;

	eval {
		begin($game, $walk);
		push @states, $game->describe;
		for my $action (@actions)
		{
			act($game, $action);
			push @states, $game->describe;
		}
		1;
	} or return undef;
	return { %$walk, actions => \@actions, states => \@states };
}

# By a call, or by an event.
sub begin
{
	my ($game, $walk) = @_;
	my $event = $walk->{model}{begin};
	return $game->start_by('p', @$event, $walk->{variables}) if $event;
	return $game->start('p', $walk->{variables});
}

sub values_of
{
	my ($chance) = @_;
	return { map { chance($chance) ? ($_ => between(0, 3)) : () } qw(a b c) };
}

# WHAT MAY HAPPEN: [what, element or name, ordinal, variables, code]

sub choose
{
	my ($game) = @_;
	my (@may, %count);

	return undef if $game->{instances}[0]{state} ne 'active';
	for my $wait (sort { $a->{id} <=> $b->{id} } values %{ $game->{waits} })
	{
		my ($kind, $id) = ($wait->{kind}, $wait->{node}{id});
		if ($kind =~ /job|task/)
		{
			my $n = ++$count{"$kind $id"};
			next if $wait->{token}{incident};
			push @may, ([ $kind, $id, $n, values_of(0.3) ]) x 4;
			next if $wait->{listener};
			my $code = 'E' . between(1, 2);
			push @may, [ "$kind\_error", $id, $n, values_of(0.3), $code ]
			  if $game->catcher($wait->{token}, 'error', $code) || $kind eq 'job' && chance(0.1);
			$code = 'X' . between(1, 2);
			push @may, [ "$kind\_escalation", $id, $n, values_of(0.3), $code ]
			  if $game->catcher($wait->{token}, 'escalation', $code) || chance(0.1);
		}
		push @may, ([ $kind, $wait->{name}, 0, values_of(0.3) ]) x 2 if $kind =~ /message|signal/;
	}
	my ($next) = sort { $a <=> $b } map { $_->{due} // () } values %{ $game->{waits} };
	push @may, ([ 'tick', $next ]) x 2 if defined $next;
	push @may, [ 'set', '', 0, values_of(0.5) ] if chance(0.3);
	push @may, [ 'cancel' ] if chance(0.03);
	my %incidents;
	push @may, [ 'resolve', $_->{node}{id}, ++$incidents{ $_->{node}{id} } ]
	  for sort { $a->{incident} <=> $b->{incident} } grep { $_->{incident} } $game->tokens;
	return @may ? pick(@may) : undef;
}

sub act
{
	my ($game, $action) = @_;
	my ($what, $element, $n, $variables, $code) = @$action;

	$game->{turns} = 0;
	if ($what =~ /^(job|task)(_error|_escalation)?$/)
	{
		my ($kind, $thrown) = ($1, $2 || '');
		my @open = sort { $a->{id} <=> $b->{id} }
		  grep { $_->{kind} eq $kind && $_->{node}{id} eq $element } values %{ $game->{waits} };
		my $wait = $open[ $n - 1 ] or die "nothing there\n";
		die "an incident\n" if $wait->{token}{incident};
		$game->happen($wait, $variables) if !$thrown;
		$game->throw_error($wait->{token}, $code, $variables) if $thrown eq '_error';
		$game->throw_escalation($wait->{token}, $code, $variables) if $thrown eq '_escalation';
	}
	elsif ($what eq 'resolve')
	{
		my @open = sort { $a->{incident} <=> $b->{incident} }
		  grep { $_->{incident} && $_->{node}{id} eq $element } $game->tokens;
		$game->resolve($open[ $n - 1 ] || die "nothing there\n");
	}
	elsif ($what eq 'tick') { $game->tick($element) }
	elsif ($what eq 'message') { $game->message($element, $variables) }
	elsif ($what eq 'signal') { $game->signal($element, $variables) }
	elsif ($what eq 'set') { $game->put($game->{instances}[0]{root}, $variables) }
	elsif ($what eq 'cancel') { $game->instance_end($game->{instances}[0], 'cancelled') }
	$game->run;
	return;
}

# THE ENGINE'S TURN

sub json
{
	my ($value) = @_;
	return '[' . join(', ', map { json($_) } @$value) . ']' if ref $value eq 'ARRAY';
	return Property::Game::text($value) if ref $value eq 'HASH';
	return !defined $value ? 'null' : $value =~ /^\d+$/ ? $value : qq("$value");
}

# The statement that goes the way; its result is the states.
sub sql
{
	my ($walk, $check) = @_;
	return sprintf("SELECT property.walk(\$xml\$%s\$xml\$, '%s', '%s', '%s', %s);\n", xml($walk->{model}),
		json($walk->{model}{begin}), json($walk->{variables}), json($walk->{actions}), $check ? 'true' : 'false');
}

# The same in statements of their own, each in a transaction and a connection of its own.
sub sql_apart
{
	my ($walk) = @_;
	my $start = sprintf("jsonb_build_object('model', \$xml\$%s\$xml\$, 'begin', '%s'::jsonb, 'variables', '%s'::jsonb)",
		xml($walk->{model}), json($walk->{model}{begin}), json($walk->{variables}));
	return join("\\echo '=='\n\\connect\n", map { "SELECT property.$_;\n" } "step($start)",
		map({ 'step(\'' . json($_) . '\')' } @{ $walk->{actions} }), 'finish()');
}

# The number of the first step after which they stand differently, undef when there is none.
sub differs
{
	my ($walk, @engine) = @_;
	my @oracle = @{ $walk->{states} };
	for my $step (0 .. $#oracle)
	{
		return $step if !defined $engine[$step] || $oracle[$step] ne $engine[$step];
	}
	return $#oracle if defined $engine[@oracle] && $engine[@oracle] ne 'sound';
	return undef;
}

# The same with fewer actions, as long as it differs.  engine: asks the engine, gives its states.
sub shrink
{
	my ($walk, $engine) = @_;
	my $step = differs($walk, $engine->($walk));
	return $walk if !defined $step;
	my @actions = @{ $walk->{actions} };
	$#actions = $step - 1 if $step < @actions;

	for (my $at = $#actions; $at >= 0; $at--)
	{
		my @fewer = @actions;
		splice @fewer, $at, 1;
		my $other = replay($walk, @fewer) or next;
		@actions = @fewer if defined differs($other, $engine->($other));
	}
	return replay($walk, @actions) || $walk;
}

sub report
{
	my ($walk, @engine) = @_;
	my $step = differs($walk, @engine) // 0;
	my @lines = ("seed $walk->{seed}", xml($walk->{model}), 'variables ' . json($walk->{variables}));

	push @lines, 'begun by ' . json($walk->{model}{begin}) if $walk->{model}{begin};
	push @lines, map { 'action: ' . json($_) } grep { defined } @{ $walk->{actions} }[ 0 .. $step - 1 ];
	push @lines, "after step $step; - is the oracle's, + the engine's:";
	my %lines;
	$lines{$_}++ for split /\n/, $walk->{states}[$step] // '';
	$lines{$_}-- for split /\n/, $engine[$step] // 'nothing';
	push @lines, map { ($lines{$_} < 0 ? '  +' : '  -') . $_ } grep { $lines{$_} } sort keys %lines;
	my %both = map { $_ => 1 } split /\n/, $walk->{states}[$step] // '';
	push @lines, map { "   $_" } grep { !$lines{$_} } sort keys %both;
	push @lines, 'and then: ' . ($engine[ @{ $walk->{states} } ] // '') if @engine > @{ $walk->{states} };
	return join("\n", @lines) . "\n";
}

1;
