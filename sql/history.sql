-- Promised: history is dropped when it has been kept as long as it was said to be,
-- and not before; what lives goes on, what is archived is seen by the archive first.
-- In a database of its own, for here everything goes.
\set ECHO none
\set home :DBNAME
CREATE DATABASE bpm_history;
\c bpm_history
CREATE EXTENSION bpm;
\i test/prelude.sql
-- Of the log: how many events each instance named by its business key has, and from which one on.
CREATE FUNCTION pg_temp.kept() RETURNS TABLE (key text, state text, events bigint, first bigint, last bigint)
LANGUAGE sql AS $$
	SELECT i.business_key, i.state, count(e.seq), min(e.seq), max(e.seq)
		FROM bpm.instance i LEFT JOIN bpm.event e ON e.instance = i.id
		WHERE i.process LIKE 'history%' GROUP BY i.id ORDER BY i.id
$$;
-- Days go by, and on each of them the worker tidies up.
CREATE FUNCTION pg_temp.days(n int) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	FOR i IN 1 .. n LOOP
		PERFORM bpm.advance_clock('1 day');
		PERFORM bpm.tick();
	END LOOP;
END $$;
SELECT bpm.set_clock('2030-01-01 12:00+00');
SELECT pg_temp.deploy('history', '<startEvent id="s"/><userTask id="a"/><userTask id="b"/>', 's>a; a>b');
SELECT pg_temp.deploy('history_long', '<startEvent id="s"/><task id="a"/>', 's>a');
SELECT pg_temp.deploy('history_short', '<startEvent id="s"/><task id="a"/>', 's>a');

-- For ever, unless somebody says otherwise.
SELECT bpm.start('history', business_key => 'lives') AS lives \gset
SELECT bpm.start('history', business_key => 'ends') AS ends \gset
SELECT pg_temp.done(:ends, 'a'), pg_temp.done(:ends, 'b');
SELECT pg_temp.days(3);
SELECT * FROM pg_temp.kept();
SELECT count(*) FROM bpm.segment;

-- A week: what was written before that was said is a week old when it was said a week ago.
SELECT bpm.set_retention('7 days');
SELECT pg_temp.days(6);
SELECT * FROM pg_temp.kept();
SELECT pg_temp.days(4);
SELECT * FROM pg_temp.kept();

-- The living one goes on, numbers and all; of the past there is what is kept.
SELECT pg_temp.done(:lives, 'a', '{"x": 1}');
SELECT * FROM pg_temp.kept();
SELECT pg_temp.raises(format('SELECT bpm.state_at(%s)', :lives));
SELECT * FROM bpm.check();

-- Round and round: eight partitions are enough, whatever happens.
SELECT bpm.start('history_long', business_key => 'no ' || n) > 0 AS ok FROM generate_series(1, 2) AS n;
SELECT pg_temp.days(40);
SELECT * FROM pg_temp.kept();
SELECT count(*) BETWEEN 4 AND 8 AS in_use, count(*) FILTER (WHERE closed_at IS NULL) AS open FROM bpm.segment;
SELECT sum(pg_relation_size(inhrelid)) < 100000 AS small FROM pg_inherits WHERE inhparent = 'bpm.log'::regclass;

-- Processes with a time of their own: longer, and shorter.
SELECT bpm.set_retention('30 days', 'history_long');
SELECT bpm.set_retention('1 day', 'history_short');
SELECT process, keep FROM bpm.retention ORDER BY process NULLS FIRST;
SELECT bpm.start('history', business_key => 'all') AS i \gset
SELECT pg_temp.done(:i, 'a'), pg_temp.done(:i, 'b');
SELECT bpm.start('history_long', business_key => 'long') > 0 AS ok;
SELECT bpm.start('history_short', business_key => 'short') > 0 AS ok;
SELECT pg_temp.days(3);
SELECT key, events FROM pg_temp.kept();
SELECT pg_temp.days(10);
SELECT key, events FROM pg_temp.kept();
SELECT * FROM bpm.check();
SELECT pg_temp.days(10);
SELECT key, events FROM pg_temp.kept();
SELECT pg_temp.days(20);
SELECT key, events FROM pg_temp.kept();

-- The archive sees a partition before it goes, as the role that set it; what it raises keeps the partition.
CREATE TABLE archived (process text, kind text);
CREATE FUNCTION archive(partition regclass) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE format('INSERT INTO archived SELECT i.process, e.kind FROM %s e JOIN bpm.instance i ON i.id = e.instance',
		partition);
	IF EXISTS (SELECT FROM archived WHERE process = 'history_short') THEN
		RAISE 'the archive is full';
	END IF;
END $$;
SELECT bpm.set_archive('archive(regclass)');
SELECT bpm.set_retention(NULL, 'history_short');
SELECT bpm.start('history', business_key => 'archived') AS i \gset
SELECT pg_temp.done(:i, 'a'), pg_temp.done(:i, 'b');
SELECT pg_temp.days(10);
SELECT kind, count(*) FROM archived GROUP BY kind ORDER BY kind;
SELECT bpm.start('history_short', business_key => 'refused') > 0 AS ok;
SET client_min_messages = error;
SELECT pg_temp.days(14);
RESET client_min_messages;
SELECT key, events FROM pg_temp.kept();
SELECT DISTINCT error FROM bpm.segment WHERE error IS NOT NULL;
SELECT count(*) FROM archived WHERE process = 'history_short';
SELECT bpm.set_archive(NULL);
SELECT pg_temp.days(1);
SELECT key, events FROM pg_temp.kept();

-- The test clock may go anywhere.
SELECT bpm.set_clock('1970-01-01 00:00+00');
SELECT bpm.start('history', business_key => 'past') > 0 AS ok;
SELECT bpm.tick() >= 0 AS ok;
SELECT bpm.set_clock('9999-01-01 00:00+00');
SELECT bpm.start('history', business_key => 'future') > 0 AS ok;
SELECT bpm.tick() >= 0 AS ok;
SELECT key, state, events FROM pg_temp.kept();
SELECT * FROM bpm.check();

-- What is rolled back was not dropped.
SELECT bpm.set_clock('2030-06-01 12:00+00');
BEGIN;
SELECT bpm.advance_clock('100 years');
SELECT bpm.tick() >= 0 AS ok;
ROLLBACK;
SELECT count(*) FROM pg_temp.kept() WHERE state = 'active';
SELECT bpm.start('history', business_key => 'after') > 0 AS ok;

-- Refused.
\set VERBOSITY terse
SELECT bpm.set_retention('0');
SELECT bpm.set_retention('-1 day');
SELECT bpm.set_archive('now()');
SELECT bpm.set_archive('length(text)');
CREATE ROLE history_nobody;
GRANT USAGE ON SCHEMA bpm TO history_nobody;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA bpm TO history_nobody;
SET ROLE history_nobody;
SELECT bpm.set_retention('1 day');
SELECT bpm.set_archive(NULL);
RESET ROLE;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA bpm FROM history_nobody;
REVOKE ALL ON SCHEMA bpm FROM history_nobody;
DROP ROLE history_nobody;

-- For ever again.
SELECT bpm.set_retention(NULL);
SELECT bpm.set_retention(NULL, 'history_long');
SELECT pg_temp.days(30);
SELECT count(*) FROM pg_temp.kept() WHERE state = 'active';
DROP FUNCTION archive(regclass);
DROP TABLE archived;
SELECT pg_temp.clean();
SELECT * FROM bpm.check();
\c :home
DROP DATABASE bpm_history;
