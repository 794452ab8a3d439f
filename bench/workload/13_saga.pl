# Five steps forwards, a sixth that fails, and five back.

{
	title => 'saga: 5 steps by inline handlers, a 6th that raises, 5 back: one call; a step is a handler called',
	setup => <<'END',
CREATE FUNCTION bench.book(variables jsonb) RETURNS jsonb LANGUAGE sql AS $$ SELECT '{"booked": true}'::jsonb $$;
CREATE FUNCTION bench.refuse(variables jsonb) RETURNS jsonb LANGUAGE plpgsql
	AS $$ BEGIN RAISE 'no money' USING ERRCODE = 'P0666'; END $$;
SELECT bpm.handle('book', 'bench.book', 'inline'), bpm.handle('undo', 'bench.book', 'inline'),
	bpm.handle('pay', 'bench.refuse', 'inline');
SELECT FROM bpm.deploy(format('{"process": "saga", "steps": [%s, {"do": "pay"}]}',
	(SELECT string_agg(format('{"do": "book", "id": "s%s", "compensate": {"do": "undo", "id": "u%1$s"}}', n), ', ')
		FROM generate_series(1, 5) n))::jsonb);
SELECT floor.record(bpm.start('saga', '{"n": 1}'));
CREATE TABLE bench.script_saga AS SELECT * FROM bpm.saga;

CREATE OR REPLACE FUNCTION floor.start(process text, variables jsonb) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	i bigint := nextval('floor.id_seq');
	t bigint := nextval('floor.id_seq');
	at timestamptz := now();
BEGIN
	FOR n IN 1..5 LOOP
		variables := variables || bench.book(variables);
	END LOOP;
	BEGIN
		PERFORM bench.refuse(variables);
	EXCEPTION WHEN SQLSTATE 'P0666' THEN
		NULL;
	END;
	FOR n IN 1..5 LOOP
		variables := variables || bench.book(variables);
	END LOOP;
	INSERT INTO floor.instance (id, definition, process, version, state, suspended, variables, root, children, events,
			started_at, started_by, ended_at, error_code)
		VALUES (i, 1, process, 1, 'failed', false, variables, i, 0, 80, at, current_user, at, 'P0666');
	INSERT INTO floor.saga (id, instance, element, handler, seq, state, variables, done_at, compensated_at)
		SELECT nextval('floor.id_seq'), i, element, handler, seq, state, s.variables, at, at FROM bench.script_saga s;
	INSERT INTO floor.log
		SELECT i, seq, now(), current_user, 0, kinds, (SELECT array_agg(t + x ORDER BY n)
				FROM unnest(tokens) WITH ORDINALITY AS k (x, n)), elements, data, moves
			FROM floor.script;
	RETURN i;
END $$;
END
	cases => [ map { { name => "$_ client(s)", clients => $_, steps => 11,
				script => "SELECT :schema.start('saga', '{\"n\": 1}');\n" } } 1, 16 ],
	cleanup => 'TRUNCATE floor.script; DROP TABLE bench.script_saga',
};
