-- Rows are written past SQL, and yet all that SQL would do is done: triggers, constraints,
-- indexes; and what cannot be done is refused.
SELECT kind, key, version FROM bpm.deploy($$<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"
		xmlns:bpm="urn:bpm:postgresql" targetNamespace="urn:bpm:test">
	<process id="store" isExecutable="true">
		<startEvent id="start"/>
		<serviceTask id="work" bpm:type="work"/>
		<endEvent id="end"/>
		<sequenceFlow id="a" sourceRef="start" targetRef="work"/>
		<sequenceFlow id="b" sourceRef="work" targetRef="end"/>
	</process></definitions>$$);
CREATE FUNCTION finish() RETURNS bigint LANGUAGE sql AS $$
	WITH done AS (SELECT bpm.complete_job(id) FROM bpm.job WHERE type = 'work') SELECT count(*) FROM done
$$;

-- Triggers of all kinds, and a foreign key.
CREATE TABLE heard (id serial, what text);
CREATE FUNCTION hear() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO heard (what) VALUES (concat_ws(' ', tg_table_name, lower(tg_when), lower(tg_op), lower(tg_level)));
	RETURN CASE tg_op WHEN 'DELETE' THEN old ELSE new END;
END $$;
CREATE TRIGGER a BEFORE INSERT OR UPDATE OR DELETE ON bpm.job FOR EACH ROW EXECUTE FUNCTION hear();
CREATE TRIGGER b AFTER INSERT OR UPDATE OR DELETE ON bpm.job FOR EACH ROW EXECUTE FUNCTION hear();
CREATE TRIGGER c BEFORE INSERT OR UPDATE OR DELETE ON bpm.instance FOR EACH STATEMENT EXECUTE FUNCTION hear();
CREATE TRIGGER d AFTER INSERT OR UPDATE OR DELETE ON bpm.instance FOR EACH STATEMENT EXECUTE FUNCTION hear();
ALTER TABLE bpm.job ADD CONSTRAINT j FOREIGN KEY (token) REFERENCES bpm.token DEFERRABLE INITIALLY DEFERRED;
SELECT bpm.start('store') > 0 AS started;
SELECT finish();
SELECT what FROM heard ORDER BY id;
ALTER TABLE bpm.job DROP CONSTRAINT j;
DROP TRIGGER a ON bpm.job;
DROP TRIGGER b ON bpm.job;
DROP TRIGGER c ON bpm.instance;
DROP TRIGGER d ON bpm.instance;

-- A trigger may use the verbs itself, in the middle of a write.
CREATE FUNCTION start_another() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF pg_trigger_depth() < 4 THEN
		PERFORM bpm.start('store', business_key => 'nested');
	END IF;
	RETURN new;
END $$;
CREATE TRIGGER a BEFORE INSERT ON bpm.token FOR EACH ROW EXECUTE FUNCTION start_another();
SELECT bpm.start('store') > 0 AS started;
DROP TRIGGER a ON bpm.token;
SELECT count(*) FROM bpm.instance WHERE business_key = 'nested';
SELECT finish();

-- An index of the user, a column of the user: the one is kept up, the other in the way.
CREATE INDEX mine ON bpm.instance (lower(business_key)) WHERE events > 1;
SELECT bpm.start('store', business_key => 'Mine') > 0 AS started;
SET enable_seqscan = off;
SELECT state FROM bpm.instance WHERE lower(business_key) = 'mine' AND events > 1;
RESET enable_seqscan;
DROP INDEX bpm.mine;
ALTER TABLE bpm.log ADD COLUMN mine text;
SELECT bpm.start('store');
ALTER TABLE bpm.log DROP COLUMN mine;
SELECT finish();
CREATE TRIGGER a AFTER INSERT ON bpm.log REFERENCING NEW TABLE AS new FOR EACH STATEMENT EXECUTE FUNCTION hear();
SELECT bpm.start('store');
DROP TRIGGER a ON bpm.log;
CREATE RULE r AS ON INSERT TO bpm.log DO INSTEAD NOTHING;
SELECT bpm.start('store');
DROP RULE r ON bpm.log;
SELECT bpm.start('store') > 0 AS started;
SELECT finish();

-- Variables are merged as || does it, whatever their types, sizes and order.
CREATE FUNCTION thing(depth integer) RETURNS jsonb LANGUAGE sql VOLATILE AS $$
	SELECT coalesce(jsonb_object_agg(repeat(chr(97 + n % 26), 1 + n % 7), CASE (random() * 6)::integer
		WHEN 0 THEN to_jsonb(n * 1.5) WHEN 1 THEN to_jsonb(repeat('x', n)) WHEN 2 THEN 'null' WHEN 3 THEN to_jsonb(n)
		WHEN 4 THEN jsonb_build_array(n, 'two', NULL, true) WHEN 5 THEN to_jsonb(repeat('9', n)::numeric)
		ELSE jsonb_build_object('n', n, 'of', jsonb_build_object('depth', depth, 'x', repeat('y', n % 5))) END), '{}')
	FROM generate_series(1, 90) n WHERE random() < 0.6
$$;
SELECT setseed(0.5);
DO $$
DECLARE
	i bigint := bpm.start('store');
	a jsonb := '{}';
	b jsonb;
BEGIN
	FOR n IN 1..200 LOOP
		b := thing(n);
		PERFORM bpm.set_variables(i, b);
		a := a || b;
		IF bpm.variables(i) IS DISTINCT FROM a OR bpm.variables(i)::text <> a::text
			OR (SELECT count(*) FROM jsonb_object_keys(a) k WHERE bpm.variables(i) -> k IS DISTINCT FROM a -> k) > 0
		THEN
			RAISE EXCEPTION 'round %: % || % is not %', n, a, b, bpm.variables(i);
		END IF;
		IF n % 20 = 0 THEN
			PERFORM bpm.cancel(i);
			i := bpm.start('store');
			a := '{}';
		END IF;
	END LOOP;
END $$;

-- What was undone is gone from the caches, too.
BEGIN;
SET LOCAL timezone = 'UTC';
SET LOCAL datestyle = 'ISO';
SELECT bpm.set_clock('2040-01-01');
SAVEPOINT s;
SELECT bpm.set_clock('2050-01-01');
ROLLBACK TO s;
SELECT bpm.now();
ROLLBACK;
SELECT bpm.now() < '2040-01-01' AS now;
SELECT c.* FROM bpm.check() c JOIN bpm.instance i ON i.id = c.instance WHERE process = 'store';

SELECT bpm.cancel(id) FROM bpm.instance WHERE state = 'active' AND process = 'store';
DROP FUNCTION thing, start_another, hear, finish;
DROP TABLE heard;
