# A queue while somebody holds an old snapshot: what is done cannot be cleaned away.

my $script = <<'END';
SELECT :schema.start('bench', '{"amount": 120, "customer": "Ada"}');
SELECT coalesce(array_agg(job), '{}') AS jobs FROM :schema.fetch_jobs('charge', 'me', 1) \gset
SELECT :schema.complete_job(job, '{"charged": true}') FROM unnest(:jobs::bigint[]) job;
END
my $held = $ENV{HOLD_SECONDS} // size(30, 300);
my $hold = "BEGIN ISOLATION LEVEL REPEATABLE READ;\nSELECT count(*) FROM bpm.instance;\n";

{
	title => "start, fetch, complete by 4 clients while a snapshot is held; a step is a call of a verb",
	setup => read_file("$bench/job.sql"),
	cases => [
		{ name => 'nobody holds', clients => 4, steps => 3, script => $script },
		{ name => "held, its first $held s", clients => 4, steps => 3, rounds => 1, seconds => $held, script => $script,
			meanwhile => $hold },
		{ name => "held for $held s", clients => 4, steps => 3, rounds => 1, script => $script, goes_on => 1,
			against => 'nobody holds' },
	],
};
