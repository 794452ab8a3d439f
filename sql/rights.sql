-- Promised: PUBLIC may do nothing; USAGE on the schema and EXECUTE on the verbs is
-- enough to work; tables are written by the verbs alone, and read by grant.
\set ECHO none
\i test/prelude.sql
CREATE ROLE rights_none;
CREATE ROLE rights_plain;
CREATE ROLE rights_reader;
SELECT pg_temp.model('rights', '<startEvent id="s"/><serviceTask id="a" bpm:type="rights-a"/><userTask id="u"/>
	<receiveTask id="r" messageRef="m"/>
	<intermediateCatchEvent id="t"><timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition>
	</intermediateCatchEvent>
	<exclusiveGateway id="g"/><endEvent id="e"/><endEvent id="f"/>', 's>a; a>u; u>r; r>t; t>g; g>e if ok;
	g>f if ok = "no"', '<message id="m" name="rights-m"/>') AS model \gset

-- Nothing to PUBLIC, in the catalogs.
SELECT p.oid::regprocedure FROM pg_proc p WHERE pronamespace = 'bpm'::regnamespace
	AND has_function_privilege('rights_none', p.oid, 'EXECUTE');
SELECT c.oid::regclass FROM pg_class c WHERE relnamespace = 'bpm'::regnamespace AND relkind IN ('r', 'v', 'm')
	AND has_table_privilege('rights_none', c.oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER');
SELECT s.seqrelid::regclass FROM pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid
	WHERE relnamespace = 'bpm'::regnamespace AND has_sequence_privilege('rights_none', s.seqrelid, 'USAGE, SELECT,
	UPDATE');
SELECT has_schema_privilege('rights_none', 'bpm', 'USAGE, CREATE');

-- Nor in fact: not without USAGE, and not with it alone.
SET ROLE rights_none;
SELECT bpm.start('rights');
SELECT count(*) FROM bpm.instance;
RESET ROLE;
GRANT USAGE ON SCHEMA bpm TO rights_none;
SET ROLE rights_none;
SELECT bpm.start('rights');
SELECT bpm.deploy('<x/>');
SELECT bpm.fetch_jobs('x', 'y');
SELECT bpm.tick();
SELECT bpm.set_clock('2030-01-01');
SELECT bpm.why(1);
SELECT bpm.feel('1');
SELECT count(*) FROM bpm.instance;
RESET ROLE;

-- USAGE and EXECUTE: a whole process, from deploying to its end.
GRANT USAGE ON SCHEMA bpm TO rights_plain;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA bpm TO rights_plain;
SELECT bpm.set_clock('2030-01-01 12:00+00');
SET ROLE rights_plain;
SELECT key, version FROM bpm.deploy(:'model');
SELECT key, version, changed FROM bpm.deploy(:'model'::xml);
SELECT severity FROM bpm.check_model(:'model') WHERE severity = 'error';
SELECT bpm.start('rights', business_key => 'one', unique_key => true) AS i \gset
SELECT bpm.start('rights', business_key => 'one', unique_key => true) = :i AS same;
SELECT job FROM bpm.fetch_jobs('rights-a', 'w') \gset
SELECT bpm.extend_job(:job, '1 hour');
SELECT bpm.fail_job(:job, 'first', retry_in => '0');
SELECT element FROM bpm.fetch_jobs('rights-a', 'w');
SELECT bpm.complete_job(:job, '{"x": 1}', 'w');
SELECT element, waits_for FROM bpm.why(:i);
RESET ROLE;
SELECT pg_temp.task(:i, 'u') AS task \gset
SET ROLE rights_plain;
SELECT bpm.claim_task(:task);
SELECT bpm.complete_task(:task);
SELECT bpm.publish('rights-m', ttl => '1 hour') = :i AS received;
SELECT bpm.publish('rights-m', ttl => '1 hour', message_id => 'x');
SELECT bpm.now();
SELECT bpm.set_variables(:i, '{"y": 2}');
SELECT bpm.variables(:i);
RESET ROLE;
SELECT bpm.advance_clock('1 hour');
SET ROLE rights_plain;
SELECT bpm.tick();
SELECT element, waits_for FROM bpm.why(:i);
SELECT bpm.set_variables(:i, '{"ok": true}');
RESET ROLE;
SELECT pg_temp.incident(:i) AS incident \gset
SET ROLE rights_plain;
SELECT bpm.resolve(:incident);
SELECT count(*) FROM bpm.why(:i);
SELECT bpm.start('rights') AS i2 \gset
SELECT bpm.cancel(:i2, 'enough');
SELECT * FROM bpm.check();
SELECT bpm.feel('1 + 1');
RESET ROLE;
SELECT state, started_by FROM bpm.instance WHERE id IN (:i, :i2) ORDER BY id;

-- But no table: neither read nor written.
SET ROLE rights_plain;
SELECT count(*) FROM bpm.instance;
SELECT source FROM bpm.definition;
UPDATE bpm.instance SET state = 'completed';
DELETE FROM bpm.log;
INSERT INTO bpm.handler VALUES ('x', 'pg_catalog.now()', 'inline', 'me');
TRUNCATE bpm.token;
SELECT nextval('bpm.id_seq');
CREATE TABLE bpm.mine (x int);
RESET ROLE;

-- The test clock is the owner's: it is everybody's clock.
SET ROLE rights_plain;
SELECT bpm.set_clock('2031-01-01');
SELECT bpm.advance_clock('1 day');
SELECT bpm.reset_clock();
RESET ROLE;

-- Reading is by grant, and gives nothing more.
GRANT USAGE ON SCHEMA bpm TO rights_reader;
GRANT SELECT ON ALL TABLES IN SCHEMA bpm TO rights_reader;
SET ROLE rights_reader;
SELECT process, state FROM bpm.instance WHERE id = :i;
SELECT count(*) > 0 AS entries FROM bpm.event WHERE instance = :i;
UPDATE bpm.instance SET state = 'active';
SELECT bpm.cancel(:i);
RESET ROLE;

-- A function that may not be executed may not be made a handler.
CREATE FUNCTION pg_temp.secret(v jsonb) RETURNS jsonb LANGUAGE sql AS $$ SELECT '{}'::jsonb $$;
REVOKE ALL ON FUNCTION pg_temp.secret(jsonb) FROM PUBLIC;
SELECT 'pg_temp.secret'::regproc::oid AS secret \gset
SET ROLE rights_plain;
SELECT bpm.handle('rights-a', :secret);
RESET ROLE;

-- The caller's search_path plays no part in the verbs, whatever is in it.
CREATE SCHEMA rights_evil;
CREATE FUNCTION rights_evil.now() RETURNS timestamptz LANGUAGE sql AS $$ SELECT 'infinity'::timestamptz $$;
CREATE TABLE rights_evil.instance (id bigint);
CREATE OPERATOR rights_evil.= (LEFTARG = bigint, RIGHTARG = bigint, FUNCTION = int8ne);
GRANT USAGE ON SCHEMA rights_evil TO rights_plain;
SET search_path = rights_evil, pg_catalog;
SELECT bpm.start('rights') AS i \gset
SELECT element FROM bpm.fetch_jobs('rights-a', 'w', 10);
SELECT element, waits_for FROM bpm.why(:i);
RESET search_path;
SELECT pg_temp.at(:i);
DROP SCHEMA rights_evil CASCADE;

SELECT bpm.advance_clock('1 day'); SELECT bpm.tick();
-- Every invariant holds, with what still lives and without.
SELECT * FROM bpm.check();
SELECT pg_temp.clean();
SELECT * FROM bpm.check();
DROP OWNED BY rights_none, rights_plain, rights_reader;
DROP ROLE rights_none, rights_plain, rights_reader;
