# The engine's side: a psql that stays, asked about many walks at once.
package Property::Session;

use strict;
use warnings;

use File::Temp;
use IPC::Open2;
use Property::Walk qw(sql sql_apart shrink report);

my $END = '== end of answer';

# new(COMMAND...): a psql with the extension at its other end; the scheme is made anew.
sub new
{
	my ($class, @command) = @_;
	my $self = bless { file => File::Temp->new, apart => 0 }, $class;
	my ($directory) = __FILE__ =~ m{^(.*)/Property/};

	local $ENV{PGOPTIONS} = '-c client_min_messages=error';
	$self->{pid} = open2($self->{out}, $self->{in}, 'sh', '-c', 'exec "$@" 2>&1', 'sh', @command, '-XqAt');
	$self->ask("DROP SCHEMA IF EXISTS property CASCADE;\n\\i $directory/walk.sql\n");
	return $self;
}

# From now on each step is a transaction, in a connection of its own.
sub apart { $_[0]{apart} = 1; return $_[0] }

sub ask
{
	my ($self, $statements) = @_;
	my $answer = '';

	# By way of a file: a pipe that is full in both directions would stand still.
	open(my $file, '>', $self->{file}) or die "$self->{file}: $!\n";
	print $file $statements;
	close $file;
	print { $self->{in} } "\\i $self->{file}\n\\echo '$END'\n";
	$self->{in}->flush;
	while (defined(my $line = readline $self->{out}))
	{
		chomp $line;
		return $answer if $line eq $END;
		$answer .= "$line\n";
	}
	die "psql is gone: $answer\n";
}

# The states of each walk, in the engine, and what bpm.check() finds at the end of every so manieth.
sub states
{
	my ($self, $check, @walks) = @_;
	my $walk = $self->{apart} ? \&sql_apart : sub { sql($_[0], $_[0]{seed} % $check == 0) };
	my $answer = $self->ask(join('', map { "\\echo '== walk'\n" . $walk->($_) } @walks)
		  . "SELECT property.sweep() \\g /dev/null\n");
	my (undef, @answers) = split /^== walk\n/m, $answer;
	return map { [ map { s/\n\z//r } split /^==\n/m, $_ ] } @answers;
}

# Those that differ.
sub compare
{
	my ($self, $check, @walks) = @_;
	my @states = $self->states($check, @walks);
	return map { $walks[$_] } grep { defined Property::Walk::differs($walks[$_], @{ $states[$_] }) } 0 .. $#walks;
}

# A walk that differs, as short as is cheap, in words.
sub explain
{
	my ($self, $walk) = @_;
	my $engine = sub { return @{ ($self->states(1, $_[0]))[0] } };
	my $short = shrink($walk, $engine);
	return report($short, $engine->($short));
}

1;
