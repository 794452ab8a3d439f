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

-- A statement that calls verbs for many rows keeps the tables open from call to call. Each sees what those before it did;
-- one that fails in a subtransaction takes only its own rows along; triggers that call verbs find tables of their own.
CREATE FUNCTION start_unless_odd(n integer) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
	i bigint := bpm.start('store', business_key => 'kept ' || n);
BEGIN
	BEGIN
		i := bpm.start('store', business_key => 'undone ' || n);
		IF n % 2 = 1 THEN
			RAISE 'odd';
		END IF;
	EXCEPTION WHEN raise_exception THEN
		RETURN false;
	END;
	RETURN true;
END $$;
SELECT count(*) FILTER (WHERE start_unless_odd(n)) AS even, count(bpm.start('store', business_key => 'beside ' || n))
FROM generate_series(1, 100) n;
SELECT split_part(business_key, ' ', 1) AS key, count(*) FROM bpm.instance WHERE business_key ~ '^(kept|undone|beside) '
GROUP BY 1 ORDER BY 1;

CREATE FUNCTION refuse_seventh() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF NEW.business_key = 'all 7' THEN
		RAISE 'not this one';
	END IF;
	IF NEW.business_key ~ '^all' THEN
		PERFORM bpm.start('store', business_key => 'from a ' || NEW.business_key);
	END IF;
	RETURN NEW;
END $$;
CREATE TRIGGER a AFTER INSERT ON bpm.instance FOR EACH ROW EXECUTE FUNCTION refuse_seventh();
SELECT count(bpm.start('store', business_key => 'all ' || n)) FROM generate_series(1, 10) n;
SELECT count(bpm.start('store', business_key => 'all ' || n)) FROM generate_series(1, 6) n;
SELECT count(*) FILTER (WHERE business_key ~ '^all') AS called, count(*) FILTER (WHERE business_key ~ '^from') AS by_trigger
FROM bpm.instance WHERE business_key ~ 'all';
DROP TRIGGER a ON bpm.instance;

-- What changes in between is noticed: a clock that is set, a version that is deployed.
CREATE FUNCTION change_all(n integer) RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
	IF n = 3 THEN
		PERFORM bpm.set_clock('2099-01-01');
		PERFORM bpm.deploy('{"process": "store_new", "name": "other", "steps": [{"do": "it"}]}'::jsonb);
	END IF;
	RETURN bpm.start('store_new', business_key => 'new ' || n);
END $$;
SELECT key, version FROM bpm.deploy('{"process": "store_new", "steps": [{"do": "it"}]}'::jsonb);
SELECT count(change_all(n)) FROM generate_series(1, 4) n;
SELECT business_key, version, started_at > '2098-01-01' AS late FROM bpm.instance WHERE process = 'store_new' ORDER BY id;
SELECT bpm.reset_clock();
SELECT count(bpm.cancel(id)) FROM bpm.instance WHERE process = 'store_new';

-- As long as a statement keeps tables open it does not alter them.
CREATE FUNCTION make_index() RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
	CREATE INDEX mine ON bpm.instance (events);
	RETURN true;
END $$;
SELECT bpm.start('store') > 0 AS started, make_index();
SELECT bpm.start('store') > 0 AS started;
SELECT make_index();
DROP INDEX bpm.mine;
SELECT finish();

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
DROP FUNCTION thing, start_another, hear, finish, start_unless_odd, refuse_seventh, change_all, make_index;
DROP TABLE heard;
