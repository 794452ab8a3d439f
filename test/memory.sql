-- Does the memory of a backend stay flat?  psql: -v calls=1000000 [-v rounds=20]
--
-- All that one backend does again and again, in small transactions as clients do: start, jobs, messages, timers,
-- expressions, decisions, deployments, and calls that fail.  After each round the private memory of the backend, and
-- how much of it is in memory contexts.  The least that it has in the last quarter must be the least that it has in
-- the second one, give or take `slack` kB; in between it may hold more, for malloc does not give all back at once.
\if :{?rounds} \else \set rounds 20 \endif
\if :{?slack} \else \set slack 1024 \endif
SET client_min_messages = warning;
SET synchronous_commit = off;
\o /dev/null
CREATE SCHEMA memory;
CREATE TABLE memory.measured (round int, calls bigint, anonymous_kb int, contexts_kb bigint);
SELECT FROM bpm.deploy($$
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:bpm="urn:bpm:postgresql">
	<message id="m" name="memory" bpm:correlationKey="=k"/><error id="e" errorCode="E"/>
	<process id="memory">
		<startEvent id="start"/><sequenceFlow id="f1" sourceRef="start" targetRef="fork"/>
		<parallelGateway id="fork"/>
		<sequenceFlow id="f2" sourceRef="fork" targetRef="work"/>
		<sequenceFlow id="f3" sourceRef="fork" targetRef="wait"/>
		<serviceTask id="work" bpm:type="memory"/><sequenceFlow id="f4" sourceRef="work" targetRef="join"/>
		<boundaryEvent id="wrong" attachedToRef="work"><errorEventDefinition errorRef="e"/></boundaryEvent>
		<sequenceFlow id="f5" sourceRef="wrong" targetRef="join2"/>
		<receiveTask id="wait" messageRef="m"/><sequenceFlow id="f6" sourceRef="wait" targetRef="join"/>
		<parallelGateway id="join"/><sequenceFlow id="f7" sourceRef="join" targetRef="join2"/>
		<exclusiveGateway id="join2"/><sequenceFlow id="f8" sourceRef="join2" targetRef="s"/>
		<scriptTask id="s" scriptFormat="feel" bpm:resultVariable="sum"><script>sum(list) + n</script></scriptTask>
		<sequenceFlow id="f9" sourceRef="s" targetRef="pause"/>
		<intermediateCatchEvent id="pause">
			<timerEventDefinition><timeDuration>PT0S</timeDuration></timerEventDefinition>
		</intermediateCatchEvent>
		<sequenceFlow id="f10" sourceRef="pause" targetRef="end"/>
		<endEvent id="end"><terminateEventDefinition/></endEvent>
	</process></definitions>$$);
SELECT FROM bpm.deploy($$
<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" namespace="memory" name="memory">
	<inputData id="i1" name="n"/>
	<decision id="memory_decision" name="memory decision">
		<informationRequirement><requiredInput href="#i1"/></informationRequirement>
		<decisionTable><input><inputExpression><text>n</text></inputExpression></input><output name="o"/>
			<rule><inputEntry><text>&lt; 10</text></inputEntry><outputEntry><text>"small"</text></outputEntry></rule>
			<rule>
				<inputEntry><text>[10..1000]</text></inputEntry>
				<outputEntry><text>string join(for i in 1..5 return string(n + i), "-")</text></outputEntry>
			</rule>
		</decisionTable></decision></definitions>$$);

-- Calls a statement that is to fail, as a client with a savepoint does.
CREATE FUNCTION memory.fails(statement text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE statement;
	RAISE EXCEPTION 'this should have failed: %', statement;
EXCEPTION WHEN SQLSTATE 'WF001' OR SQLSTATE 'WF002' OR SQLSTATE 'WF003' OR SQLSTATE 'WF005' OR SQLSTATE 'WF006' THEN
	NULL;
END $$;

-- One instance from its start to its end, and what else a backend does; 20 calls.
CREATE FUNCTION memory.once(n bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	variables jsonb := jsonb_build_object('n', n % 2000, 'k', 'key ' || n, 'list', '[1, 2.5, 1e40]'::jsonb,
		'text', repeat('long ', 100));
	job bigint;
BEGIN
	PERFORM bpm.start('memory', variables, 'business ' || n);
	SELECT f.job INTO job FROM bpm.fetch_jobs('memory', 'worker') f;
	CASE n % 4
		WHEN 0 THEN PERFORM bpm.throw_error(job, 'E', 'no');
		WHEN 1 THEN PERFORM bpm.fail_job(job, 'not yet', 1);
			PERFORM bpm.complete_job(job, variables);
		ELSE PERFORM bpm.complete_job(job, variables);
	END CASE;
	PERFORM bpm.publish('memory', 'key ' || n, '{"answer": 42}');
	PERFORM bpm.tick(10);
	PERFORM bpm.feel('{total: sum(list), texts: for x in list return string(x), same: text = upper case(text)}',
		variables);
	PERFORM bpm.feel('n + ' || n, variables);
	PERFORM bpm.feel('matches(text, "(lo|ng )+" + "$")', variables);
	PERFORM bpm.feel_unary('> 5, "x", not(7)', to_jsonb(n), variables);
	PERFORM bpm.decide('memory_decision', jsonb_build_object('n', n % 1000));
	PERFORM FROM bpm.check_model('<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL">
		<process id="p"><task/></process></definitions>');
	PERFORM memory.fails('SELECT bpm.complete_job(-1)');
	PERFORM memory.fails('SELECT bpm.start(''no such'')');
	PERFORM memory.fails('SELECT bpm.feel(''1 +'')');
	PERFORM memory.fails('SELECT bpm.start(''memory'', ''[]'')');
	PERFORM memory.fails('SELECT bpm.deploy(''<definitions><process/>'')');
	PERFORM memory.fails('SELECT bpm.deploy(''{"process": "p", "nodes": [5]}''::jsonb)');
	IF n % 50 = 0 THEN
		PERFORM bpm.undeploy(definition)
		FROM bpm.deploy(format('{"process": "memory_%s", "steps": [{"do": "x"}]}', n)::jsonb);
	END IF;
END $$;

CREATE PROCEDURE memory.run(round int, calls bigint) LANGUAGE plpgsql AS $$
BEGIN
	FOR n IN 1 .. calls / 20 LOOP
		PERFORM memory.once(round * calls + n);
		COMMIT;
	END LOOP;
END $$;

CREATE FUNCTION memory.measure(round int, calls bigint) RETURNS void LANGUAGE sql AS $$
	INSERT INTO memory.measured
	SELECT round, round * calls,
		(regexp_match(pg_read_file(format('/proc/%s/status', pg_backend_pid())), 'RssAnon:\s+(\d+)'))[1]::int,
		(SELECT sum(total_bytes) / 1024 FROM pg_backend_memory_contexts)
$$;

SELECT format(call, round, :calls / :rounds)
FROM generate_series(1, :rounds) round, unnest('{"CALL memory.run(%s, %s)", "SELECT memory.measure(%s, %s)"}'::text[])
	WITH ORDINALITY AS step(call, n)
ORDER BY round, n \gexec
\o
SELECT * FROM memory.measured ORDER BY round;
SELECT CASE WHEN min(anonymous_kb) FILTER (WHERE round > :rounds * 3 / 4) <= :slack +
	min(anonymous_kb) FILTER (WHERE round BETWEEN :rounds / 4 AND :rounds / 2) THEN 'flat' ELSE 'grows' END AS memory
FROM memory.measured;
