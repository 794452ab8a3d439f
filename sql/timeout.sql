-- Promised: an activity may have a time limit; when it is over an error is thrown
-- there, or an operator is told.  A handler that hangs is cancelled.
\set ECHO none
\i test/prelude.sql
SELECT bpm.set_clock('2030-01-01 00:00:00Z');
SET timezone = 'UTC';
-- A process with one activity that may take so long, and an event that catches the error if it is asked for.
CREATE FUNCTION pg_temp.limited(activity text, catch text DEFAULT NULL) RETURNS text LANGUAGE sql AS $$
	SELECT pg_temp.deploy('timeout', '<startEvent id="s"/>' || activity || '<userTask id="z"/>' || CASE WHEN catch IS NOT NULL THEN
		format('<boundaryEvent id="x" attachedToRef="a"><errorEventDefinition %s/></boundaryEvent><userTask id="late"/>', catch)
		ELSE '' END, 's>a; a>z' || CASE WHEN catch IS NOT NULL THEN '; x>late' ELSE '' END,
		'<error id="e" errorCode="TIMEOUT"/><message id="m" name="timeout-message"/>')
$$;

-- Within its time nothing happens, and nothing is left behind.
SELECT pg_temp.limited('<userTask id="a" bpm:timeout="PT1H"/>');
SELECT bpm.start('timeout') AS i \gset
SELECT element, due_at FROM bpm.timer WHERE instance = :i;
SELECT element, waits_for, due_at FROM bpm.why(:i);
SELECT bpm.advance_clock('59 min');
SELECT bpm.tick(), pg_temp.done(:i, 'a');
SELECT count(*) FROM bpm.timer WHERE instance = :i;

-- Nobody catches the error: an incident.  What was waited for stays, and completing it ends the incident.
SELECT bpm.start('timeout') AS i \gset
SELECT bpm.advance_clock('1 hour'), bpm.tick(), pg_temp.at(:i);
SELECT element, kind, message FROM bpm.incident WHERE instance = :i AND resolved_at IS NULL;
SELECT bpm.tick(), pg_temp.done(:i, 'a');
SELECT count(*) FROM bpm.incident WHERE instance = :i AND resolved_at IS NULL;
-- Resolved, it has its time again.
SELECT bpm.start('timeout') AS i \gset
SELECT bpm.advance_clock('1 hour'), bpm.tick();
SELECT bpm.resolve(pg_temp.incident(:i)), bpm.advance_clock('59 min'), bpm.tick();
SELECT bpm.advance_clock('1 min'), bpm.tick();
SELECT count(*), count(resolved_at) AS resolved FROM bpm.incident WHERE instance = :i;
SELECT * FROM bpm.check();
SELECT bpm.cancel(:i);

-- An error event catches it, by its code or as any other; a worker that comes then is too late.
SELECT pg_temp.limited('<serviceTask id="a" bpm:type="timeout-job" bpm:timeout="= limit"/>', catch => 'errorRef="e"');
SELECT bpm.start('timeout', '{"limit": "PT5M"}') AS i \gset
SELECT job AS j FROM bpm.fetch_jobs('timeout-job', 'w') \gset
SELECT bpm.advance_clock('5 min'), bpm.tick(), pg_temp.at(:i);
SELECT pg_temp.raises(format('SELECT bpm.complete_job(%s, worker => ''w'')', :j));
SELECT what FROM pg_temp.log(:i) WHERE what ~ ' (a|x)$';
SELECT data ->> 'code' AS code, data ->> 'message' AS message FROM bpm.event WHERE instance = :i AND kind = 'error_thrown';
SELECT pg_temp.limited('<receiveTask id="a" messageRef="m" bpm:timeout="PT5M"/>', catch => '');
SELECT bpm.start('timeout') AS i \gset
SELECT bpm.advance_clock('5 min'), bpm.tick(), pg_temp.at(:i);

-- Each iteration has its own time; a subprocess or a call has one for all that is inside.
SELECT pg_temp.limited('<userTask id="a" bpm:timeout="PT1H"><multiInstanceLoopCharacteristics isSequential="true"><loopCardinality>2
	</loopCardinality></multiInstanceLoopCharacteristics></userTask>', catch => '');
SELECT bpm.start('timeout') AS i \gset
SELECT bpm.advance_clock('50 min'), bpm.tick(), bpm.complete_task(id) FROM bpm.task WHERE instance = :i;
SELECT bpm.advance_clock('50 min'), bpm.tick(), pg_temp.at(:i);
SELECT bpm.advance_clock('10 min'), bpm.tick(), pg_temp.at(:i);
SELECT pg_temp.limited('<subProcess id="a" bpm:timeout="PT1H"><userTask id="inside"/></subProcess>', catch => '');
SELECT bpm.start('timeout') AS i \gset
SELECT bpm.advance_clock('1 hour'), bpm.tick(), pg_temp.at(:i);

-- A boundary timer beside it is not touched; nor is the activity by a limit that the model gets or loses.
SELECT pg_temp.deploy('timeout_both', '<startEvent id="s"/><userTask id="a" bpm:timeout="PT2H"/><boundaryEvent id="x" attachedToRef="a"
	cancelActivity="false"><timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition></boundaryEvent>
	<userTask id="remind"/>', 's>a; x>remind');
SELECT bpm.start('timeout_both') AS i \gset
SELECT bpm.advance_clock('1 hour'), bpm.tick(), pg_temp.at(:i);
SELECT pg_temp.deploy('timeout_both', '<startEvent id="s"/><userTask id="a"/><userTask id="remind" bpm:timeout="PT1H"/>', 's>a; a>remind');
SELECT from_element, problem FROM bpm.migrate(:i, 2) ORDER BY 1;
SELECT element, due_at - bpm.now() AS left FROM bpm.timer WHERE instance = :i;
SELECT from_element, problem FROM bpm.migrate(:i, 1) ORDER BY 1;
SELECT element, due_at - bpm.now() AS left FROM bpm.timer WHERE instance = :i ORDER BY element;

-- A boundary timer that failed keeps nothing when its activity completes.
SELECT pg_temp.deploy('timeout_fails', '<startEvent id="s"/><userTask id="a"/><boundaryEvent id="x" attachedToRef="a" cancelActivity="false">
	<timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition></boundaryEvent><scriptTask id="broken"
	scriptFormat="sql"><script>1 / 0</script></scriptTask><serviceTask id="b" bpm:type="timeout-inline"/>', 's>a; x>b');
CREATE FUNCTION timeout_raises() RETURNS void LANGUAGE plpgsql AS $$ BEGIN RAISE 'no'; END $$;
SELECT bpm.handle('timeout-inline', 'timeout_raises', 'inline');
SELECT bpm.start('timeout_fails') AS i \gset
SELECT bpm.advance_clock('1 hour'), bpm.tick();
SELECT kind, message FROM bpm.incident WHERE instance = :i AND resolved_at IS NULL;
SELECT pg_temp.done(:i, 'a');
SELECT * FROM bpm.check();
SELECT bpm.unhandle('timeout-inline');

-- A value that is no duration: refused where it is a literal, else an incident.
SELECT message FROM bpm.check_model(pg_temp.model('timeout', '<startEvent id="s"/><userTask id="a" bpm:timeout="soon"/><endEvent id="e"/>',
	's>a; a>e'));
SELECT message FROM bpm.check_model(pg_temp.model('timeout', '<startEvent id="s"/><exclusiveGateway id="a" bpm:timeout="PT1H"/>
	<endEvent id="e"/>', 's>a; a>e')) WHERE message ~ 'timeout';
SELECT pg_temp.limited('<userTask id="a" bpm:timeout="= limit"/>');
SELECT bpm.start('timeout', '{"limit": "soon"}') AS i \gset
SELECT kind, message FROM bpm.incident WHERE instance = :i;
SELECT bpm.set_variables(:i, '{"limit": "PT1M"}'), bpm.resolve(pg_temp.incident(:i)), pg_temp.at(:i);
SELECT key FROM bpm.deploy('{"process": "timeout", "nodes": [{"id": "a", "kind": "userTask", "timeout": "PT1H"}]}'::jsonb);
SELECT bpm.start('timeout') AS i \gset
SELECT element FROM bpm.timer WHERE instance = :i;
SELECT pg_temp.clean();

-- HANDLERS that hang
CREATE FUNCTION timeout_hangs() RETURNS void LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(60); END $$;
CREATE FUNCTION timeout_stubborn() RETURNS void LANGUAGE plpgsql AS $$
BEGIN PERFORM pg_sleep(60); EXCEPTION WHEN OTHERS THEN NULL; END $$;
SET bpm.handler_timeout = '50ms';
SELECT bpm.handle('timeout-job', 'timeout_hangs'), bpm.handle('timeout-inline', 'timeout_stubborn', 'inline');
SELECT pg_temp.deploy('timeout', '<startEvent id="s"/><serviceTask id="a" bpm:type="timeout-job" bpm:retries="2" bpm:backoff="PT1M"/>', 's>a');
SELECT bpm.start('timeout') AS i \gset
SELECT bpm.tick();
SELECT attempt, message, retries FROM bpm.job_failure WHERE instance = :i;
SELECT bpm.set_clock('2031-01-01'), bpm.tick(), pg_temp.at(:i);
-- Within the caller's transaction: the error is the caller's; a boundary event may catch it.
SELECT pg_temp.deploy('timeout_inline', '<startEvent id="s"/><serviceTask id="a" bpm:type="timeout-inline"/>', 's>a');
SELECT pg_temp.raises('SELECT bpm.start(''timeout_inline'')');
SELECT pg_temp.deploy('timeout_caught', '<startEvent id="s"/><serviceTask id="a" bpm:type="timeout-inline"/><boundaryEvent id="x"
	attachedToRef="a"><errorEventDefinition errorRef="e"/></boundaryEvent><userTask id="late"/>', 's>a; x>late',
	'<error id="e" errorCode="WF007"/>');
SELECT pg_temp.at(bpm.start('timeout_caught'));
SELECT pg_temp.deploy('timeout_script', '<startEvent id="s"/><scriptTask id="a" scriptFormat="sql"><script>(SELECT pg_sleep(60))</script>
	</scriptTask>', 's>a');
SELECT bpm.start('timeout_script') AS i \gset
SELECT kind, message FROM bpm.incident WHERE instance = :i;
-- Who asks for an end gets it: that is no failure of the handler.
SET bpm.handler_timeout = 0;
SET statement_timeout = '50ms';
SELECT bpm.start('timeout_inline');
RESET statement_timeout;
RESET bpm.handler_timeout;
SELECT pg_sleep(0.1), bpm.handle('timeout-inline', 'pg_catalog.now', 'inline');
SELECT pg_temp.at(bpm.start('timeout_inline'));

-- Every invariant holds.
SELECT * FROM bpm.check();
SELECT pg_temp.clean();
DROP FUNCTION timeout_hangs, timeout_stubborn, timeout_raises;
