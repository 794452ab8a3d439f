# A process that waits once, and the queue that it waits in.

my $variables = q{'{"amount": 120, "customer": "Ada"}'};
my $start_complete = <<"END";
SELECT :schema.start('bench', $variables) AS instance \\gset
SELECT :schema.complete_job(j.id, '{"charged": true}')
	FROM :schema.token t JOIN :schema.job j ON j.token = t.id WHERE t.instance = :instance;
END

# As many commits, each of a single row: what the machine can do.
my $commits = "INSERT INTO bench.single (said) VALUES ('Ada');\n" x 2;

# Starts a batch, claims a batch, completes it: three commits.
sub worker
{
	my ($batch) = @_;
	return <<"END";
SELECT count(:schema.start('bench', $variables)) FROM generate_series(1, $batch);
SELECT coalesce(array_agg(job), '{}') AS jobs FROM :schema.fetch_jobs('charge', 'me', $batch) \\gset
SELECT count(:schema.complete_job(job, '{"charged": true}')) FROM unnest(:jobs::bigint[]) job;
END
}

my $jobs = size(40000, 1000000);
my $fill = <<"END";
TRUNCATE :schema.instance, :schema.token, :schema.job, :schema.log;
SELECT count(:schema.start('bench', $variables)) FROM generate_series(1, $jobs);
ANALYZE :schema.job, :schema.instance;
END

{
	title => 'start, one job, end; a step is a call of a verb',
	setup => read_file("$bench/job.sql")
	  . "CREATE TABLE bench.single (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, said text);\n",
	cases => [
		{
			name => 'floor: 2 rows, 2 commits; 16', clients => 16, steps => 2,
			script => { floor => $commits, bpm => $start_complete }
		},
		map({ {
				name => "start, complete: $_ client(s)", clients => $_, steps => 2, script => $start_complete
			} } 1, 4, 16, 64),
		map({ {
				name => "start, fetch, complete by $_", clients => 4, units => $_, steps => 2, script => worker($_)
			} } 1, 10, 100),
		{ name => 'start and complete, no commit', transactions => 1, units => 10000, steps => 2, script => <<"END" },
BEGIN;
SELECT count(:schema.start('bench', $variables)) FROM generate_series(1, 10000);
SELECT count(:schema.complete_job(id, '{"charged": true}')) FROM :schema.job;
COMMIT;
END
		map({ {
				name => "claim only, by $_", unit => 'job', clients => 4, units => $_, rounds => 1, before => $fill,
				transactions => int(($_ > 10 ? $jobs : 2000) / 4 / $_ * 0.9),
				script => "SELECT count(*) FROM :schema.fetch_jobs('charge', 'me', $_);\n"
			} } 1, 10, 100),
	],
};
