-- What the fuzzer of the SQL interface needs at the server: handlers and a trigger that call verbs themselves.
SET client_min_messages = error;
CREATE SCHEMA IF NOT EXISTS fuzz;
DO $$ BEGIN CREATE ROLE fuzz_clerk; EXCEPTION WHEN duplicate_object THEN NULL; END $$;
GRANT USAGE ON SCHEMA bpm TO fuzz_clerk;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA bpm TO fuzz_clerk;

CREATE OR REPLACE FUNCTION fuzz.echo(jsonb) RETURNS jsonb LANGUAGE sql AS 'SELECT $1';
CREATE OR REPLACE FUNCTION fuzz.fails(a int) RETURNS jsonb LANGUAGE sql AS $$ SELECT to_jsonb(10 / (a - 5)) $$;

-- Calls whatever there is, also upon its own instance; what is refused is swallowed or not.
CREATE OR REPLACE FUNCTION fuzz.nested(jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
BEGIN
	BEGIN
		CASE floor(random() * 9)
			WHEN 0 THEN PERFORM bpm.cancel(max(id)) FROM bpm.instance;
			WHEN 1 THEN PERFORM bpm.publish('ping', 'key', '{}', '1 hour');
			WHEN 2 THEN PERFORM bpm.signal('alarm');
			WHEN 3 THEN PERFORM bpm.complete_job(id) FROM bpm.job ORDER BY random() LIMIT 1;
			WHEN 4 THEN PERFORM bpm.start(process) FROM bpm.instance ORDER BY random() LIMIT 1;
			WHEN 5 THEN PERFORM bpm.tick(2);
			WHEN 6 THEN PERFORM bpm.undeploy(max(id), true) FROM bpm.definition WHERE kind = 'process';
			WHEN 7 THEN PERFORM bpm.suspend(id) FROM bpm.instance WHERE state = 'active' ORDER BY random() LIMIT 1;
			ELSE PERFORM bpm.set_variables(max(id), '{"a": 7}') FROM bpm.instance;
		END CASE;
	EXCEPTION WHEN OTHERS THEN
		IF random() < 0.3 THEN
			RAISE;
		END IF;
	END;
	RETURN '{"nested": true}';
END $$;

CREATE TABLE IF NOT EXISTS fuzz.row (process text);
CREATE OR REPLACE FUNCTION fuzz.inserted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	PERFORM bpm.start(NEW.process, '{"a": 5, "items": [1]}');
	PERFORM fuzz.nested('{}');
	RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER inserted BEFORE INSERT ON fuzz.row FOR EACH ROW EXECUTE FUNCTION fuzz.inserted();
GRANT USAGE ON SCHEMA fuzz TO fuzz_clerk;
GRANT ALL ON ALL TABLES IN SCHEMA fuzz TO fuzz_clerk;

SELECT bpm.handle('inline', 'fuzz.echo', 'inline'), bpm.handle('nested', 'fuzz.nested', 'inline'),
	bpm.handle('later', 'fuzz.nested', 'async'), bpm.handle('fail', 'fuzz.fails', 'async');
