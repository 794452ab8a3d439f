# What a step costs where nothing waits.

my $call = q{:schema.start('straight', '{"n": 1}')};

{
	title => 'start, 10 FEEL script tasks with gateways between them, end: one call; a step is an element',
	setup => <<'END',
SELECT FROM bpm.deploy(format('{"process": "straight", "nodes": [{"id": "begin", "kind": "startEvent"},
	{"id": "end", "kind": "endEvent"}, %s],
	"flows": [{"from": "begin", "to": "t1"}, {"from": "t10", "to": "end"}, %s]}',
	(SELECT string_agg(format('{"id": "t%s", "kind": "scriptTask",
			"script": {"text": "n + %1$s", "language": "feel", "result": "n"}}', i), ', ')
		FROM generate_series(1, 10) i)
	|| (SELECT string_agg(format(', {"id": "g%s", "kind": "exclusiveGateway"}', i), '') FROM generate_series(1, 9) i),
	(SELECT string_agg(format('{"from": "t%s", "to": "g%1$s"}, {"from": "g%1$s", "to": "t%s", "condition": "n > 0"},
			{"from": "g%1$s", "to": "end", "id": "no%1$s", "default": true}', i, i + 1), ', ')
		FROM generate_series(1, 9) i))::jsonb);
SELECT floor.record(bpm.start('straight', '{"n": 1}'));

CREATE OR REPLACE FUNCTION floor.start(process text, variables jsonb) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	i bigint := nextval('floor.id_seq');
	t bigint := nextval('floor.id_seq');
	at timestamptz := now();
BEGIN
	INSERT INTO floor.instance (id, definition, process, version, state, suspended, variables, root, children, events,
			started_at, started_by, ended_at)
		VALUES (i, 1, process, 1, 'completed', false, '{"n": 56}', i, 0, 74, at, current_user, at);
	INSERT INTO floor.log
		SELECT i, seq, now(), current_user, 0, kinds, array_replace(tokens, 1, t), elements, data, moves
			FROM floor.script;
	RETURN i;
END $$;
END
	cases => [
		{ name => '1 client', steps => 21, script => "SELECT $call;\n" },
		{ name => '16 clients', steps => 21, clients => 16, script => "SELECT $call;\n" },
		{ name => '10,000 in one transaction', steps => 21, transactions => 1, units => 10000,
			script => "SELECT count($call) FROM generate_series(1, 10000);\n" },
	],
	cleanup => 'TRUNCATE floor.script',
};
