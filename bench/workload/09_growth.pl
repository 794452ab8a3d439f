# Whether a step costs more where many instances are in flight, and much has happened.

my $script = <<'END';
SELECT :schema.start('bench', '{"amount": 120, "customer": "Ada"}') AS instance \gset
SELECT :schema.complete_job(j.id, '{"charged": true}')
	FROM :schema.token t JOIN :schema.job j ON j.token = t.id WHERE t.instance = :instance;
END
my @in_flight = (0, 100000, 1000000, $full ? 10000000 : ());
my $events = $full ? 100000000 : 0;
my $there = 0;

# What must be added so that as many are there.
sub grow
{
	my ($wanted) = @_;
	my $more = $wanted - $there;
	$there = $wanted;
	return $more ? qq[CALL bench.fill(\$\$:schema.start('bench', '{"amount": 120}')\$\$, $more);\nCHECKPOINT;] : '';
}

{
	title => 'workload "job" by 4 clients, with instances in flight; a step is a call of a verb',
	setup => read_file("$bench/job.sql"),
	cases => [
		(map { { name => "$_ in flight", clients => 4, steps => 2, script => $script, prepare_each => grow($_),
			goes_on => $_ > 0, against => $_ ? '0 in flight' : undef } } @in_flight),
		($events ? { name => "and $events events", clients => 4, steps => 2, script => $script, goes_on => 1,
			against => '0 in flight', prepare_each => <<"END" } : ()),
INSERT INTO :schema.log (instance, seq, at, actor, kinds, tokens, elements)
	SELECT -n, 1, now(), 'ada', array_fill(7::smallint, '{10}'), array_fill(-n, '{10}'),
			array_fill('charge'::text, '{10}')
		FROM generate_series(1, $events / 10::bigint) n;
CHECKPOINT;
END
	],
};
