-- Promised: what a step costs does not depend on how much there is.  Counted are pages and searches, for times would
-- tell more of the machine.
\set ECHO none
\i test/prelude.sql

-- Pages looked at by a statement, in units of a number of things done.
CREATE FUNCTION pg_temp.pages(statement text, things int) RETURNS numeric LANGUAGE plpgsql AS $$
DECLARE plan json;
BEGIN
	EXECUTE 'EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, FORMAT JSON) ' || statement INTO plan;
	RETURN ((plan #>> '{0,Plan,Shared Hit Blocks}')::numeric + (plan #>> '{0,Plan,Shared Read Blocks}')::numeric) / things;
END $$;
-- Searches by index in some tables, as far as this session has not reported them yet: within a transaction it does not.
CREATE FUNCTION pg_temp.searches(tables text[]) RETURNS bigint LANGUAGE sql AS $$
	SELECT sum(idx_scan)::bigint FROM pg_stat_xact_user_tables WHERE schemaname = 'bpm' AND relname = ANY ($1)
$$;
CREATE TEMP TABLE cost (what text, n int, pages numeric);

-- Timers that are due in thousands: the last ones cost what the first ones do, and none is looked for once more.
SELECT pg_temp.deploy('cost_timer', '<startEvent id="s"/><intermediateCatchEvent id="t"><timerEventDefinition>
	<timeDuration>PT1H</timeDuration></timerEventDefinition></intermediateCatchEvent><endEvent id="e"/>', 's>t; t>e');
SELECT bpm.set_clock('2030-01-01 00:00+00');
SELECT count(bpm.start('cost_timer')) FROM generate_series(1, 3000);
SELECT bpm.advance_clock('2 hours');
DO $$
BEGIN
	FOR i IN 1 .. 29 LOOP
		INSERT INTO cost VALUES ('timer', i, pg_temp.pages('SELECT bpm.tick(100)', 100));
		COMMIT;
	END LOOP;
END $$;
BEGIN;
SELECT pg_temp.searches('{instance}') AS instances, pg_temp.searches('{token}') AS tokens,
	pg_temp.searches('{timer,subscription}') AS waits \gset
SELECT bpm.tick(100);
SELECT pg_temp.searches('{instance}') - :instances BETWEEN 100 AND 120 AS instances,
	pg_temp.searches('{token}') - :tokens AS tokens,
	pg_temp.searches('{timer,subscription}') - :waits < 50 AS waits;	-- up to 32 for the definitions
COMMIT;
SELECT count(*) FROM bpm.timer t JOIN bpm.instance i ON i.id = t.instance WHERE i.process = 'cost_timer';

-- One more each time, while another definition waits for its turn: what has fired is not gone through to find that.
SELECT pg_temp.deploy('cost_turn', '<startEvent id="s"/><intermediateCatchEvent id="t"><timerEventDefinition>
	<timeDate>=at</timeDate></timerEventDefinition></intermediateCatchEvent><endEvent id="e"/>', 's>t; t>e');
SELECT bpm.start('cost_timer') IS NOT NULL AS other;
SELECT count(bpm.start('cost_turn', jsonb_build_object('at', timestamptz '2030-01-01 02:00+00' + n * interval '1 s')))
	FROM generate_series(1, 3000) n;
SELECT bpm.advance_clock('55 minutes');
DO $$
BEGIN
	FOR i IN 1 .. 29 LOOP
		PERFORM bpm.tick(100);
		COMMIT;
		INSERT INTO cost VALUES ('turn', i, pg_temp.pages('SELECT bpm.tick(1)', 1));
		COMMIT;
	END LOOP;
END $$;

-- Jobs that are fetched in hundreds.
SELECT pg_temp.deploy('cost_job', '<startEvent id="s"/><serviceTask id="w" bpm:type="cost-work"/><endEvent id="e"/>',
	's>w; w>e');
SELECT count(bpm.start('cost_job')) FROM generate_series(1, 3000);
DO $$
BEGIN
	FOR i IN 1 .. 29 LOOP
		INSERT INTO cost
			VALUES ('job', i, pg_temp.pages($f$SELECT count(*) FROM bpm.fetch_jobs('cost-work', 'me', 100)$f$, 100));
		COMMIT;
	END LOOP;
END $$;
BEGIN;
SELECT pg_temp.searches('{instance}') AS instances, pg_temp.searches('{token}') AS tokens \gset
SELECT count(*) FROM bpm.fetch_jobs('cost-work', 'me', 99);
SELECT pg_temp.searches('{instance}') - :instances AS instances, pg_temp.searches('{token}') - :tokens AS tokens;
COMMIT;

-- What was done cannot be cleaned away while somebody, here the transaction itself, may look at it: that is walked over
-- once, and then only now and then.
SELECT pg_temp.deploy('cost_held', '<startEvent id="s"/><serviceTask id="w" bpm:type="cost-held"/><endEvent id="e"/>',
	's>w; w>e');
SELECT count(bpm.start('cost_held')) FROM generate_series(1, 3000);
BEGIN;
SELECT count(bpm.complete_job(job)) FROM bpm.fetch_jobs('cost-held', 'me', 3000, '1 second');
SELECT bpm.advance_clock('1 minute');
SELECT pg_temp.pages($$SELECT bpm.fetch_jobs('cost-held', 'me')$$, 1) AS first \gset
SELECT bpm.start('cost_held') IS NOT NULL AS one_more;
SELECT pg_temp.pages($$SELECT bpm.fetch_jobs('cost-held', 'me')$$, 1) < :first / 10 AS short;
COMMIT;

-- Branches of one instance.
SELECT pg_temp.deploy('cost_fork', (SELECT '<startEvent id="s"/><parallelGateway id="f"/><parallelGateway id="j"/>'
	|| string_agg(format('<userTask id="t%s"/>', n), '') FROM generate_series(1, 500) AS n),
	(SELECT 's>f; ' || string_agg(format('f>t%s; t%1$s>j', n), '; ') FROM generate_series(1, 500) AS n));
SELECT bpm.start('cost_fork') AS i \gset
DO $$
DECLARE k record;
BEGIN
	FOR k IN SELECT t.id, row_number() OVER (ORDER BY t.id) AS n FROM bpm.task t JOIN bpm.instance i ON i.id = t.instance
			WHERE i.process = 'cost_fork' ORDER BY t.id LIMIT 499 LOOP
		INSERT INTO cost VALUES ('branch', k.n, pg_temp.pages(format('SELECT bpm.complete_task(%s)', k.id), 1));
		COMMIT;
	END LOOP;
END $$;

-- The last tenth costs at most a quarter more than the first half, and none more than was meant.
SELECT what,
		avg(cost.pages) FILTER (WHERE n > 0.9 * most) <= 1.25 * avg(cost.pages) FILTER (WHERE n < 0.5 * most) AS flat,
		avg(cost.pages) <= limits.pages AS low
	FROM cost JOIN (SELECT what, max(n) AS most FROM cost GROUP BY what) AS ends USING (what)
		JOIN (VALUES ('branch', 30), ('job', 20), ('timer', 25), ('turn', 80)) AS limits(what, pages) USING (what)
	GROUP BY what, limits.pages ORDER BY what;

-- What is large is compressed by what is quickest, if the server has it.
SELECT bool_and(a.attcompression = 'l' OR 'lz4' <> ALL (s.enumvals)) AS quick
	FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid AND c.relkind = 'r', pg_settings s
	WHERE c.relnamespace = 'bpm'::regnamespace AND a.atttypid = 'jsonb'::regtype AND a.attnum > 0
		AND NOT a.attisdropped AND s.name = 'default_toast_compression';

SELECT bpm.reset_clock();
SELECT pg_temp.clean();
SELECT * FROM bpm.check();
