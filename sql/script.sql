-- Promised: a script task evaluates FEEL or one SELECT over the variables, which
-- reach SQL as parameters, never as text.
\set ECHO none
\i test/prelude.sql

CREATE FUNCTION pg_temp.script(format text, script text, result text DEFAULT NULL) RETURNS text LANGUAGE sql AS $$
	SELECT pg_temp.deploy('script', format('<startEvent id="s"/><scriptTask id="a" scriptFormat="%s" %s>
		<script>%s</script></scriptTask><endEvent id="e"/>',
		format, 'bpm:resultVariable="' || result || '"', replace(replace(script, '&', '&amp;'), '<', '&lt;')), 's>a;
		a>e')
$$;
-- The variables afterwards, or what stopped it.
CREATE FUNCTION pg_temp.run(variables jsonb DEFAULT '{}') RETURNS text LANGUAGE plpgsql AS $$
DECLARE started bigint := bpm.start('script', variables); result text;
BEGIN
	SELECT coalesce((SELECT message FROM bpm.incident c WHERE c.instance = i.id), i.variables::text) INTO result
		FROM bpm.instance i WHERE id = started;
	RETURN result;
END $$;

-- FEEL: a context becomes variables, another result is dropped; with a result variable everything goes there.
SELECT pg_temp.script('feel', '{total: a + b, twice: total * 2}');
SELECT pg_temp.run('{"a": 1, "b": 2}');
SELECT pg_temp.script('feel', 'a + b');
SELECT pg_temp.run('{"a": 1, "b": 2}');
SELECT pg_temp.script('feel', 'a + b', 'sum');
SELECT pg_temp.run('{"a": 1, "b": 2}') AS number, pg_temp.run('{"a": "x", "b": "y"}') AS text,
	pg_temp.run('{"a": 1}') AS null;
SELECT pg_temp.script('feel', '[{n: 1}, "x", null, true]', 'list');
SELECT pg_temp.run();
SELECT pg_temp.script('FEEL', '= 1 + 1', 'two');
SELECT pg_temp.run();

-- SQL: an expression or a SELECT; one value of any type.
SELECT pg_temp.script('sql', 'a + b', 'sum');
SELECT pg_temp.run('{"a": 1.5, "b": 2}');
SELECT pg_temp.script('sql', 'SELECT jsonb_build_object(''n'', count(*)) FROM generate_series(1, a)');
SELECT pg_temp.run('{"a": 5}');
SELECT t AS text, pg_temp.script('SQL', t, 'r'), pg_temp.run('{"a": 5, "o": {"p": {"q": "deep"}}, "l": [1, 2]}')
	FROM unnest(ARRAY['''text''', 'true', 'NULL', 'DATE ''2030-01-02''', 'ARRAY[1, 2]', 'ROW(1, ''x'')',
	'SELECT a LIMIT 0', 'WITH w AS (SELECT a + 1 AS b) SELECT b FROM w', 'VALUES (7)',
		'(SELECT max(x) FROM generate_series(1, a) AS x)', 'o.p.q', 'l', 'jsonb_array_length(l)', '"$"',
		'upper(o.p.q) || a', '''NaN''::float8']) AS t;

-- Names that are columns are columns, else variables; a column goes before a variable of its name.
SELECT pg_temp.script('sql', 'SELECT sum(v.a * b) FROM (VALUES (1), (2)) AS v(a)', 'r');
SELECT pg_temp.run('{"a": 100, "b": 10}');

-- Whatever a variable holds is a value: none of this is ever read as SQL.
CREATE TABLE script_victim (x int);
SELECT pg_temp.script('sql', 'SELECT length(name) + (SELECT count(*) FROM script_victim)', 'r');
SELECT v AS name, pg_temp.run(jsonb_build_object('name', v)) FROM unnest(ARRAY['''); DROP TABLE script_victim; --',
	'1 OR 1=1', '$1', '"; DELETE FROM bpm.instance; --', '\''; --', 'name', '(SELECT 1)']) AS v;
SELECT pg_temp.script('sql', 'name', 'r');
SELECT pg_temp.run('{"name": "current_user"}'), pg_temp.run('{"name": "(SELECT 1)"}');

-- Nor what a variable is called.
SELECT pg_temp.run('{"name": 1, "x); DROP TABLE script_victim; --": 2, "\"": 3, "a b": 4, "": 5}');
SELECT pg_temp.script('sql', '"a b" + "Ä"', 'r');
SELECT pg_temp.run('{"a b": 4, "Ä": 5}');
SELECT count(*) FROM script_victim;

-- One SELECT and nothing else; it cannot write.
CREATE FUNCTION pg_temp.attempt(script text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	PERFORM pg_temp.script('sql', script, 'r');
	RETURN pg_temp.run();
EXCEPTION WHEN SQLSTATE 'WF001' THEN
	RETURN SQLERRM;
END $$;
SELECT t AS text, pg_temp.attempt(t)
	FROM unnest(ARRAY['SELECT 1; SELECT 2', 'INSERT INTO script_victim VALUES (1) RETURNING x',
	'TRUNCATE script_victim', 'WITH w AS (INSERT INTO script_victim VALUES (1) RETURNING x) SELECT x FROM w',
		'SELECT 1, 2', 'SELECT generate_series(1, 2)', 'SELECT FROM script_victim', 'SELECT 1 INTO bad',
		'COPY script_victim TO STDOUT', 'BEGIN', 'nothing', 'SELECT', 'a +', '1/0', 'SELECT * FROM nowhere', '',
		';', '--']) AS t WHERE t <> '';
SELECT count(*) FROM script_victim;

-- What fails is an incident: the token stays, and resolve tries again.
SELECT pg_temp.script('sql', '10 / divisor', 'r');
SELECT bpm.start('script', '{"divisor": 0}') AS i \gset
SELECT pg_temp.at(:i);
SELECT kind, element, message, detail FROM bpm.incident WHERE instance = :i;
SELECT bpm.set_variables(:i, '{"divisor": 4}');
SELECT bpm.resolve(pg_temp.incident(:i));
SELECT pg_temp.at(:i), bpm.variables(:i);

-- It sees what its transaction did, and what earlier scripts of the same step set.
SELECT pg_temp.deploy('script_chain', '<startEvent id="s"/>
	<scriptTask id="a" scriptFormat="feel" bpm:resultVariable="x"><script>20</script></scriptTask>
	<scriptTask id="b" scriptFormat="sql" bpm:resultVariable="y"><script>x + (SELECT count(*)
	FROM script_victim)</script></scriptTask>
	<scriptTask id="c" scriptFormat="feel" bpm:resultVariable="z"><script>x + y</script></scriptTask>', 's>a; a>b;
	b>c');
BEGIN;
INSERT INTO script_victim VALUES (1);
SELECT bpm.variables(bpm.start('script_chain'));
ROLLBACK;

-- It runs with the rights of who deployed it.
CREATE ROLE script_poor;
GRANT USAGE ON SCHEMA bpm TO script_poor;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA bpm TO script_poor;
SELECT pg_temp.model('script', '<startEvent id="s"/><scriptTask id="a" scriptFormat="sql" bpm:resultVariable="r">
	<script>current_user || (SELECT count(*) FROM script_victim)</script></scriptTask>', 's>a') AS model \gset
SET ROLE script_poor;
SELECT key FROM bpm.deploy(:'model');
RESET ROLE;
SELECT pg_temp.run();
GRANT SELECT ON script_victim TO script_poor;
SELECT pg_temp.run();
DROP OWNED BY script_poor;
DROP ROLE script_poor;

-- Refused at deploy: no format, no script, FEEL that does not parse, another language nobody handles.
SELECT bpm.deploy(pg_temp.model('script_refused', '<startEvent id="s"/><scriptTask id="a"><script>1</script>
	</scriptTask><scriptTask id="b" scriptFormat="feel"/>
	<scriptTask id="c" scriptFormat="feel"><script>1 +</script></scriptTask>', 's>a; a>b; b>c'));
SELECT bpm.deploy(pg_temp.model('script_js', '<startEvent id="s"/><scriptTask id="a" scriptFormat="javascript">
	<script>1</script></scriptTask>', 's>a'));

-- With a handler for it, it is a job of the type script:<language>.
CREATE FUNCTION pg_temp.js(v jsonb) RETURNS jsonb LANGUAGE sql AS $$ SELECT '{"js": true}'::jsonb $$;
SELECT bpm.handle('script:javascript', 'pg_temp.js', 'inline');
SELECT pg_temp.deploy('script_js', '<startEvent id="s"/><scriptTask id="a" scriptFormat="javascript">
	<script>1</script></scriptTask>', 's>a');
SELECT bpm.variables(bpm.start('script_js'));

-- The headers of the job have what is to be run.
SELECT bpm.handle('script:javascript', 'pg_temp.js', 'async');
SELECT bpm.start('script_js') AS i \gset
SELECT type, headers FROM bpm.job WHERE instance = :i;

-- SQL is parsed when it is deployed; the names in it are looked up when it runs.
SELECT element, line, message FROM bpm.check_model(pg_temp.model('script_sql', '<startEvent id="s"/>' || (
	SELECT string_agg(format('<scriptTask id="t%s" scriptFormat="sql"><script>%s</script></scriptTask>', n, script), E'\n'
		ORDER BY n)
	FROM unnest(ARRAY['SELEC 1 FROM', 'SELECT 1; SELECT 2', 'DELETE FROM a', 'SELECT 1 INTO a', 'a +', 'selection + 1',
		'nowhere.f(a) FROM nothing', 'VALUES (1)', '(SELECT 1)', 'with']) WITH ORDINALITY AS u(script, n)), 's>t1'))
	WHERE severity = 'error';
SELECT bpm.deploy(pg_temp.model('script_sql', '<startEvent id="s"/><userTask id="a"/><userTask id="b"/>
	<sequenceFlow id="f" sourceRef="s" targetRef="a"/><sequenceFlow id="g" sourceRef="a" targetRef="b">
	<conditionExpression language="sql">amount >> </conditionExpression></sequenceFlow>'));
-- What begins like a query need not be one.
SELECT pg_temp.deploy('script_selection', '<startEvent id="s"/><scriptTask id="a" scriptFormat="sql"
	bpm:resultVariable="r"><script>(SELECT count(*) FROM script_victim) &lt; selection</script></scriptTask>
	<scriptTask id="b" scriptFormat="sql" bpm:resultVariable="s"><script>selection + 1</script></scriptTask>
	<userTask id="z"/>', 's>a; a>b; b>z');
SELECT bpm.variables(bpm.start('script_selection', '{"selection": 1}'));

-- Every invariant holds, with what still lives and without.
SELECT * FROM bpm.check();
SELECT pg_temp.clean();
SELECT * FROM bpm.check();
DROP TABLE script_victim;
