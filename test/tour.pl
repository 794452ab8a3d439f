# tour.pl
#	  Plays the psql sessions in a document and prints the document with the
#	  answers that really came.
#
#	perl test/tour.pl DOCUMENT		in a fresh database, found by the environment
#
# Sessions are the fenced blocks marked `psql`; all blocks of a document are one
# session.  What stands after the prompt `bpm=#` is typed; a line after another
# prompt (`bpm-#`, `bpm(#`, `bpm$#`) goes on with it.  So a document that is
# right comes out as it went in: test/t/tour.pl compares.  To write the answers:
# make -s tour DOCUMENT=README.md >README.new
use strict;
use warnings;

my $prompt = qr/^bpm[-=(\$'"]\*?[#>] /m;
my $mark = '@@ answer @@';

# The blocks of a document, alternately plain text and the inside of a session.
sub blocks
{
	my ($document) = @_;
	return split /^```psql\n(.*?)^```$/ms, $document;
}

# The statements of a session, each with its prompts, as a list of texts.
sub statements
{
	my ($session) = @_;
	my @statements;

	for my $line (split /^/m, $session)
	{
		next unless $line =~ $prompt;
		if ($line =~ /^bpm=/) { push @statements, $line }
		else { $statements[-1] .= $line }
	}
	return @statements;
}

# What psql answers to each of the statements.  Errors come where they belong.
sub answers
{
	my $script = join '', map { s/$prompt//gmr . "\\echo $mark\n" } @_;
	my $pid = open my $psql, '-|';

	if (!$pid)
	{
		open my $in, '|-', 'stdbuf -o0 psql -X -P pager=off 2>&1' or die "no psql: $!";
		print $in $script;
		close $in;
		exit 0;
	}
	my $all = do { local $/; <$psql> };
	close $psql;
	return map { s/^\n//r =~ s/[ \t]+$//gmr } split /^\Q$mark\E$/m, $all;
}

my $document = do { local (@ARGV, $/) = @ARGV; <> };
my @blocks = blocks($document);
my @sessions = map { [ statements($blocks[$_]) ] } grep { $_ % 2 } 0 .. $#blocks;
my @answers = answers(map { @$_ } @sessions);

for my $i (0 .. $#blocks)
{
	if ($i % 2 == 0) { print $blocks[$i]; next }
	my $session = join '', map { $_ . (shift @answers // '') } @{ shift @sessions };
	print "```psql\n", $session =~ s/\s+\z/\n/r, '```';
}
