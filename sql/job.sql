-- Promised: a job is given to one worker at a time, by priority and age; it ends
-- with complete_job, comes back when its lock runs out, and is tried again when it
-- fails, until it becomes an incident.
\set ECHO none
\i test/prelude.sql
SET timezone = 'UTC';
SET datestyle = 'ISO';
SELECT bpm.set_clock('2030-01-01 12:00+00');
SELECT pg_temp.deploy('job', '<startEvent id="s"/>
	<serviceTask id="a" bpm:type="job-a" bpm:retries="3" bpm:backoff="PT1M,PT10M"/><userTask id="z"/>', 's>a; a>z');

-- What a worker gets.
SELECT bpm.start('job', '{"x": 1}', 'key 1') AS i \gset
SELECT instance = :i AS instance, business_key, process, version, element, type, retries, variables, headers,
	locked_until FROM bpm.fetch_jobs('job-a', 'w1');
SELECT state, worker, locked_until, retries FROM bpm.job WHERE instance = :i;

-- Nobody else gets it; the type decides.
SELECT count(*) FROM bpm.fetch_jobs('job-a', 'w2');
SELECT count(*) FROM bpm.fetch_jobs('job-b', 'w2');
SELECT count(*) FROM bpm.fetch_jobs('', 'w2');

-- Completing: the results are variables, the job is gone, the instance goes on.
SELECT pg_temp.job(:i, 'a') AS job \gset
SELECT bpm.complete_job(:job, '{"y": 2}', 'w1');
SELECT pg_temp.at(:i), bpm.variables(:i), (SELECT count(*) FROM bpm.job WHERE instance = :i) AS jobs;
SELECT kind, element, data - 'job' AS data FROM bpm.event WHERE instance = :i AND kind LIKE 'job%' ORDER BY seq;

-- Once.
SELECT pg_temp.raises(format('SELECT bpm.complete_job(%s)', :job));
SELECT pg_temp.raises(format('SELECT bpm.complete_job(%s, worker => ''w1'')', :job));
SELECT pg_temp.raises(format('SELECT bpm.fail_job(%s, ''late'')', :job));
SELECT pg_temp.raises(format('SELECT bpm.extend_job(%s, ''1 hour'')', :job));

-- A worker that is named must hold the lock; without a name anybody may complete.
SELECT bpm.start('job') AS i \gset
SELECT pg_temp.job(:i, 'a') AS job \gset
SELECT pg_temp.raises(format('SELECT bpm.complete_job(%s, worker => ''w1'')', :job));
SELECT count(*) FROM bpm.fetch_jobs('job-a', 'w1');
SELECT pg_temp.raises(format('SELECT bpm.complete_job(%s, worker => ''w2'')', :job));
SELECT pg_temp.raises(format('SELECT bpm.fail_job(%s, ''x'', worker => ''w2'')', :job));
SELECT state, worker FROM bpm.job WHERE id = :job;
SELECT bpm.complete_job(:job);
SELECT pg_temp.at(:i);

-- A lock that has run out: the job is for the next one, and the first worker is refused from then on.
SELECT bpm.start('job') AS i \gset
SELECT pg_temp.job(:i, 'a') AS job \gset
SELECT locked_until FROM bpm.fetch_jobs('job-a', 'w1', lock_for => '30 seconds');
SELECT bpm.advance_clock('29 seconds');
SELECT count(*) FROM bpm.fetch_jobs('job-a', 'w2');
SELECT bpm.advance_clock('1 second');
SELECT job = :job AS same, locked_until FROM bpm.fetch_jobs('job-a', 'w2', lock_for => '30 seconds');
SELECT pg_temp.raises(format('SELECT bpm.complete_job(%s, worker => ''w1'')', :job));

-- While nobody has taken it over, a late worker may still complete.
SELECT bpm.advance_clock('1 hour');
SELECT bpm.complete_job(:job, worker => 'w2');
SELECT pg_temp.at(:i);

-- Extending: the lock ends that long from now, longer or shorter.
SELECT bpm.start('job') AS i \gset
SELECT pg_temp.job(:i, 'a') AS job \gset
SELECT pg_temp.raises(format('SELECT bpm.extend_job(%s, ''1 hour'')', :job));
SELECT locked_until FROM bpm.fetch_jobs('job-a', 'w1', lock_for => '1 minute');
SELECT bpm.extend_job(:job, '1 hour');
SELECT locked_until - bpm.now() AS left FROM bpm.job WHERE id = :job;
SELECT bpm.advance_clock('59 minutes');
SELECT count(*) FROM bpm.fetch_jobs('job-a', 'w2');
SELECT bpm.extend_job(:job, '1 second');
SELECT bpm.advance_clock('1 second');
SELECT count(*) FROM bpm.fetch_jobs('job-a', 'w2');
SELECT bpm.cancel(:i);

-- Failing: one retry less, back after the plan's time; the plan's last time is for all that follow; at 0 an incident.
SELECT bpm.start('job') AS i \gset
SELECT pg_temp.job(:i, 'a') AS job \gset
SELECT retries FROM bpm.fetch_jobs('job-a', 'w1');
SELECT bpm.fail_job(:job, 'first time', worker => 'w1');
SELECT state, retries, worker, locked_until, due_at - bpm.now() AS wait, error FROM bpm.job WHERE id = :job;
SELECT count(*) FROM bpm.fetch_jobs('job-a', 'w1');
SELECT bpm.advance_clock('1 minute');
SELECT retries FROM bpm.fetch_jobs('job-a', 'w1');
SELECT bpm.fail_job(:job, 'second time');
SELECT state, retries, due_at - bpm.now() AS wait, error FROM bpm.job WHERE id = :job;
SELECT bpm.advance_clock('10 minutes');
SELECT retries FROM bpm.fetch_jobs('job-a', 'w1');
SELECT bpm.fail_job(:job, 'third time');
SELECT state, retries, due_at, error FROM bpm.job WHERE id = :job;
SELECT pg_temp.at(:i);
SELECT kind, element, message, job = :job AS of_job FROM bpm.incident WHERE instance = :i;
SELECT count(*) FROM bpm.fetch_jobs('job-a', 'w1');
SELECT data - 'job' AS data FROM bpm.event WHERE instance = :i AND kind = 'job_failed' ORDER BY seq;
SELECT pg_temp.raises(format('SELECT bpm.fail_job(%s, ''again'')', :job));

-- Resolving gives it the retries asked for, at once.
SELECT bpm.resolve(pg_temp.incident(:i), retries => 2);
SELECT state, retries, due_at FROM bpm.job WHERE id = :job;
SELECT pg_temp.at(:i);
SELECT retries FROM bpm.fetch_jobs('job-a', 'w1');
SELECT bpm.complete_job(:job, worker => 'w1');
SELECT pg_temp.at(:i), (SELECT count(*) FROM bpm.incident WHERE instance = :i AND resolved_at IS NULL) AS incidents;

-- A job with an incident may be completed by hand; the incident is over then.
SELECT bpm.start('job') AS i \gset
SELECT bpm.fail_job(pg_temp.job(:i, 'a'), 'hopeless', retries => 0);
SELECT pg_temp.at(:i);
SELECT pg_temp.done(:i, 'a');
SELECT count(*) FROM bpm.incident WHERE instance = :i AND resolved_at IS NULL;

-- The worker may say how many retries are left and when to come back.
SELECT bpm.start('job') AS i \gset
SELECT pg_temp.job(:i, 'a') AS job \gset
SELECT bpm.fail_job(:job, 'x', retries => 7, retry_in => '2 hours');
SELECT state, retries, due_at - bpm.now() AS wait FROM bpm.job WHERE id = :job;
SELECT bpm.advance_clock('2 hours');
SELECT bpm.fail_job(:job, 'x', retry_in => '0');
SELECT state, retries, due_at FROM bpm.job WHERE id = :job;
SELECT retries FROM bpm.fetch_jobs('job-a', 'w1');
SELECT bpm.cancel(:i);

-- Priority first, then age; priority and retries may be expressions.
SELECT pg_temp.deploy('job_order', '<startEvent id="s"/>
	<serviceTask id="a" bpm:type="job-o" bpm:priority="=p" bpm:retries="=r"/>', 's>a');
SELECT bpm.start('job_order', jsonb_build_object('p', p, 'r', 1), 'p ' || coalesce(p::text, 'null'))
	FROM unnest(ARRAY[0, 5, NULL, -1, 5, 100]) AS p \g /dev/null
SELECT business_key, retries FROM bpm.fetch_jobs('job-o', 'w', 2);
SELECT business_key FROM bpm.fetch_jobs('job-o', 'w', 100);
SELECT bpm.start('job_order', '{"p": "high", "r": 1}') AS i \gset
SELECT pg_temp.at(:i);
SELECT message FROM bpm.incident WHERE instance = :i;

-- The type may be an expression, too; and a task without one has its id as its type.
SELECT pg_temp.deploy('job_type', '<startEvent id="s"/><serviceTask id="a" bpm:type="=&quot;job-&quot; + kind"/>
	<serviceTask id="job_b"/>', 's>a; s>job_b');
SELECT bpm.start('job_type', '{"kind": "x"}') AS i \gset
SELECT element, type FROM bpm.job WHERE instance = :i ORDER BY element;
SELECT pg_temp.at(bpm.start('job_type'));

-- The job of what is cancelled is gone, locked or not.
SELECT bpm.start('job') AS i \gset
SELECT pg_temp.job(:i, 'a') AS job \gset
SELECT count(*) FROM bpm.fetch_jobs('job-a', 'w1');
SELECT bpm.cancel(:i);
SELECT pg_temp.raises(format('SELECT bpm.complete_job(%s, worker => ''w1'')', :job));

-- Jobs of two branches are two jobs.
SELECT pg_temp.deploy('job_two', '<startEvent id="s"/><serviceTask id="a" bpm:type="job-t"/>
	<serviceTask id="b" bpm:type="job-t"/><endEvent id="e"/>', 's>a; s>b; a>e; b>e');
SELECT bpm.start('job_two') AS i \gset
SELECT element FROM bpm.fetch_jobs('job-t', 'w', 10);
SELECT pg_temp.done(:i, 'b');
SELECT pg_temp.done(:i, 'a');

-- Refused, and nothing changed.
SELECT bpm.start('job') AS i \gset
SELECT pg_temp.job(:i, 'a') AS job \gset
SELECT bpm.fetch_jobs('job-a', 'w', 0);
SELECT bpm.fetch_jobs('job-a', 'w', -1);
SELECT bpm.fetch_jobs('job-a', 'w', lock_for => '0');
SELECT bpm.fetch_jobs('job-a', 'w', lock_for => '-1 hour');
SELECT pg_temp.raises(format('SELECT bpm.fail_job(%s, ''x'', retries => -1)', :job));
SELECT pg_temp.raises(format('SELECT bpm.complete_job(%s, ''[]'')', :job));
SELECT bpm.complete_job(-1);
SELECT bpm.complete_job(0);
SELECT pg_temp.raises(format('SELECT bpm.complete_job(%s)', :i));
SELECT state, retries, worker FROM bpm.job WHERE id = :job;

-- Every invariant holds, with what still lives and without.
SELECT * FROM bpm.check();
SELECT pg_temp.clean();
SELECT * FROM bpm.check();
