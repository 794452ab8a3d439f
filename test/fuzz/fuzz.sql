-- The fuzzer, and what it fuzzes.  psql: -v module=PATH OF fuzz.so WITHOUT SUFFIX
\set QUIET on
CREATE SCHEMA fuzz;
CREATE FUNCTION fuzz.load(corpus text[], tokens text[], seed bigint) RETURNS int
AS :'module', 'fuzz_load' LANGUAGE c STRICT;
CREATE FUNCTION fuzz.run(statement text, file text, executions int, ms int, mode text DEFAULT 'mutate')
RETURNS TABLE (finding text, input text)
AS :'module', 'fuzz_run' LANGUAGE c STRICT;

-- The texts of a directory: those of each file are parted by lines of four dashes.
CREATE FUNCTION fuzz.texts(directory text) RETURNS text[] LANGUAGE sql AS $$
	SELECT array_agg(one ORDER BY file, n)
	FROM pg_ls_dir(directory) file,
		regexp_split_to_table(rtrim(pg_read_file(directory || '/' || file), E'\n'), E'\n----\n')
			WITH ORDINALITY AS part(one, n)
$$;
CREATE FUNCTION fuzz.tokens(file text) RETURNS text[] LANGUAGE sql AS $$
	SELECT regexp_split_to_array(rtrim(pg_read_file(file), E'\n'), E'\n')
$$;

-- What the expressions of the corpus like to find.
CREATE FUNCTION fuzz.variables() RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
	SELECT '{"a": 5, "b": -2.5, "c": "text", "x": [1, 2, 3], "y": {"a": 1, "b c": [null, true]}, "s": "fööbar",
		"amount": 1e10, "list": [{"a": 1, "b": "x"}, {"a": 2}, 7, "z", null], "d": "2024-02-29", "n": null, "t": true,
		"dt": "2024-02-29T23:59:60.999999999@Europe/Paris", "big": 9999999999999999999999999999999999,
		"deep": [[[[[[{"a": {"a": {"a": 1}}}]]]]]], "": 1, "first name": "F", "limit": 10, "flag": false}'::jsonb
$$;

-- Each target: a function of the text.  SQLSTATE XX001 is a finding of its own.

CREATE FUNCTION fuzz.feel(text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	sound boolean := NOT EXISTS (SELECT FROM bpm.feel_check($1));
BEGIN
	PERFORM bpm.feel($1, fuzz.variables());
	PERFORM bpm.feel_typed(jsonb_build_object('expression', $1, 'context',
		'{"a": {"number": "5"}, "first name": "x", "d": {"date": "2024-02-29"}, "a-b": [{"number": "1"}],
		"y": {"context": {"p/q": {"number": "3"}}}, "m": {"ymDuration": "P1Y2M"}}'::jsonb));
	IF NOT sound THEN
		RAISE SQLSTATE 'XX001' USING MESSAGE = 'evaluated what feel_check refuses';
	END IF;
EXCEPTION WHEN SQLSTATE 'WF006' THEN
	IF sound THEN
		RAISE SQLSTATE 'XX001' USING MESSAGE = 'refused what feel_check accepts';
	END IF;
END $$;

CREATE FUNCTION fuzz.unary(text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	input jsonb;
BEGIN
	FOREACH input IN ARRAY ARRAY['5', '"b"', 'null', '[1, 2]', '{"a": 1}', '"2024-02-29"', 'true']::jsonb[] LOOP
		PERFORM bpm.feel_unary($1, input, fuzz.variables());
	END LOOP;
END $$;

-- The first line is the pattern, the second the text, the third what replaces, the fourth the flags.
CREATE FUNCTION fuzz.regex(text) RETURNS void LANGUAGE sql AS $$
	SELECT bpm.feel('[matches(s, p, f), replace(s, p, r, f), split(s, p), extract(s, p), matches(s, p)]',
		jsonb_build_object('p', split_part($1, E'\n', 1), 's', split_part($1, E'\n', 2), 'r', split_part($1, E'\n', 3),
			'f', split_part($1, E'\n', 4)))
$$;

CREATE FUNCTION fuzz.json(text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	json jsonb := $1;
BEGIN
	PERFORM bpm.feel_typed(json);
	PERFORM bpm.feel_typed(jsonb_build_object('expression', '[v, string(v), v = v, v instance of Any, {a: v}.a]',
		'context', jsonb_build_object('v', json)));
	PERFORM bpm.feel('[v, string(v), to json(v), from json(string(v)), v.a, v[1], count(v), get entries(v), v < v, '
		'sort(v, function(a, b) a < b), flatten(v), distinct values(v), date(v), duration(v), number(v), min(v), '
		'for i in v return i, context merge(v), get value(v, "a"), v[item = 1], @s]', jsonb_build_object('v', json));
	PERFORM bpm.feel('{r: a}', json);
	PERFORM bpm.set_variables((SELECT max(id) FROM bpm.instance), json);
	PERFORM bpm.start('fuzz_json', json);
EXCEPTION WHEN SQLSTATE 'WF002' OR SQLSTATE 'WF005' OR SQLSTATE 'WF006' THEN
	NULL;
END $$;

CREATE FUNCTION fuzz.dmn(text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	deployed record;
BEGIN
	PERFORM bpm.check_model($1);
	PERFORM bpm.dmn_typed(ARRAY[$1], jsonb_build_object('kind', kind, 'invocable', 'd', 'inputs',
		'{"a": {"number": "5"}, "b": "x", "list": [{"number": "1"}]}'::jsonb, 'results', '["d"]'::jsonb))
	FROM unnest('{decision,decisionService}'::text[]) kind;
	FOR deployed IN SELECT * FROM bpm.deploy($1) LOOP
		IF deployed.kind = 'decision' THEN
			BEGIN
				PERFORM bpm.decide(deployed.key, fuzz.variables());
			EXCEPTION WHEN SQLSTATE 'WF006' THEN
				NULL;
			END;
		END IF;
	END LOOP;
END $$;

-- Deploys and drives what starts, as far as it goes.  check() must have nothing to say.
CREATE FUNCTION fuzz.bpmn(text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	broken text;
BEGIN
	PERFORM bpm.model_graph($1);
	PERFORM bpm.deploy($1);
	PERFORM bpm.start(key, fuzz.variables(), 'key') FROM bpm.definition WHERE kind = 'process' AND key <> 'fuzz_json';
	PERFORM bpm.publish(name, correlation_key, '{"m": 1}') FROM bpm.subscription WHERE kind = 'message' LIMIT 5;
	PERFORM bpm.signal(name) FROM bpm.subscription WHERE kind = 'signal' LIMIT 5;
	PERFORM bpm.complete_job(id, '{"a": 6}') FROM bpm.job LIMIT 3;
	PERFORM bpm.complete_task(id, '{"b": 6}') FROM bpm.task LIMIT 3;
	PERFORM bpm.set_clock('2030-01-01');
	PERFORM bpm.tick(20);
	PERFORM bpm.why(id), bpm.explain(id) FROM bpm.instance LIMIT 5;
	SELECT concat_ws(': ', invariant, detail) INTO broken FROM bpm.check() LIMIT 1;
	IF broken IS NOT NULL THEN
		RAISE SQLSTATE 'XX001' USING MESSAGE = broken;
	END IF;
END $$;

-- The same of processes in JSON.  What is not JSON would be read as XML, which bpmn does.
CREATE FUNCTION fuzz.code(text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	PERFORM bpm.deploy($1::jsonb);
	PERFORM fuzz.bpmn($1);
END $$;

SELECT bpm.deploy('<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"><process id="fuzz_json">
	<startEvent id="s"/><userTask id="t"/><endEvent id="e"/><sequenceFlow id="f" sourceRef="s" targetRef="t"/>
	<sequenceFlow id="g" sourceRef="t" targetRef="e"/></process></definitions>') \g /dev/null
