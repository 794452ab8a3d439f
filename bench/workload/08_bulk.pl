# Many instances in one statement, beside COPY of the same rows.

my $instances = 100000;
my $query = qq[SELECT count(bpm.start('bench', jsonb_build_object('amount', n, 'customer', 'Ada')))
	FROM generate_series(1, $instances) n;\n];

{
	title => "$instances instances started in one statement; the floor is COPY of the same rows from files",
	setup => read_file("$bench/job.sql"),
	cases => [ {
		name => 'one statement', transactions => 1, units => $instances,
		before => "TRUNCATE bpm.instance, bpm.token, bpm.job, bpm.log;\n"
		  . "TRUNCATE floor.instance, floor.token, floor.job, floor.log;\nCHECKPOINT;\n",
		script => { bpm => $query,
			floor => join('', map { "COPY floor.$_ FROM '$work/$_.copy';\n" } qw(instance token job log)) },
		prepare => $query . join('', map { "COPY bpm.$_ TO '$work/$_.copy';\n" } qw(instance token job))
		  . "COPY (SELECT * FROM bpm.log) TO '$work/log.copy';\n",
	} ],
};
