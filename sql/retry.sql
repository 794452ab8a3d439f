-- Promised: a job that fails comes back when its plan says so, its element's
-- before its type's; no attempt is forgotten; and only who holds a job may end it.
\set ECHO none
\i test/prelude.sql
SELECT bpm.set_clock('2030-01-01 00:00:00Z');
SET timezone = 'UTC';
SET intervalstyle = iso_8601;
CREATE FUNCTION pg_temp.process(attributes text) RETURNS text LANGUAGE sql AS $$
	SELECT pg_temp.deploy('retry', format('<startEvent id="s"/><serviceTask id="a" bpm:type="retry-job" %s/>', attributes), 's>a')
$$;
-- Starts the process, lets every attempt fail, and tells how long the job was left alone after each.
CREATE FUNCTION pg_temp.delays(attempts int DEFAULT 9) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	i bigint := bpm.start('retry');
	j bpm.job;
	delays text := '';
BEGIN
	FOR n IN 1 .. attempts LOOP
		PERFORM bpm.fail_job(job, 'no ' || n, worker => 'w') FROM bpm.fetch_jobs('retry-job', 'w');
		SELECT * INTO j FROM bpm.job WHERE instance = i;
		delays := concat_ws(' ', delays, CASE WHEN j.state = 'incident' THEN 'incident' ELSE (coalesce(j.due_at, bpm.now()) - bpm.now())::text END);
		EXIT WHEN j.state = 'incident';
		IF j.state = 'backoff' AND EXISTS (SELECT FROM bpm.fetch_jobs('retry-job', 'early')) THEN
			RAISE 'the backoff was not obeyed';
		END IF;
		PERFORM bpm.set_clock(coalesce(j.due_at, bpm.now()));
	END LOOP;
	PERFORM bpm.cancel(i);
	RETURN delays;
END $$;

-- Without a plan an external worker may take it at once; three attempts in all.
SELECT pg_temp.process(''), pg_temp.delays();
-- A list; the last one from then on.
SELECT pg_temp.process('bpm:backoff="PT1S, PT10S, PT1M" bpm:retries="6"'), pg_temp.delays();
-- Camunda's: so many attempts, so long apart; in its element, a list means one attempt more than there are durations.
SELECT pg_temp.process('bpm:backoff="R4/PT10M"'), pg_temp.delays();
SELECT pg_temp.deploy('retry', '<startEvent id="s"/><serviceTask id="a" bpm:type="retry-job"><extensionElements>
	<camunda:failedJobRetryTimeCycle xmlns:camunda="http://camunda.org/schema/1.0/bpmn">PT10M,PT17M,PT20M
	</camunda:failedJobRetryTimeCycle></extensionElements></serviceTask>', 's>a'), pg_temp.delays();
-- Longer each time, up to a limit; calendars do not end.
SELECT pg_temp.process('bpm:backoff="PT1S*2 max PT10S" bpm:retries="7"'), pg_temp.delays();
SELECT pg_temp.process('bpm:backoff="P1Y*1000" bpm:retries="4"'), pg_temp.delays();
-- By chance, within bounds.
SELECT pg_temp.process('bpm:backoff="PT100S jitter 20%" bpm:retries="100"');
SELECT min(delay) >= '80 s', max(delay) <= '120 s', count(DISTINCT delay) > 1
	FROM regexp_split_to_table(pg_temp.delays(8), ' ') AS d, LATERAL (SELECT nullif(d, '')::interval AS delay) AS l;
-- The worker's word goes before the plan.
SELECT pg_temp.process('bpm:backoff="PT1M"');
SELECT bpm.start('retry') AS i \gset
SELECT bpm.fail_job(job, 'later', 5, '1 hour') FROM bpm.fetch_jobs('retry-job', 'w');
SELECT state, retries, due_at - bpm.now() AS delay FROM bpm.job WHERE instance = :i;
SELECT bpm.cancel(:i);

-- For all jobs of a type, where the element says nothing.
SELECT bpm.configure_jobs('retry-job', 2, 'PT5S');
SELECT pg_temp.process(''), pg_temp.delays();
SELECT pg_temp.process('bpm:backoff="PT7S" bpm:retries="4"'), pg_temp.delays();
SELECT bpm.configure_jobs('retry-job', backoff => 'R4/PT3S');
SELECT pg_temp.process(''), pg_temp.delays();
SELECT * FROM bpm.job_type;
SELECT bpm.configure_jobs('retry-job');
SELECT count(*) FROM bpm.job_type;
SELECT pg_temp.process(''), pg_temp.delays();
-- It is of the transaction, like everything.
BEGIN;
SELECT bpm.configure_jobs('retry-job', 1);
SELECT pg_temp.delays();
ROLLBACK;
SELECT pg_temp.delays();

-- An async handler is not called before its time either.
CREATE FUNCTION retry_fails() RETURNS void LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'broken' USING DETAIL = 'a fuse'; END $$;
SELECT bpm.handle('retry-job', 'retry_fails'), bpm.configure_jobs('retry-job', 3, 'PT1M*3');
SELECT bpm.start('retry') AS i \gset
SELECT bpm.tick(), bpm.tick();
SELECT bpm.advance_clock('59 s');
SELECT bpm.tick();
SELECT bpm.advance_clock('1 s');
SELECT bpm.tick(), bpm.tick();
SELECT bpm.advance_clock('3 min');
SELECT bpm.tick(), pg_temp.at(:i);
-- What went wrong, each time.
SELECT element, type, attempt, message, worker, at - min(at) OVER () AS after, retries, retry_at - at AS again
	FROM bpm.job_failure WHERE instance = :i ORDER BY attempt;
-- Resolved, it has one attempt more, and its history goes on.
SELECT bpm.resolve(pg_temp.incident(:i)), bpm.tick();
SELECT max(attempt) FROM bpm.job_failure WHERE instance = :i;
SELECT bpm.cancel(:i), bpm.unhandle('retry-job'), bpm.configure_jobs('retry-job');

-- Plans that are none are refused, in a model and by the verb.
CREATE TEMP TABLE plans AS SELECT * FROM unnest('{PT,soon,"PT1S,",R/PT1S,R0/PT1S,"R1.5/PT1S",PT1S*0,PT1S*x,"PT1S max","PT1S*2 max soon",
	PT1S jitter 20,PT1S jitter 101%,PT1S jitter %,-PT1S,jitter 5%,""}'::text[]) AS plan;
SELECT plan, pg_temp.raises(format('SELECT bpm.configure_jobs(''retry-job'', backoff => %L)', plan)) FROM plans;
SELECT message, hint FROM bpm.check_model(pg_temp.model('retry', '<startEvent id="s"/><serviceTask id="a" bpm:type="x"
	bpm:backoff="PT1S*0"/><endEvent id="e"/>', 's>a; a>e'));
SELECT pg_temp.raises('SELECT bpm.configure_jobs(''retry-job'', 0)'), pg_temp.raises('SELECT bpm.configure_jobs(NULL)'),
	pg_temp.raises('SELECT bpm.configure_jobs(repeat(''x'', 70), notify => true)');

-- Leases: only the worker that holds a job may end, extend or give it back, if it says who it is.
SELECT pg_temp.process('');
SELECT bpm.start('retry') AS i \gset
SELECT job AS j FROM bpm.fetch_jobs('retry-job', 'first', lock_for => '1 min') \gset
SELECT pg_temp.raises(format('SELECT bpm.%s(%s, %s worker => ''second'')', verb, :j, arguments)) FROM (VALUES
	('complete_job', ''), ('fail_job', '''no'','), ('throw_error', '''E'','), ('throw_escalation', '''E'','),
	('extend_job', '''1 min'','), ('unlock_job', '')) AS v(verb, arguments);
SELECT bpm.advance_clock('50 s'), bpm.extend_job(:j, '1 min', 'first');
SELECT bpm.advance_clock('50 s'), (SELECT count(*) FROM bpm.fetch_jobs('retry-job', 'second'));
-- It has run out: another worker takes the job over, and the first one comes too late.
SELECT bpm.advance_clock('10 s');
SELECT worker, locked_until > bpm.now() FROM bpm.job WHERE id = :j;
SELECT count(*) FROM bpm.fetch_jobs('retry-job', 'second');
SELECT pg_temp.raises(format('SELECT bpm.%s(%s, %s worker => ''first'')', verb, :j, arguments)) FROM (VALUES
	('complete_job', ''), ('fail_job', '''no'','), ('extend_job', '''1 min'',')) AS v(verb, arguments);
SELECT bpm.complete_job(:j, worker => 'second'), pg_temp.at(:i);
SELECT pg_temp.raises(format('SELECT bpm.complete_job(%s, worker => ''first'')', :j));
-- It has run out, but nobody wanted the job: who comes late is still in time.
SELECT bpm.start('retry') AS i \gset
SELECT job AS j FROM bpm.fetch_jobs('retry-job', 'first', lock_for => '1 min') \gset
SELECT bpm.advance_clock('1 hour'), bpm.complete_job(:j, worker => 'first'), pg_temp.at(:i);
-- A job that is given back, and one that nobody holds.
SELECT bpm.start('retry') AS i \gset
SELECT job AS j FROM bpm.fetch_jobs('retry-job', 'first') \gset
SELECT bpm.unlock_job(:j, 'first');
SELECT state, worker, due_at FROM bpm.job WHERE id = :j;
SELECT pg_temp.raises(format('SELECT bpm.complete_job(%s, worker => ''first'')', :j)), pg_temp.raises(format('SELECT bpm.extend_job(%s, ''1 min'')', :j));
SELECT bpm.cancel(:i);

-- Every invariant holds.
SELECT * FROM bpm.check();
SELECT pg_temp.clean();
DROP FUNCTION retry_fails;
