-- Promised: listeners are work beside an element: a token waits for those to its
-- coming and going; a script or an inline handler is done at once, all else is a job.
\set ECHO none
\i test/prelude.sql
CREATE FUNCTION pg_temp.on(event text, more text) RETURNS text LANGUAGE sql AS $$
	SELECT format('<bpm:executionListener event="%s" %s</bpm:executionListener>', event, more)
$$;
CREATE FUNCTION pg_temp.with(listeners text) RETURNS text LANGUAGE sql AS $$
	SELECT '<extensionElements>' || listeners || '</extensionElements>'
$$;
CREATE FUNCTION pg_temp.say(word text) RETURNS text LANGUAGE sql AS $$
	SELECT format('><bpm:script scriptFormat="feel">{"said": append(said, "%s")}</bpm:script>', word)
$$;

-- A job before and one after; the element is at work in between.
SELECT pg_temp.deploy('lis', '<startEvent id="s"/><userTask id="a">' || pg_temp.with(pg_temp.on('start', 'class="lis-in">')
	|| pg_temp.on('end', 'class="lis-out">')) || '</userTask><userTask id="z"/>', 's>a; a>z');
SELECT bpm.start('lis', '{"n": 1}') AS i \gset
SELECT pg_temp.at(:i), (SELECT count(*) FROM bpm.task WHERE instance = :i);
SELECT type, element, state FROM bpm.job WHERE instance = :i;
SELECT bpm.complete_job(job, '{"from": "listener"}') FROM bpm.fetch_jobs('lis-in', 'me');
SELECT pg_temp.at(:i), bpm.variables(:i), (SELECT count(*) FROM bpm.task WHERE instance = :i);
SELECT pg_temp.done(:i, 'a');
SELECT type FROM bpm.job WHERE instance = :i;
SELECT bpm.complete_job(job) FROM bpm.fetch_jobs('lis-out', 'me');
SELECT pg_temp.at(:i);
SELECT what FROM pg_temp.log(:i) WHERE what ~ ' a$';

-- Scripts, in the order of the model, at once.
SELECT pg_temp.deploy('lis_script', '<startEvent id="s"/><task id="a">' || pg_temp.with(pg_temp.on('start',
	pg_temp.say('one')) || pg_temp.on('start', pg_temp.say('two')) || pg_temp.on('end', pg_temp.say('three')))
	|| '</task><userTask id="z"/>', 's>a; a>z');
SELECT bpm.start('lis_script', '{"said": []}') AS i \gset
SELECT pg_temp.at(:i), bpm.variables(:i);

-- Inline handlers.
CREATE FUNCTION lis_handler(jsonb) RETURNS jsonb LANGUAGE sql AS $$ SELECT jsonb_build_object('heard', $1 -> 'n') $$;
SELECT bpm.handle('lis-inline', 'lis_handler', 'inline');
SELECT pg_temp.deploy('lis_inline', '<startEvent id="s"/><task id="a">' || pg_temp.with(pg_temp.on('start',
	'class="lis-inline">')) || '</task><userTask id="z"/>', 's>a; a>z');
SELECT bpm.start('lis_inline', '{"n": 7}') AS i \gset
SELECT pg_temp.at(:i), bpm.variables(:i);

-- Mixed: the job in the middle is waited for, and those before are not done again.
SELECT pg_temp.deploy('lis_mixed', '<startEvent id="s"/><task id="a">' || pg_temp.with(pg_temp.on('start',
	pg_temp.say('one')) || pg_temp.on('start', 'class="lis-mixed">') || pg_temp.on('start', pg_temp.say('two')))
	|| '</task><userTask id="z"/>', 's>a; a>z');
SELECT bpm.start('lis_mixed', '{"said": []}') AS i \gset
SELECT pg_temp.at(:i), bpm.variables(:i);
SELECT bpm.complete_job(job) FROM bpm.fetch_jobs('lis-mixed', 'me');
SELECT pg_temp.at(:i), bpm.variables(:i);

-- On a flow, on gateways and events, at the start and the end of the process.
SELECT key FROM bpm.deploy($$<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:bpm="urn:bpm:postgresql">
	<process id="lis_places"><extensionElements><bpm:executionListener event="start"><bpm:script scriptFormat="feel">
	{"said": append(said, "process begins")}</bpm:script></bpm:executionListener><bpm:executionListener event="end">
	<bpm:script scriptFormat="feel">{"said": append(said, "process ends")}</bpm:script></bpm:executionListener>
	</extensionElements><startEvent id="s"><extensionElements><bpm:executionListener event="end"><bpm:script
	scriptFormat="feel">{"said": append(said, "event")}</bpm:script></bpm:executionListener></extensionElements></startEvent>
	<sequenceFlow id="f" sourceRef="s" targetRef="g"><extensionElements><bpm:executionListener event="take"><bpm:script
	scriptFormat="feel">{"said": append(said, "flow")}</bpm:script></bpm:executionListener></extensionElements>
	</sequenceFlow><parallelGateway id="g"><extensionElements><bpm:executionListener event="start"><bpm:script
	scriptFormat="feel">{"said": append(said, "gateway")}</bpm:script></bpm:executionListener></extensionElements>
	</parallelGateway></process></definitions>$$);
SELECT bpm.start('lis_places', '{"said": []}') AS i \gset
SELECT pg_temp.at(:i), bpm.variables(:i);

-- As jobs, the process waits for them, too.
SELECT key FROM bpm.deploy($$<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:bpm="urn:bpm:postgresql">
	<process id="lis_process"><extensionElements><bpm:executionListeners><bpm:executionListener eventType="start"
	type="lis-begin"/><bpm:executionListener eventType="end" type="lis-end"/></bpm:executionListeners></extensionElements>
	<startEvent id="s"/></process></definitions>$$);
SELECT bpm.start('lis_process') AS i \gset
SELECT pg_temp.at(:i);
SELECT bpm.complete_job(job) FROM bpm.fetch_jobs('lis-begin', 'me');
SELECT pg_temp.at(:i);
SELECT bpm.complete_job(job) FROM bpm.fetch_jobs('lis-end', 'me');
SELECT pg_temp.at(:i);

-- A listener's job that fails is an incident at the element; resolve goes on from there.
SELECT bpm.start('lis') AS i \gset
SELECT bpm.fail_job(job, 'no way', 0) FROM bpm.fetch_jobs('lis-in', 'me');
SELECT pg_temp.at(:i);
SELECT bpm.resolve(pg_temp.incident(:i));
SELECT bpm.complete_job(job) FROM bpm.fetch_jobs('lis-in', 'me');
SELECT pg_temp.at(:i), (SELECT count(*) FROM bpm.task WHERE instance = :i);

-- Cancelled with its element.
SELECT bpm.start('lis') AS i \gset
SELECT bpm.modify(:i, '{z}', '{a}');
SELECT pg_temp.at(:i), (SELECT count(*) FROM bpm.job WHERE instance = :i);

-- Task listeners: the token waits for those to its beginning and end; the task stays claimable beside the others.
SELECT pg_temp.deploy('lis_task', '<startEvent id="s"/><userTask id="a">' || pg_temp.with(
	'<bpm:taskListener event="create" class="lis-created"/><bpm:taskListener event="assignment" class="lis-assigned"/>
	<bpm:taskListener event="complete" class="lis-completed"/>') || '</userTask><userTask id="z"/>', 's>a; a>z');
SELECT bpm.start('lis_task') AS i \gset
SELECT pg_temp.at(:i);
SELECT type, element FROM bpm.job WHERE instance = :i ORDER BY id;
SELECT bpm.complete_job(job) FROM bpm.fetch_jobs('lis-created', 'me');
SELECT bpm.claim_task(pg_temp.task(:i, 'a'));
SELECT pg_temp.at(:i);
SELECT type, element FROM bpm.job WHERE instance = :i ORDER BY id;
SELECT bpm.unclaim_task(pg_temp.task(:i, 'a'));
SELECT pg_temp.done(:i, 'a');
SELECT type, element FROM bpm.job WHERE instance = :i ORDER BY id;
SELECT bpm.complete_job(job) FROM bpm.fetch_jobs('lis-completed', 'me');
SELECT pg_temp.at(:i);

-- A multi-instance activity: the listeners are of each iteration.
SELECT pg_temp.deploy('lis_multi', '<startEvent id="s"/><task id="a">' || pg_temp.with(pg_temp.on('start',
	'><bpm:script scriptFormat="feel">{"said": append(said, loopCounter)}</bpm:script>')) ||
	'<multiInstanceLoopCharacteristics isSequential="true"><loopCardinality>3</loopCardinality>
	</multiInstanceLoopCharacteristics></task><userTask id="z"/>', 's>a; a>z');
SELECT bpm.start('lis_multi', '{"said": []}') AS i \gset
SELECT pg_temp.at(:i), bpm.variables(:i);

-- Every invariant holds, with what still lives and without.
SELECT * FROM bpm.check();
SELECT pg_temp.clean();
DROP FUNCTION lis_handler;
SELECT * FROM bpm.check();
