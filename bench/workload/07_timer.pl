# Timers: how late, how many at once, and among how many.

my $second = 1000;				# due in a second
my $due = size(100000, 1000000);
my $pending = size(1000000, 10000000);

# From the moment that was set to the end of the transaction that fired it.
sub lateness
{
	my ($schema) = @_;
	my ($p50, $p99) = split /\|/, sql(<<'END', $schema);
SELECT percentile_disc(ARRAY[0.5, 0.99]) WITHIN GROUP (ORDER BY extract(epoch FROM
		pg_xact_commit_timestamp(l.xmin) - (i.variables ->> 'at')::timestamptz) * 1000) AS p
	FROM :schema.log l JOIN :schema.instance i ON i.id = l.instance WHERE l.kinds[1] = 18 \gset
SELECT (:'p'::float8[])[1], (:'p'::float8[])[2];
END
	return (late_p50_ms => $p50, late_p99_ms => $p99);
}

my $start_due = <<"END";
SELECT count(:schema.start('timer', jsonb_build_object('at', at)))
	FROM generate_series(1, 10 * $second) n, LATERAL
		(SELECT date_trunc('second', now()) + interval '3 s' + n * interval '1 s' / $second AS at) due;
END

my $serve = {
	floor => "CALL floor.serve();\n",
	bpm => "CALL bench.wait_until('NOT EXISTS (SELECT FROM bpm.timer WHERE instance > 0)');\n"
};

# All of them become due when the clock is moved.
my $start_pending = <<"END";
SELECT bpm.worker_stop(), bpm.reset_clock();
CALL bench.fill(\$\$:schema.start('timer', jsonb_build_object('at', now() + interval '1 day'))\$\$, $due);
SELECT bpm.advance_clock('2 days');
END

{
	title => 'timers; a step is a timer that fires and ends its instance',
	setup => <<'END',
SELECT FROM bpm.deploy('{"process": "timer", "nodes": [{"id": "wait", "kind": "intermediateCatchEvent",
	"timer": {"date": "=at"}}], "flows": []}'::jsonb);

CREATE OR REPLACE FUNCTION floor.start(process text, variables jsonb) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	i bigint := nextval('floor.id_seq');
	t bigint := nextval('floor.id_seq');
	at timestamptz := now();
BEGIN
	INSERT INTO floor.instance (id, definition, process, version, state, suspended, variables, root, children, events,
			started_at, started_by)
		VALUES (i, 1, process, 1, 'active', false, variables, i, 1, 2, at, current_user);
	INSERT INTO floor.token (id, instance, element, kind, state, children, since)
		VALUES (t, i, 'wait', 'event', 'waiting', 0, at);
	INSERT INTO floor.timer (id, instance, token, definition, element, due_at, repeats_left)
		VALUES (nextval('floor.id_seq'), i, t, 1, 'wait', (variables ->> 'at')::timestamptz, 0);
	INSERT INTO floor.log (instance, seq, at, actor, kinds, tokens, elements, data) VALUES
		(i, 1, at, current_user, '{1,7}', ARRAY[NULL, t], '{NULL,wait}', ARRAY[variables, NULL]);
	RETURN i;
END $$;

CREATE OR REPLACE FUNCTION floor.fire(k floor.timer) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	i floor.instance;
	at timestamptz := now();
BEGIN
	SELECT * INTO i FROM floor.instance WHERE id = k.instance FOR NO KEY UPDATE;
	DELETE FROM floor.timer WHERE id = k.id;
	DELETE FROM floor.token WHERE id = k.token;
	UPDATE floor.instance SET state = 'completed', children = 0, events = i.events + 3, ended_at = at WHERE id = i.id;
	INSERT INTO floor.log (instance, seq, at, actor, kinds, tokens, elements) VALUES
		(i.id, i.events + 1, at, current_user, '{18,8,2}', ARRAY[k.token, k.token, NULL], '{wait,wait,NULL}');
END $$;

CREATE OR REPLACE PROCEDURE floor.drain() LANGUAGE plpgsql AS $$
DECLARE
	fired int;
BEGIN
	LOOP
		SELECT count(floor.fire(k)) INTO fired
			FROM (SELECT t::floor.timer AS k FROM floor.timer t
				WHERE due_at <= now() + interval '2 days' ORDER BY due_at, id LIMIT 1000) due;
		EXIT WHEN fired = 0;
		COMMIT;
	END LOOP;
END $$;

-- Fires each when it is due, until none of an instance is left.
CREATE OR REPLACE PROCEDURE floor.serve() LANGUAGE plpgsql AS $$
DECLARE
	next timestamptz;
BEGIN
	LOOP
		PERFORM floor.fire(k)
			FROM (SELECT t::floor.timer AS k FROM floor.timer t
				WHERE due_at <= clock_timestamp() ORDER BY due_at, id LIMIT 100) due;
		COMMIT;
		SELECT due_at INTO next FROM floor.timer WHERE instance > 0 ORDER BY due_at LIMIT 1;
		EXIT WHEN NOT FOUND;
		COMMIT;
		PERFORM pg_sleep(extract(epoch FROM next - clock_timestamp()));
	END LOOP;
END $$;

CREATE OR REPLACE PROCEDURE bpm.drain() LANGUAGE plpgsql AS $$
BEGIN
	WHILE bpm.tick(1000) > 0 LOOP
		COMMIT;
	END LOOP;
END $$;
END
	cases => [
		{ name => "$second a second, for 10 s", unit => 'timer', transactions => 1,
			units => 10 * $second, before => $start_due, figures => \&lateness, script => $serve },
		{ name => "$due at once, bpm.tick(1000)", unit => 'timer', transactions => 1, units => $due,
			before => $start_pending, script => "CALL :schema.drain();\n" },
		{ name => "$due at once, worker", unit => 'timer', floorless => 1, rounds => 1, transactions => 1,
			units => $due, before => $start_pending,
			script => "SELECT bpm.worker_start();\nCALL bench.wait_until('NOT EXISTS (SELECT FROM bpm.timer)');\n" },
		{ name => "the first, with $pending pending", unit => 'timer', rounds => 1, transactions => 1,
			units => 10 * $second, figures => \&lateness, script => $serve,
			before => <<"END" . $start_due },
SELECT bpm.reset_clock();
INSERT INTO :schema.timer (id, instance, token, definition, element, due_at, repeats_left)
	SELECT nextval(':schema.id_seq'), -n, -n, 1, 'wait', now() + interval '1 day' + n * interval '1 s', 0
		FROM generate_series(1, $pending) n;
END
	],
	cleanup => 'TRUNCATE bpm.timer; SELECT bpm.reset_clock()',
};
