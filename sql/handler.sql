-- Promised: a stored function does the jobs of a type: inline, within the step,
-- or async, by the background worker (here: bpm.tick) with retries and backoff.
\set ECHO none
\i test/prelude.sql
SET timezone = 'UTC';
SET datestyle = 'ISO';
SELECT bpm.set_clock('2030-01-01 12:00+00');
CREATE SCHEMA hand;
CREATE TABLE hand.call (n int GENERATED ALWAYS AS IDENTITY, what text);
SELECT pg_temp.deploy('hand', '<startEvent id="s"/><serviceTask id="a" bpm:type="hand-a"/><userTask id="z"/>', 's>a;
	a>z');

-- Inline, f(jsonb): all variables go in, what it returns are variables; there is no job.
CREATE FUNCTION hand.whole(v jsonb) RETURNS jsonb LANGUAGE sql AS $$ SELECT jsonb_build_object('twice',
	(v ->> 'x')::int * 2, 'saw', v) $$;
SELECT bpm.handle('hand-a', 'hand.whole', 'inline');
SELECT bpm.start('hand', '{"x": 21}') AS i \gset
SELECT pg_temp.at(:i), bpm.variables(:i);
SELECT what FROM pg_temp.log(:i);

-- Named arguments: variables of the same names, in their types; a missing one is its default, or NULL.
CREATE FUNCTION hand.named(a int, b text, c numeric, d boolean, e jsonb, f int[], g date, h timestamptz,
	missing text, absent text DEFAULT 'default')
	RETURNS jsonb LANGUAGE sql AS $$ SELECT jsonb_build_object('out', row(a, b, c, d, e, f, g, h, missing,
	absent)::text) $$;
SELECT bpm.handle('hand-a', 'hand.named', 'inline');
SELECT bpm.start('hand', '{"a": 1, "b": "it''s \"quoted\"; --", "c": 1.50, "d": true, "e": {"k": [1]}, "f": [1, 2],
	"g": "2030-02-03", "h": "2030-02-03T04:05:06Z"}') AS i \gset
SELECT bpm.variables(:i) ->> 'out' AS out;
SELECT bpm.start('hand', '{"a": null, "b": null, "c": null, "d": null, "e": null, "f": null, "g": null, "h": null,
	"missing": null, "absent": null}') AS i \gset
SELECT bpm.variables(:i) ->> 'out' AS out;

-- What it may return: an object, a row, nothing; anything else only where there is a result variable.
CREATE TYPE hand.pair AS (one int, two text);
CREATE FUNCTION hand.returns_row() RETURNS hand.pair LANGUAGE sql AS $$ SELECT 1, 'two' $$;
CREATE FUNCTION hand.returns_void() RETURNS void LANGUAGE sql AS $$ $$;
CREATE FUNCTION hand.returns_null() RETURNS jsonb LANGUAGE sql AS $$ SELECT NULL::jsonb $$;
CREATE FUNCTION hand.returns_int() RETURNS int LANGUAGE sql AS $$ SELECT 5 $$;
CREATE FUNCTION hand.returns_array() RETURNS jsonb LANGUAGE sql AS $$ SELECT '[1]'::jsonb $$;
CREATE FUNCTION hand.result(function regproc, process text DEFAULT 'hand') RETURNS jsonb LANGUAGE plpgsql AS $$
BEGIN
	PERFORM bpm.handle('hand-a', function, 'inline');
	RETURN bpm.variables(bpm.start(process));
END $$;
SELECT hand.result('hand.returns_row') AS row, hand.result('hand.returns_void') AS void,
	hand.result('hand.returns_null') AS null, hand.result('hand.returns_int') AS int,
	hand.result('hand.returns_array') AS array;
SELECT pg_temp.deploy('hand_result', '<startEvent id="s"/>
	<serviceTask id="a" bpm:type="hand-a" bpm:resultVariable="r"/>', 's>a');
SELECT hand.result('hand.returns_row', 'hand_result') AS row, hand.result('hand.returns_int', 'hand_result') AS int,
	hand.result('hand.returns_array', 'hand_result') AS array;

-- A variable that does not fit its argument raises, and undoes the call.
SELECT bpm.handle('hand-a', 'hand.named', 'inline');
SELECT pg_temp.raises($$SELECT bpm.start('hand', '{"a": "one"}')$$);
SELECT pg_temp.raises($$SELECT bpm.start('hand', '{"g": "2030-02-30"}')$$);

SELECT pg_temp.raises($$SELECT bpm.start('hand', '{"f": 5}')$$);

-- A composite argument is filled from an object.
CREATE FUNCTION hand.takes_row(p hand.pair) RETURNS jsonb LANGUAGE sql AS $$ SELECT jsonb_build_object('sum',
	p.one + 1) $$;
SELECT bpm.handle('hand-a', 'hand.takes_row', 'inline');
SELECT bpm.variables(bpm.start('hand', '{"p": {"one": 4, "other": 5}}')) -> 'sum' AS sum,
	bpm.variables(bpm.start('hand', '{"p": null}')) -> 'sum' AS of_null;

-- What an inline handler raises undoes the whole call, its own writes included.
CREATE FUNCTION hand.fails(v jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO hand.call (what) VALUES (v ->> 'name');
	CASE v ->> 'fail' WHEN 'division' THEN PERFORM 1 / 0;
	WHEN 'raise' THEN RAISE 'out of stock' USING ERRCODE = 'ST001', DETAIL = 'shelf 5'; ELSE NULL; END CASE;
	RETURN '{"done": true}';
END $$;
SELECT bpm.handle('hand-a', 'hand.fails', 'inline');
SELECT count(*) AS before FROM bpm.instance \gset
SELECT bpm.start('hand', '{"fail": "raise", "name": "undone"}');
SELECT count(*) = :before AS unchanged, (SELECT count(*) FROM hand.call) AS calls FROM bpm.instance;

-- An error boundary catches it by its SQLSTATE; what the function wrote is undone, the step goes on.
SELECT pg_temp.deploy('hand_caught', '<startEvent id="s"/><serviceTask id="a" bpm:type="hand-a"/>
	<boundaryEvent id="b" attachedToRef="a"><errorEventDefinition errorRef="e" bpm:errorMessageVariable="text"/>
	</boundaryEvent><userTask id="z"/><userTask id="y"/>', 's>a; a>z; b>y',
	'<error id="e" errorCode="ST001"/>');
SELECT bpm.start('hand_caught', '{"fail": "raise", "name": "caught"}') AS i \gset
SELECT pg_temp.at(:i), bpm.variables(:i), (SELECT count(*) FROM hand.call) AS calls;
SELECT kind, element, data FROM bpm.event WHERE instance = :i AND kind = 'error_thrown';

-- Another SQLSTATE is not caught by that one, and by a catch-all it is.
SELECT pg_temp.raises($$SELECT bpm.start('hand_caught', '{"fail": "division"}')$$);
SELECT pg_temp.deploy('hand_all', '<startEvent id="s"/><serviceTask id="a" bpm:type="hand-a"/>
	<boundaryEvent id="b" attachedToRef="a"><errorEventDefinition bpm:errorCodeVariable="code"/></boundaryEvent>
	<userTask id="z"/><userTask id="y"/>', 's>a; a>z; b>y');
SELECT bpm.start('hand_all', '{"fail": "division"}') AS i \gset
SELECT pg_temp.at(:i), bpm.variables(:i);
SELECT bpm.start('hand_all', '{"name": "went well"}') AS i \gset
SELECT pg_temp.at(:i), (SELECT array_agg(what) FROM hand.call) AS calls;

-- Async: a job that nobody but the worker does; its lock, retries and backoff are the job's.
SELECT bpm.handle('hand-a', 'hand.fails');
SELECT type, function, mode, registered_by = current_user AS by_me FROM bpm.handler;
SELECT bpm.start('hand', '{"name": "async"}') AS i \gset
SELECT pg_temp.at(:i);
SELECT bpm.tick();
SELECT pg_temp.at(:i), bpm.variables(:i);

-- A failing attempt leaves nothing; after the last one there is an incident with SQLSTATE, message and context.
SELECT bpm.start('hand', '{"fail": "raise", "name": "fails"}') AS i \gset
SELECT bpm.tick();
SELECT state, retries, due_at - bpm.now() AS wait, error FROM bpm.job WHERE instance = :i;
SELECT bpm.tick();
SELECT bpm.advance_clock('10 seconds'); SELECT bpm.tick();
SELECT state, retries, due_at - bpm.now() AS wait FROM bpm.job WHERE instance = :i;
SELECT bpm.advance_clock('1 minute'); SELECT bpm.tick();
SELECT state, retries, due_at FROM bpm.job WHERE instance = :i;
SELECT pg_temp.at(:i), (SELECT count(*) FROM hand.call WHERE what = 'fails') AS calls;
SELECT kind, element, message, detail FROM bpm.incident WHERE instance = :i;
SELECT kind, element, data - 'job' - 'detail' AS data FROM bpm.event WHERE instance = :i AND kind = 'job_failed'
	ORDER BY seq;
SELECT bpm.tick();

-- Resolving after the cause was mended.
SELECT bpm.set_variables(:i, '{"fail": null}');
SELECT bpm.resolve(pg_temp.incident(:i));
SELECT bpm.tick();
SELECT pg_temp.at(:i), (SELECT count(*) FROM hand.call WHERE what = 'fails') AS calls;

-- The model's own plan.
SELECT pg_temp.deploy('hand_plan', '<startEvent id="s"/>
	<serviceTask id="a" bpm:type="hand-a" bpm:retries="2" bpm:backoff="PT5M"/>', 's>a');
SELECT bpm.start('hand_plan', '{"fail": "division"}') AS i \gset
SELECT bpm.tick();
SELECT state, retries, due_at - bpm.now() AS wait, error FROM bpm.job WHERE instance = :i;
SELECT bpm.advance_clock('5 minutes'); SELECT bpm.tick();
SELECT pg_temp.at(:i);
SELECT bpm.cancel(:i);

-- One failing job does not hold up the others.
SELECT count(bpm.start('hand', jsonb_build_object('fail', CASE WHEN n % 3 = 0 THEN 'raise' END, 'name', 'many')))
	FROM generate_series(1, 30) AS n;
SELECT bpm.tick();
SELECT count(*) FROM hand.call WHERE what = 'many';
SELECT state, count(*) FROM bpm.job WHERE type = 'hand-a' GROUP BY state;
SELECT bpm.tick(5);
SELECT bpm.cancel(id) FROM bpm.instance WHERE state = 'active' \g /dev/null

-- Jobs that wait already are the handler's when it is registered, and the worker's own again when it is not.
SELECT bpm.unhandle('hand-a');
SELECT bpm.start('hand', '{"name": "later"}') AS i \gset
SELECT bpm.tick();
SELECT count(*) FROM bpm.fetch_jobs('hand-a', 'w', lock_for => '1 second');
SELECT bpm.advance_clock('1 second');
SELECT bpm.handle('hand-a', 'hand.fails', 'async');
SELECT bpm.tick();
SELECT pg_temp.at(:i);
SELECT bpm.unhandle('hand-a');
SELECT bpm.unhandle('hand-a');

-- A dropped function: inline an error, async retries and an incident; another one mends it.
CREATE FUNCTION hand.gone(v jsonb) RETURNS jsonb LANGUAGE sql AS $$ SELECT '{}'::jsonb $$;
SELECT bpm.handle('hand-a', 'hand.gone', 'inline');
DROP FUNCTION hand.gone;
SELECT regexp_replace(pg_temp.raises($$SELECT bpm.start('hand')$$), '\d{4,}', 'N');
CREATE FUNCTION hand.gone(v jsonb) RETURNS jsonb LANGUAGE sql AS $$ SELECT '{}'::jsonb $$;
SELECT bpm.handle('hand-a', 'hand.gone', 'async');
SELECT bpm.start('hand') AS i \gset
DROP FUNCTION hand.gone;
SELECT bpm.tick();
SELECT state, retries, error FROM bpm.job WHERE instance = :i;
SELECT bpm.handle('hand-a', 'hand.whole', 'async');
SELECT bpm.advance_clock('10 seconds'); SELECT bpm.tick();
SELECT pg_temp.at(:i);

-- It sees what the same transaction wrote before, and writes with it.
CREATE FUNCTION hand.counts(v jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO hand.call (what) VALUES ('counted');
	RETURN jsonb_build_object('n', (SELECT count(*) FROM hand.call WHERE what = 'counted'));
END $$;
SELECT pg_temp.deploy('hand_twice', '<startEvent id="s"/><serviceTask id="a" bpm:type="hand-c"/>
	<serviceTask id="b" bpm:type="hand-c"/>', 's>a; a>b');
SELECT bpm.handle('hand-c', 'hand.counts', 'inline');
BEGIN;
INSERT INTO hand.call (what) VALUES ('counted');
SELECT bpm.variables(bpm.start('hand_twice'));
ROLLBACK;
SELECT count(*) FROM hand.call WHERE what = 'counted';

-- It may use the verbs, but not on its own instance.
CREATE FUNCTION hand.starts(v jsonb) RETURNS jsonb LANGUAGE sql AS $$ SELECT jsonb_build_object('other',
	bpm.start('hand_inner', business_key => 'started by a handler') IS NOT NULL) $$;
SELECT pg_temp.deploy('hand_inner', '<startEvent id="s"/><userTask id="a"/>', 's>a');
SELECT bpm.handle('hand-a', 'hand.starts', 'inline');
SELECT bpm.start('hand', business_key => 'outer') AS i \gset
SELECT bpm.variables(:i), (SELECT state FROM bpm.instance WHERE business_key = 'started by a handler');
CREATE FUNCTION hand.interferes(me bigint) RETURNS jsonb LANGUAGE plpgsql AS $$
BEGIN
	PERFORM bpm.cancel(me);
	RETURN NULL;
END $$;
SELECT pg_temp.deploy('hand_self', '<startEvent id="s"/><userTask id="u"/><serviceTask id="a" bpm:type="hand-s"/>',
	's>u; u>a');
SELECT bpm.handle('hand-s', 'hand.interferes', 'inline');
SELECT bpm.start('hand_self') AS i \gset
SELECT pg_temp.raises(format('SELECT pg_temp.done(%s, ''u'', ''{"me": %s}'')', :i, :i));
SELECT pg_temp.at(:i);

-- Nor may it withdraw the process that it works for: the instance is not written yet.
CREATE FUNCTION hand.withdraws(v jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
BEGIN
	PERFORM bpm.undeploy(id, true) FROM bpm.definition WHERE key = 'hand_withdrawn';
	RETURN NULL;
END $$;
SELECT pg_temp.deploy('hand_withdrawn', '<startEvent id="s"/><serviceTask id="a" bpm:type="hand-w"/>', 's>a');
SELECT bpm.handle('hand-w', 'hand.withdraws', 'inline');
SELECT pg_temp.raises($$SELECT bpm.start('hand_withdrawn')$$);
SELECT bpm.unhandle('hand-w');
SELECT bpm.undeploy(id) FROM bpm.definition WHERE key = 'hand_withdrawn';

-- Its settings do not leak, nor do those that it changes; it runs with the search_path of the deployment.
CREATE FUNCTION hand.settings(v jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE path text := current_setting('search_path');
BEGIN
	PERFORM set_config('search_path', 'pg_catalog', false), set_config('work_mem', '123MB', false);
	RETURN jsonb_build_object('path', path);
END $$;
SET search_path = hand, public;
SELECT pg_temp.deploy('hand_path', '<startEvent id="s"/><serviceTask id="a" bpm:type="hand-p"/>', 's>a');
RESET search_path;
SELECT bpm.handle('hand-p', 'hand.settings', 'inline');
SELECT bpm.variables(bpm.start('hand_path')), current_setting('search_path'),
	current_setting('work_mem') = '123MB' AS leaked;

-- It runs as the role that deployed, with no more rights than that role has, whoever calls.
CREATE ROLE hand_poor;
GRANT USAGE ON SCHEMA hand, bpm TO hand_poor;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA bpm TO hand_poor;
CREATE FUNCTION hand.role(v jsonb) RETURNS jsonb LANGUAGE sql AS $$ SELECT jsonb_build_object('user',
	current_user) $$;
CREATE FUNCTION hand.escalates(v jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE 'RESET ROLE';
	INSERT INTO hand.call (what) VALUES ('escalated');
	RETURN '{}';
END $$;
SELECT bpm.handle('hand-r', 'hand.role', 'inline');
SELECT pg_temp.model('hand_role', '<startEvent id="s"/><serviceTask id="a" bpm:type="hand-r"/>', 's>a') AS model \gset
SET ROLE hand_poor;
SELECT key, version FROM bpm.deploy(:'model');
SELECT bpm.variables(bpm.start('hand_role'));
RESET ROLE;
SELECT bpm.variables(bpm.start('hand_role')), current_user = 'hand_poor' AS poor;
SELECT bpm.handle('hand-r', 'hand.fails', 'inline');
SELECT pg_temp.raises($$SELECT bpm.start('hand_role')$$);
SELECT bpm.handle('hand-r', 'hand.escalates', 'inline');
SELECT pg_temp.raises($$SELECT bpm.start('hand_role')$$);
SELECT bpm.handle('hand-r', 'hand.role', 'async');
SELECT bpm.start('hand_role') AS i \gset
SELECT bpm.tick();
SELECT bpm.variables(:i);

-- A role that is gone can run nothing.
SELECT bpm.start('hand_role') AS i \gset
DROP OWNED BY hand_poor;
DROP ROLE hand_poor;
SELECT bpm.tick();
SELECT error FROM bpm.job WHERE instance = :i;

-- Refused.
CREATE PROCEDURE hand.procedure() LANGUAGE sql AS $$ $$;
CREATE FUNCTION hand.set() RETURNS SETOF jsonb LANGUAGE sql AS $$ SELECT '{}'::jsonb $$;
CREATE FUNCTION hand.unnamed(int, int) RETURNS jsonb LANGUAGE sql AS $$ SELECT '{}'::jsonb $$;
SELECT bpm.handle('hand-x', 'hand.procedure');
SELECT bpm.handle('hand-x', 'hand.set');
SELECT bpm.handle('hand-x', 'pg_catalog.count');
SELECT bpm.handle('hand-x', 'hand.nothing');
SELECT bpm.handle('hand-x', 0);
SELECT bpm.handle('hand-x', 'hand.whole', 'sometimes');
SELECT bpm.handle('hand-a', 'hand.unnamed', 'inline');
SELECT pg_temp.raises($$SELECT bpm.start('hand')$$);
SELECT bpm.unhandle('hand-x');

-- Every invariant holds, with what still lives and without.
SELECT * FROM bpm.check();
SELECT pg_temp.clean();
SELECT * FROM bpm.check();
DROP SCHEMA hand CASCADE;
