# What a step costs: each workload through bpm and, in turns, through its floor.
#
#   perl bench/bench.pl [WORKLOAD…]		on the server that test/server.sh has started
#
# README.md says what the workloads are, how to read the table and which
# variables may be set.
#
# A workload is a file that ends with a hash: a title, SQL to set it up and to
# clean up after it, and cases.  A case is a script for pgbench, in which
# :schema stands for the side, and
#	name, unit		what it is called, and what is counted per second (instance)
#	clients			1
#	units			how many of these a transaction does (1)
#	steps			how many steps each of these is (1)
#	transactions	of each client; without it, as long as SECONDS_EACH or its seconds
#	rounds			ROUNDS
#	options			more of pgbench
#	prepare			SQL before all rounds
#	prepare_each	the same, for each side
#	before			SQL before each run of a side
#	meanwhile		SQL of a session that stays until the workload is done
#	goes_on			what the case before left is not removed
#	floorless		there is nothing to compare with
#	against			the case to compare with, too
#	figures			what else is to be told of a run
use strict;
use warnings;

use Cwd qw(abs_path);
use File::Basename qw(basename dirname);
use File::Temp qw(tempdir);
use JSON::PP;

my $bench = dirname(abs_path(__FILE__));
my $work = tempdir(CLEANUP => 1);
chmod 0755, $work;
my $full = ($ENV{BENCH_SIZE} // '') eq 'full';
my $rounds = $ENV{ROUNDS} // 3;
my $seconds = $ENV{SECONDS_EACH} // 3;
my $tick = qx(getconf CLK_TCK);
my $data = qx(psql -X -A -t -c "SHOW data_directory") =~ s{\s+$}{}r;
my @results;
my @sessions;

# For the workloads: a number that is larger in a full run.
sub size
{
	my ($small, $large) = @_;
	return $full ? $large : $small;
}

# FIGURES

sub median
{
	my @sorted = sort { $a <=> $b } grep { defined } @_;
	return @sorted ? $sorted[ $#sorted / 2 ] : undef;
}

sub percentile
{
	my ($share, $sorted) = @_;
	return @$sorted ? $sorted->[ $share * $#$sorted ] : undef;
}

# What SQL answers; :schema is bpm or floor, replaced here because scripts of pgbench know no such variables.
sub sql
{
	my ($text, $schema) = @_;
	my $file = "$work/sql";

	$text =~ s/:schema\b/$schema/g if $schema;
	write_file($file, $text);
	my $answer = qx(psql -X -q -A -t -v ON_ERROR_STOP=1 -f $file);
	die "this failed:\n$text" if $? != 0;
	chomp $answer;
	return $answer;
}

sub write_file
{
	my ($name, $text) = @_;
	open my $file, '>', $name or die "$name: $!";
	print $file $text;
	close $file or die "$name: $!";
	return;
}

sub read_file
{
	my ($name) = @_;
	open my $file, '<', $name or return '';
	local $/ = undef;
	return scalar <$file>;
}

# Microseconds that all processes of the server, also those that have ended, have been on a processor.
sub server_cpu
{
	my ($postmaster) = split /\n/, read_file("$data/postmaster.pid");
	my $ticks = 0;

	for my $pid ($postmaster, split ' ', read_file("/proc/$postmaster/task/$postmaster/children"))
	{
		my @stat = split ' ', read_file("/proc/$pid/stat") =~ s/.*\) //sr;
		next unless @stat;
		$ticks += $stat[11] + $stat[12];
		$ticks += $stat[13] + $stat[14] if $pid == $postmaster;
	}
	return $ticks / $tick * 1e6;
}

sub counters
{
	my ($schema) = @_;
	my ($wal, $rows) = split /\|/, sql(<<'END', $schema);
SELECT pg_current_wal_insert_lsn() - '0/0',
	(SELECT sum(n_tup_ins + n_tup_upd + n_tup_del) FROM pg_stat_user_tables WHERE schemaname = ':schema');
END
	return { wal => $wal, rows => $rows, cpu => server_cpu() };
}

# ONE RUN of one case on one side

sub pgbench
{
	my ($case, $schema) = @_;
	my $script = "$work/script";
	my $clients = $case->{clients} // 1;
	my $length = $case->{transactions} ? "-t $case->{transactions}" : '-T ' . ($case->{seconds} // $seconds);
	my $jobs = $clients > 1 ? 2 : 1;
	my $options = ($case->{options} // '') . " -c $clients -j $jobs $length -l --log-prefix=$work/latency";

	my $text = ref $case->{script} ? $case->{script}{$schema} : $case->{script};
	write_file($script, $text =~ s/:schema\b/$schema/gr);
	my $output = qx(pgbench -n -M prepared -f $script $options 2>&1);
	die "pgbench failed:\n$output" if $? != 0 || $output =~ /aborted|ERROR/;
	my ($tps) = $output =~ /^tps = ([\d.]+)/m;
	my @latencies;
	for my $log (glob "$work/latency.*")
	{
		push @latencies, map { (split)[2] / 1000 } split /\n/, read_file($log);
		unlink $log;
	}
	return ($tps, [ sort { $a <=> $b } @latencies ]);
}

sub run_side
{
	my ($case, $schema) = @_;

	sql($case->{before}, $schema) if $case->{before};
	my $before = counters($schema);
	my ($tps, $latencies) = pgbench($case, $schema);
	my $after = counters($schema);

	my $units = $case->{units} // 1;
	my $steps = @$latencies * $units * ($case->{steps} // 1);
	my %figures = (
		per_second => $tps * $units,
		p50_ms => percentile(0.5, $latencies),
		p99_ms => percentile(0.99, $latencies),
		rows => ($after->{rows} - $before->{rows}) / $steps,
		wal_bytes => ($after->{wal} - $before->{wal}) / $steps,
		cpu_us => ($after->{cpu} - $before->{cpu}) / $steps,
	);
	%figures = (%figures, $case->{figures}->($schema)) if $case->{figures};
	return \%figures;
}

# A session that does something else until the workload is done.
sub start_session
{
	my ($text) = @_;
	open my $psql, '|-', 'psql -X -q -A -t -o /dev/null' or die "psql: $!";
	print $psql $text;
	$psql->flush;
	return $psql;
}

# CASES

sub merge
{
	my @runs = @_;
	my %keys = map { map { ($_ => 1) } keys %$_ } @runs;
	return { map { my $key = $_; ($key => median(map { $_->{$key} } @runs)) } keys %keys };
}

sub run_case
{
	my ($workload, $case) = @_;
	my @sides = $case->{floorless} ? ('bpm') : ('floor', 'bpm');
	my %runs;
	my %seen;

	sql($case->{prepare}) if $case->{prepare};
	if ($case->{prepare_each}) { sql($case->{prepare_each}, $_) for @sides }
	push @sessions, start_session($case->{meanwhile}) if $case->{meanwhile};
	for my $round (1 .. $case->{rounds} // $rounds)
	{
		push @{ $runs{$_} }, run_side($case, $_) for $round % 2 ? @sides : reverse @sides;
	}
	for my $side (@sides)
	{
		my $result = {
			workload => $workload->{name}, case => $case->{name}, side => $side,
			unit => $case->{unit} // 'instance', clients => $case->{clients} // 1,
			%{ merge(@{ $runs{$side} }) }
		};
		$seen{$side} = $result;
		push @results, $result;
	}
	add_ratios($workload, $case, \%seen);
	print_line($seen{$_}) for @sides;
	return;
}

sub add_ratios
{
	my ($workload, $case, $seen) = @_;
	my $bpm = $seen->{bpm};
	my ($other) = grep { $case->{against} && $_->{workload} eq $workload->{name} && $_->{side} eq 'bpm'
			&& $_->{case} eq $case->{against} } @results;

	$bpm->{ratio} = $bpm->{per_second} / $seen->{floor}{per_second} if $seen->{floor};
	$bpm->{cpu_ratio} = $bpm->{cpu_us} / $seen->{floor}{cpu_us} if $seen->{floor} && $seen->{floor}{cpu_us} > 0;
	$bpm->{against} = $case->{against} if $other;
	$bpm->{against_ratio} = $bpm->{per_second} / $other->{per_second} if $other;
	return;
}

# THE TABLE

my @columns = ([ per_second => '%11.0f' ], [ p50_ms => '%10.3f' ], [ p99_ms => '%10.3f' ], [ rows => '%8.2f' ],
	[ wal_bytes => '%9.0f' ], [ cpu_us => '%9.1f' ], [ ratio => '%7.2f' ], [ cpu_ratio => '%10.2f' ]);

sub print_header
{
	my ($workload) = @_;
	print "\n$workload->{name}: $workload->{title}\n";
	return if $workload->{run};
	printf "%-34s %-6s%11s%10s%10s%8s%9s%9s%7s%10s\n", '', '', 'per second', 'p50 ms', 'p99 ms', 'rows', 'WAL B',
		'CPU us', 'ratio', 'CPU ratio';
	return;
}

sub print_line
{
	my ($result) = @_;
	my @others = map { sprintf '%s %.3g', $_, $result->{$_} } sort grep { /^late/ } keys %$result;

	printf '%-34s %-6s', $result->{case}, $result->{side};
	for my $column (@columns)
	{
		my $value = $result->{ $column->[0] };
		print defined $value ? sprintf $column->[1], $value : ' ' x length sprintf $column->[1], 0;
	}
	push @others, sprintf '%.2f of "%s"', $result->{against_ratio}, $result->{against} if $result->{against};
	print '  ', join ', ', @others;
	print "\n";
	return;
}

sub machine
{
	my ($processor) = read_file('/proc/cpuinfo') =~ /^model name\s*: (.*)/m;
	my $version = sql('SHOW server_version');
	my $processors = qx(nproc);
	chomp $processors;
	my $settings = sql(<<'END');
SELECT string_agg(name || '=' || current_setting(name), ' ')
	FROM unnest(ARRAY['fsync', 'synchronous_commit', 'full_page_writes', 'shared_buffers', 'max_wal_size',
		'checkpoint_timeout']) name;
END
	return { processor => $processor, processors => $processors, version => $version, settings => $settings,
		rounds => $rounds, seconds => $seconds, size => $full ? 'full' : 'small' };
}

sub print_machine
{
	my ($machine) = @_;
	print "processor $machine->{processor}, $machine->{processors} of them; PostgreSQL $machine->{version}\n";
	print "$machine->{settings}; size $machine->{size}, $rounds rounds of $seconds s each, medians\n";
	return;
}

# Rows of the last workload would weigh on the next one.
sub forget_everything
{
	sql(<<'END');
SELECT format('TRUNCATE %s', string_agg(format('%s.%I', schemaname, tablename), ', '))
	FROM pg_tables WHERE schemaname IN ('bpm', 'floor') AND tablename NOT IN ('definition', 'handler', 'script') \gexec
CHECKPOINT;
END
	return;
}

sub name_of
{
	my ($file) = @_;
	return basename($file, '.pl') =~ s/^\d+_//r;
}

sub run_workload
{
	my ($file) = @_;
	my $workload = eval "# line 1 \"$file\"\n" . read_file($file);
	die $@ if $@;

	$workload->{name} = name_of($file);
	print_header($workload);
	return $workload->{run}->() if $workload->{run};
	sql($workload->{setup});
	for my $case (@{ $workload->{cases} })
	{
		forget_everything() unless $case->{goes_on};
		run_case($workload, $case);
	}
	close $_ for splice @sessions;
	sql($workload->{cleanup}) if $workload->{cleanup};
	return;
}

local $| = 1;
my @files = sort glob "$bench/workload/*.pl";
if (@ARGV)
{
	my %wanted = map { ($_ => 1) } @ARGV;
	@files = grep { $wanted{ name_of($_) } } @files or die "no workload @ARGV\n";
}
my $machine = machine();
print_machine($machine);
sql(read_file("$bench/floor.sql"));
run_workload($_) for @files;

my $json = JSON::PP->new->canonical;
my $text = join '', map { $json->encode($_) . "\n" } $machine, @results;
$ENV{BENCH_JSON} ? write_file($ENV{BENCH_JSON}, $text) : print "\nas JSON:\n$text";
