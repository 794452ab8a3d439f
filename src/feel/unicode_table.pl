#!/usr/bin/perl
# Writes unicode_table.c from Perl's Unicode database:
#   perl src/feel/unicode_table.pl > src/feel/unicode_table.c
use strict;
use warnings;
use Unicode::UCD qw(prop_invmap charblocks);

my @names = qw(Lu Ll Lt Lm Lo Mn Mc Me Nd Nl No Pc Pd Ps Pe Pi Pf Po Zs Zl Zp Sm Sc Sk So Cc Cf Cs Co Cn);
my %number = map { $names[$_] => $_ } 0 .. $#names;
my $pairs = @names;    # Lu and Ll in turn

# One item per run of a category; where capital and small letters alternate, one for all of them.
sub categories
{
	my ($start, $value) = prop_invmap('General_Category');
	my @run = map { [$start->[$_], $number{$value->[$_]}] } 0 .. $#$start;
	my @out;
	while (my $run = shift @run)
	{
		last if $run->[0] > 0x10FFFF;
		my $n = 0;
		$n++ while $n < @run && $run[$n][0] == $run->[0] + $n + 1
			&& $run[$n][1] == ($n % 2 ? $number{Lu} : $number{Ll});
		if ($run->[1] == $number{Lu} && $n >= 4)
		{
			# An even number of letters; the last one may begin a longer run.
			$n -= 1 - $n % 2;
			push @out, [$run->[0], $pairs];
			my $last = $run[$n - 1];
			splice @run, 0, $n;
			my $next = @run ? $run[0][0] : 0x110000;
			unshift @run, [$last->[0] + 1, $last->[1]] if $next > $last->[0] + 1;
			next;
		}
		push @out, $run;
	}
	return map { sprintf '0x%06X', $_->[0] << 5 | $_->[1] } @out;
}

# Runs of characters whose other case lies the same distance away.
sub cases
{
	my ($start, $value) = prop_invmap(shift);
	my (@fold, @out);
	for my $i (0 .. $#$start)
	{
		next unless $value->[$i];
		my $end = $i < $#$start ? $start->[$i + 1] : 0x110000;
		push @fold, map { [$_, $value->[$i] + $_ - $start->[$i]] } $start->[$i] .. $end - 1;
	}
	while (my $first = shift @fold)
	{
		my $distance = $first->[1] - $first->[0];
		my $stride = @fold && $fold[0][1] - $fold[0][0] == $distance && $fold[0][0] - $first->[0] == 2 ? 2 : 1;
		my $last = $first->[0];
		while (@fold && $fold[0][1] - $fold[0][0] == $distance && $fold[0][0] - $last == $stride)
		{
			$last = shift(@fold)->[0];
		}
		push @out, sprintf '{0x%X, 0x%X, %d, %d}', $first->[0], $last, $stride, $distance;
	}
	return @out;
}

sub blocks
{
	my $blocks = charblocks();
	my @out;
	for my $name (sort { $blocks->{$a}[0][0] <=> $blocks->{$b}[0][0] } keys %$blocks)
	{
		next if $name eq 'No_Block';
		my $range = $blocks->{$name}[0];
		$name =~ s/\s//g;
		push @out, sprintf '{"%s", 0x%X, 0x%X}', $name, $range->[0], $range->[1];
	}
	return @out;
}

sub table
{
	my ($type, $name, @items) = @_;
	my ($text, $line) = ('', '');
	for my $item (@items)
	{
		$text .= "\t$line\n", $line = '' if length($line) + length($item) > 108;
		$line .= ($line eq '' ? '' : ' ') . "$item,";
	}
	$text .= "\t$line\n" if $line ne '';
	return "const $type ${name}[] = {\n$text};\nconst int\t${name}_count = lengthof($name);\n";
}

my $version = Unicode::UCD::UnicodeVersion();
print <<"EOF", join("\n", table('uint32', 'bpm_feel_categories', categories()),
/*
 * unicode_table.c
 *	  General categories, simple case mappings and blocks of Unicode $version.
 *
 * Made by unicode_table.pl; see unicode.h for what the numbers mean.
 */
#include "postgres.h"

#include "feel/unicode.h"

EOF
	table('FeelCaseRun', 'bpm_feel_folds', cases('Simple_Case_Folding')),
	table('FeelCaseRun', 'bpm_feel_uppers', cases('Simple_Uppercase_Mapping')),
	table('FeelCaseRun', 'bpm_feel_lowers', cases('Simple_Lowercase_Mapping')),
	table('FeelBlock', 'bpm_feel_blocks', blocks()));
