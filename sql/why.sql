-- Promised: why says of each token what it waits for, since when, until when, and
-- who or what may release it; check says that all invariants hold.
\set ECHO none
\i test/prelude.sql
SET timezone = 'UTC';
SET datestyle = 'ISO';
SELECT bpm.set_clock('2030-01-01 12:00+00');
SELECT pg_temp.deploy('why', '<startEvent id="s"/>
	<serviceTask id="job" bpm:type="why-job"/><serviceTask id="locked" bpm:type="why-locked"/>
	<serviceTask id="backoff" bpm:type="why-backoff"/><serviceTask id="failed" bpm:type="why-failed"/>
	<userTask id="anybody"/><userTask id="claimed" bpm:assignee="ann" bpm:dueDate="P1D"/>
	<userTask id="group" bpm:candidateUsers="eve" bpm:candidateGroups="clerks,bosses"/>
	<intermediateCatchEvent id="timer"><timerEventDefinition><timeDuration>PT1H</timeDuration>
	</timerEventDefinition></intermediateCatchEvent>
	<receiveTask id="message" messageRef="m"/><receiveTask id="keyed" messageRef="k"/>
	<subProcess id="sub"><userTask id="inside"/></subProcess>
	<task id="a"/><parallelGateway id="j"/><exclusiveGateway id="x"/><task id="x1"/><task id="x2"/>
	<boundaryEvent id="cycle" attachedToRef="sub" cancelActivity="false"><timerEventDefinition>
	<timeCycle>R/PT2H</timeCycle></timerEventDefinition></boundaryEvent>
	<boundaryEvent id="stop" attachedToRef="sub"><messageEventDefinition messageRef="m"/></boundaryEvent>',
	's>job; s>locked; s>backoff; s>failed; s>anybody; s>claimed; s>group; s>timer; s>message; s>keyed; s>sub; s>a;
	a>j; anybody>j; s>x; x>x1 if v = 1; x>x2 if v = 2',
	'<message id="m" name="why-m"/><message id="k" name="why-k" bpm:correlationKey="=key"/>');
SELECT bpm.start('why', '{"key": "K-1"}') AS i \gset
SELECT count(*) FROM bpm.fetch_jobs('why-locked', 'worker-7');
SELECT bpm.fail_job(pg_temp.job(:i, 'backoff'), 'no answer', retry_in => '10 minutes');
SELECT bpm.fail_job(pg_temp.job(:i, 'failed'), 'gave up', retries => 0);
SELECT element, waits_for, due_at, regexp_replace(detail, '\d{1,}\)', 'N)') AS detail FROM bpm.why(:i)
	ORDER BY element, waits_for;
SELECT bool_and(since = bpm.now()) AS since_now, count(DISTINCT token) = (SELECT count(*) FROM bpm.token
	WHERE instance = :i) AS every_token FROM bpm.why(:i);

-- In the order of age.
SELECT array_agg(token) = array_agg(token ORDER BY token) AS ordered FROM bpm.why(:i);

-- Nothing to wait for: no row.
SELECT bpm.cancel(:i);
SELECT count(*) FROM bpm.why(:i);
SELECT count(*) FROM bpm.why(-1);
SELECT count(*) FROM bpm.why(NULL);

-- Since when: of the element, not of the instance.
SELECT bpm.start('why', start_element => 'timer') AS i \gset
SELECT element, since, due_at FROM bpm.why(:i);

-- Every invariant holds, with what still lives and without.
SELECT * FROM bpm.check();
SELECT pg_temp.clean();
SELECT * FROM bpm.check();
