# What variables cost that nothing touches.

my $script = <<'END';
SELECT :schema.start('bench', value) AS instance FROM bench.payload WHERE bytes = BYTES \gset
SELECT :schema.complete_job(j.id, '{"charged": true}')
	FROM :schema.token t JOIN :schema.job j ON j.token = t.id WHERE t.instance = :instance;
END

{
	title => 'workload "job" with variables of some size, by 1 client; a step is a call of a verb',
	setup => read_file("$bench/job.sql") . <<'END',
CREATE TABLE bench.payload (bytes int, value jsonb);
INSERT INTO bench.payload
	SELECT bytes, jsonb_object_agg('key' || n, md5(n::text) || md5((n + 1)::text))
		FROM unnest(ARRAY[1000, 10000, 100000, 1000000]) bytes, generate_series(1, bytes / 80) n
		GROUP BY bytes;
END
	cases => [
		map { { name => "$_ bytes", steps => 2, script => $script =~ s/BYTES/$_/r } } 1000, 10000, 100000, 1000000
	],
	cleanup => 'DROP TABLE bench.payload',
};
