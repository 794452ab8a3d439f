-- Promised: a multi-instance activity is done once for each item of its
-- collection, all at once or one after the other, and gathers the results in their order.
\set ECHO none
\i test/prelude.sql
-- A model with one multi-instance activity a: what stands in its marker, and its boundaries.
CREATE FUNCTION pg_temp.multi(key text, marker text, body text DEFAULT '<userTask id="a">%s</userTask>',
	more text DEFAULT '', flows text DEFAULT '', roots text DEFAULT '') RETURNS text LANGUAGE sql AS $$
	SELECT pg_temp.deploy(key, '<startEvent id="s"/>' || format(body, '<multiInstanceLoopCharacteristics' || marker
		|| '</multiInstanceLoopCharacteristics>') || '<userTask id="z"/>' || more, 's>a; a>z' || flows, roots)
$$;
\set over '''><extensionElements><bpm:loopCharacteristics inputCollection="= items" inputElement="item" outputCollection="results" outputElement="= result"/></extensionElements>'''
\set sequence ''' isSequential="true"><extensionElements><bpm:loopCharacteristics inputCollection="= items" inputElement="item" outputCollection="results" outputElement="= result"/></extensionElements>'''
-- The task of the iteration over an item.
CREATE FUNCTION pg_temp.finish(instance bigint, item jsonb, variables jsonb DEFAULT '{}') RETURNS text
LANGUAGE plpgsql AS $$
DECLARE task bigint;
BEGIN
	SELECT k.id INTO STRICT task FROM bpm.task k WHERE k.instance = $1 AND bpm.variables($1, k.token) -> 'item' = $2;
	PERFORM bpm.complete_task(task, $3);
	RETURN pg_temp.at($1);
END $$;

-- Parallel: all at once, each with its item and counter; results in the order of the items.
SELECT pg_temp.multi('mi', :over);
SELECT bpm.start('mi', '{"items": ["x", "y", "z"]}') AS i \gset
SELECT pg_temp.at(:i);
SELECT v -> 'item' AS item, v -> 'loopCounter' AS counter FROM bpm.task k, bpm.variables(:i, k.token) AS v
	WHERE k.instance = :i ORDER BY k.id;
SELECT pg_temp.finish(:i, '"z"', '{"result": 3}');
SELECT bpm.variables(:i);
SELECT pg_temp.finish(:i, '"x"', '{"result": 1}');
SELECT pg_temp.finish(:i, '"y"', '{"result": 2}');
SELECT bpm.variables(:i);
SELECT kind, element, data -> 'loopCounter' AS counter FROM bpm.event WHERE instance = :i AND element = 'a' ORDER BY seq;

-- Sequential: one after the other.
SELECT pg_temp.multi('mi_seq', :sequence);
SELECT bpm.start('mi_seq', '{"items": ["x", "y"]}') AS i \gset
SELECT pg_temp.at(:i);
SELECT pg_temp.finish(:i, '"x"', '{"result": 1}');
SELECT pg_temp.finish(:i, '"y"', '{"result": 2}');
SELECT bpm.variables(:i);

-- The collection is read once.
SELECT bpm.start('mi_seq', '{"items": ["x", "y"]}') AS i \gset
SELECT bpm.set_variables(:i, '{"items": [1, 2, 3]}');
SELECT pg_temp.finish(:i, '"x"', '{"result": 1}');
SELECT pg_temp.finish(:i, '"y"', '{"result": 2}');

-- Nothing in it: nothing is done, and the result is an empty list.
SELECT bpm.start('mi', '{"items": []}') AS i \gset
SELECT pg_temp.at(:i), bpm.variables(:i);
SELECT bpm.start('mi_seq', '{"items": []}') AS i \gset
SELECT pg_temp.at(:i), bpm.variables(:i);

-- Items of every kind, null among them.
SELECT pg_temp.multi('mi_kinds', :sequence, '<scriptTask id="a" scriptFormat="feel" bpm:resultVariable="result">
	<script>{"was": item}</script>%s</scriptTask>');
SELECT bpm.start('mi_kinds', '{"items": [1, null, "t", {"a": [1]}, [], false]}') AS i \gset
SELECT bpm.variables(:i) -> 'results';

-- A cardinality.
SELECT pg_temp.multi('mi_card', '><loopCardinality>n</loopCardinality>');
SELECT pg_temp.at(bpm.start('mi_card', '{"n": 3}')), pg_temp.at(bpm.start('mi_card', '{"n": 0}'));
SELECT n, pg_temp.at(bpm.start('mi_card', jsonb_build_object('n', n))) FROM unnest(ARRAY['-1', 'null', '"x"',
	'1.5']::jsonb[]) AS n;

-- No list, or an expression that fails: an incident before anything begins; resolve begins.
SELECT bpm.start('mi', '{"items": 5}') AS i \gset
SELECT pg_temp.at(:i);
SELECT kind, message FROM bpm.incident WHERE instance = :i;
SELECT bpm.set_variables(:i, '{"items": [1]}');
SELECT bpm.resolve(pg_temp.incident(:i));
SELECT pg_temp.at(:i);

-- The completion condition, asked after each iteration; what is still at work is cancelled, its result null.
SELECT pg_temp.multi('mi_enough', :over || '<completionCondition>numberOfCompletedInstances = 2</completionCondition>');
SELECT bpm.start('mi_enough', '{"items": ["x", "y", "z"]}') AS i \gset
SELECT pg_temp.finish(:i, '"z"', '{"result": 3}');
SELECT pg_temp.finish(:i, '"x"', '{"result": 1}');
SELECT bpm.variables(:i) -> 'results';
SELECT what FROM pg_temp.log(:i) WHERE what ~ 'cancelled';
SELECT pg_temp.multi('mi_enough_seq', :sequence || '<completionCondition>result = "stop"</completionCondition>');
SELECT bpm.start('mi_enough_seq', '{"items": ["x", "y", "z"]}') AS i \gset
SELECT pg_temp.finish(:i, '"x"', '{"result": 3}');
SELECT pg_temp.finish(:i, '"y"', '{"result": "stop"}');
SELECT bpm.variables(:i) -> 'results';

-- The numbers that it sees.
SELECT pg_temp.multi('mi_numbers', :sequence || '<completionCondition>nrOfInstances = 3 and nrOfActiveInstances = 0
	and nrOfCompletedInstances = loopCounter and numberOfInstances = 3 and numberOfTerminatedInstances = 0 and item =
	"y"</completionCondition>');
SELECT bpm.start('mi_numbers', '{"items": ["x", "y", "z"]}') AS i \gset
SELECT pg_temp.finish(:i, '"x"');
SELECT pg_temp.finish(:i, '"y"');

-- Iterations do not see each other's variables.
SELECT pg_temp.multi('mi_scope', :over, '<subProcess id="a">%s<startEvent id="as"/><userTask id="b"/><userTask id="c"/>'
	|| pg_temp.flows('as>b; b>c') || '</subProcess>');
SELECT bpm.start('mi_scope', '{"items": ["x", "y"]}') AS i \gset
SELECT pg_temp.at(:i);
SELECT pg_temp.finish(:i, '"x"', '{"result": 10}');
SELECT v -> 'item' AS item, v -> 'result' AS result FROM bpm.task k, bpm.variables(:i, k.token) AS v
	WHERE k.instance = :i ORDER BY 1;
SELECT pg_temp.finish(:i, '"x"'), pg_temp.finish(:i, '"y"', '{"result": 20}'), pg_temp.finish(:i, '"y"');
SELECT bpm.variables(:i) -> 'results';

-- Nested.
SELECT pg_temp.multi('mi_nested', '><extensionElements><bpm:loopCharacteristics inputCollection="= rows"
	inputElement="row" outputCollection="table" outputElement="= line"/></extensionElements>', '<subProcess id="a">%s
	<scriptTask id="cell" scriptFormat="feel" bpm:resultVariable="v"><script>row * 10 + column</script>
	<multiInstanceLoopCharacteristics isSequential="true"><extensionElements><bpm:loopCharacteristics
	inputCollection="= columns" inputElement="column" outputCollection="line" outputElement="= v"/></extensionElements>
	</multiInstanceLoopCharacteristics></scriptTask></subProcess>');
SELECT bpm.start('mi_nested', '{"rows": [1, 2], "columns": [3, 4, 5]}') AS i \gset
SELECT bpm.variables(:i) -> 'table';

-- Boundary events belong to all iterations: an interrupting one ends them all, one that does not goes beside them.
SELECT pg_temp.multi('mi_boundary', :over, '<userTask id="a">%s</userTask>', '<boundaryEvent id="x" attachedToRef="a">
	<errorEventDefinition/></boundaryEvent><boundaryEvent id="w" attachedToRef="a" cancelActivity="false">
	<messageEventDefinition messageRef="m"/></boundaryEvent><userTask id="y"/><userTask id="v"/>', '; x>y; w>v',
	'<message id="m" name="mi-m"/>');
SELECT bpm.start('mi_boundary', '{"items": [1, 2, 3]}') AS i \gset
SELECT bpm.publish('mi-m') = :i, count(*) FROM bpm.subscription WHERE instance = :i;
SELECT pg_temp.at(:i);
SELECT bpm.throw_task_error(min(id), 'E') FROM bpm.task WHERE instance = :i AND element = 'a';
SELECT pg_temp.at(:i);
SELECT count(*) FROM bpm.item t WHERE NOT EXISTS (SELECT FROM bpm.token k WHERE k.id = t.token);

-- A terminate end ends only its iteration.
SELECT pg_temp.multi('mi_terminate', :over, '<subProcess id="a">%s<startEvent id="as"/><userTask id="b"/>
	<userTask id="c"/><endEvent id="t"><terminateEventDefinition/></endEvent>' || pg_temp.flows('as>b; as>c; b>t')
	|| '</subProcess>');
SELECT bpm.start('mi_terminate', '{"items": [1, 2]}') AS i \gset
SELECT bpm.complete_task(min(id)) FROM bpm.task WHERE instance = :i AND element = 'b';
SELECT pg_temp.at(:i);

-- An incident in one iteration does not hinder the others.
SELECT pg_temp.multi('mi_incident', :over, '<subProcess id="a">%s<startEvent id="as"/><exclusiveGateway id="g"/>
	<endEvent id="e"/><endEvent id="f"/>' || pg_temp.flows('as>g; g>e if item > limit; g>f if item = 0') ||
	'</subProcess>');
SELECT bpm.start('mi_incident', '{"items": [5, 1, 0], "limit": 3}') AS i \gset
SELECT pg_temp.at(:i);
SELECT bpm.set_variables(:i, '{"limit": 0}');
SELECT bpm.resolve(pg_temp.incident(:i));
SELECT pg_temp.at(:i);

-- An output that cannot be worked out, and a completion condition: an incident at the iteration.
SELECT pg_temp.multi('mi_bad', :over || '<completionCondition>enough</completionCondition>');
SELECT bpm.start('mi_bad', '{"items": [1, 2], "enough": 7}') AS i \gset
SELECT pg_temp.finish(:i, '2', '{"result": 20}');
SELECT message FROM bpm.incident WHERE instance = :i;
SELECT bpm.set_variables(:i, '{"enough": false}');
SELECT bpm.resolve(pg_temp.incident(:i));
SELECT pg_temp.at(:i);
SELECT pg_temp.finish(:i, '1', '{"result": 10}');
SELECT bpm.variables(:i) -> 'results';

-- Jobs: as many as there are items.
SELECT pg_temp.multi('mi_job', :over, '<serviceTask id="a" bpm:type="mi-job">%s</serviceTask>');
SELECT bpm.start('mi_job', '{"items": [1, 2, 3]}') AS i \gset
SELECT bpm.complete_job(job, jsonb_build_object('result', (variables ->> 'item')::int * 2))
	FROM bpm.fetch_jobs('mi-job', 'me', 10);
SELECT pg_temp.at(:i), bpm.variables(:i) -> 'results';

-- Behaviour: an event as iterations complete, at the boundary of the activity.
CREATE FUNCTION pg_temp.behaviour(key text, behavior text, more text DEFAULT '') RETURNS text LANGUAGE sql AS $$
	SELECT pg_temp.multi(key, behavior || '><loopCardinality>3</loopCardinality>' || more, '<userTask id="a">%s
		</userTask>', '<boundaryEvent id="x" attachedToRef="a" cancelActivity="false"><escalationEventDefinition
		escalationRef="l"/></boundaryEvent><userTask id="y"/>', '; x>y', '<escalation id="l" escalationCode="L"/>
		<escalationEventDefinition id="d" escalationRef="l"/>')
$$;
CREATE FUNCTION pg_temp.all_done(instance bigint) RETURNS text LANGUAGE plpgsql AS $$
DECLARE result text := ''; task bigint;
BEGIN
	FOR n IN 1 .. 3 LOOP
		SELECT min(id) INTO task FROM bpm.task k WHERE k.instance = $1 AND element = 'a';
		PERFORM bpm.complete_task(task);
		result := result || pg_temp.at($1) || '; ';
	END LOOP;
	RETURN result;
END $$;
SELECT pg_temp.behaviour('mi_all', ' behavior="All"'), pg_temp.all_done(bpm.start('mi_all'));
SELECT pg_temp.behaviour('mi_none', ' behavior="None" noneBehaviorEventRef="d"'), pg_temp.all_done(bpm.start('mi_none'));
SELECT pg_temp.behaviour('mi_one', ' behavior="One" oneBehaviorEventRef="d"'), pg_temp.all_done(bpm.start('mi_one'));
SELECT pg_temp.behaviour('mi_complex', ' behavior="Complex"', '<complexBehaviorDefinition id="cb"><condition>
	numberOfCompletedInstances = 2</condition><event id="ce"><escalationEventDefinition escalationRef="l"/></event>
	</complexBehaviorDefinition>'), pg_temp.all_done(bpm.start('mi_complex'));
SELECT pg_temp.behaviour('mi_refused', ' behavior="None"');
SELECT pg_temp.behaviour('mi_refused', ' behavior="Some"');

-- A condition of such a behaviour that cannot be evaluated is an incident at the iteration.
SELECT pg_temp.behaviour('mi_complex_bad', ' behavior="Complex"', '<complexBehaviorDefinition id="cb"><condition>
	now</condition><event id="ce"><escalationEventDefinition escalationRef="l"/></event></complexBehaviorDefinition>');
SELECT bpm.start('mi_complex_bad', '{"now": 3}') AS i \gset
SELECT bpm.complete_task(min(id)) FROM bpm.task WHERE instance = :i;
SELECT pg_temp.at(:i);
SELECT bpm.set_variables(:i, '{"now": true}');
SELECT bpm.resolve(pg_temp.incident(:i));
SELECT pg_temp.at(:i);

-- An event that interrupts ends all iterations.
SELECT pg_temp.multi('mi_stop', ' behavior="One" oneBehaviorEventRef="d"><loopCardinality>3</loopCardinality>',
	'<userTask id="a">%s</userTask>', '<boundaryEvent id="x" attachedToRef="a"><signalEventDefinition signalRef="g"/>
	</boundaryEvent><userTask id="y"/>', '; x>y', '<signal id="g" name="mi-g"/><signalEventDefinition id="d"
	signalRef="g"/>');
SELECT bpm.start('mi_stop') AS i \gset
SELECT bpm.complete_task(min(id)) FROM bpm.task WHERE instance = :i;
SELECT pg_temp.at(:i);

-- Models of Camunda count from 0, and name things their way.
SELECT key FROM bpm.deploy($$<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"
	xmlns:camunda="http://camunda.org/schema/1.0/bpmn"><process id="mi_camunda" isExecutable="true"><startEvent id="s"/>
	<scriptTask id="a" scriptFormat="feel" camunda:resultVariable="seen"><script>append(seen, string(loopCounter) + item)
	</script><multiInstanceLoopCharacteristics isSequential="true" camunda:collection="items"
	camunda:elementVariable="item"/></scriptTask><userTask id="z"/><sequenceFlow id="f" sourceRef="s" targetRef="a"/>
	<sequenceFlow id="g" sourceRef="a" targetRef="z"/></process></definitions>$$);
SELECT bpm.start('mi_camunda', '{"items": ["x", "y"], "seen": []}') AS i \gset
SELECT pg_temp.at(:i), bpm.variables(:i) -> 'seen';

-- Cancelled with all of its iterations.
SELECT bpm.start('mi_seq', '{"items": [1, 2, 3]}') AS i \gset
SELECT count(*) > 0 AS kept FROM bpm.item;
SELECT bpm.cancel(:i);
SELECT count(*) FROM bpm.item t WHERE NOT EXISTS (SELECT FROM bpm.token k WHERE k.id = t.token);

-- A thousand of them.
SELECT bpm.start('mi_kinds', jsonb_build_object('items', jsonb_agg(n))) AS i FROM generate_series(1, 1000) AS n \gset
SELECT pg_temp.at(:i), jsonb_array_length(bpm.variables(:i) -> 'results'), bpm.variables(:i) -> 'results' -> 999;

-- More of them than a call may take steps: the worker goes on. Nothing is lost, and the order stays.
SELECT pg_temp.deploy('mi_many_' || kind, format('<startEvent id="s"/><scriptTask id="a" scriptFormat="feel"
	bpm:resultVariable="r"><multiInstanceLoopCharacteristics isSequential="%s"><extensionElements>
	<bpm:loopCharacteristics inputCollection="= items" inputElement="x" outputCollection="results" outputElement="= r"/>
	</extensionElements></multiInstanceLoopCharacteristics><script>x * 2</script></scriptTask><userTask id="z"/>',
	(kind = 'sequential')::text), 's>a; a>z') FROM unnest('{parallel,sequential}'::text[]) AS kind;
SET bpm.max_steps = 100;
SELECT bpm.start('mi_many_parallel', jsonb_build_object('items', jsonb_agg(n))) AS p,
	bpm.start('mi_many_sequential', jsonb_build_object('items', jsonb_agg(n))) AS s FROM generate_series(1, 1000) AS n \gset
SELECT instance = :p AS parallel, i.kind, count(*), sum(jsonb_array_length(i.items))
	FROM bpm.item i JOIN bpm.token t ON t.id = i.token WHERE instance IN (:p, :s) GROUP BY 1, 2 ORDER BY 1, 2;
DO 'BEGIN WHILE bpm.tick(300) > 0 LOOP END LOOP; END';
RESET bpm.max_steps;
SELECT pg_temp.at(i), (SELECT bool_and(value = to_jsonb(2 * n)) AND count(*) = 1000
	FROM jsonb_array_elements(bpm.variables(i) -> 'results') WITH ORDINALITY AS r(value, n))
	FROM unnest(ARRAY[:p, :s]::bigint[]) AS i;

-- Each completed in a call of its own, out of order.
SELECT pg_temp.deploy('mi_runs', '<startEvent id="s"/><userTask id="a"><multiInstanceLoopCharacteristics>
	<extensionElements><bpm:loopCharacteristics inputCollection="= items" inputElement="x" outputCollection="results"
	outputElement="= r"/></extensionElements></multiInstanceLoopCharacteristics></userTask><userTask id="z"/>', 's>a; a>z');
SELECT bpm.start('mi_runs', '{"items": [1, 2, 3, 4, 5]}') AS i \gset
SELECT count(bpm.complete_task(id, jsonb_build_object('r', bpm.variables(:i, token) -> 'x')))
	FROM (SELECT id, token FROM bpm.task WHERE instance = :i ORDER BY id DESC LIMIT 4) AS k;
SELECT position, items FROM bpm.item i JOIN bpm.token t ON t.id = i.token WHERE instance = :i ORDER BY 1;
SELECT pg_temp.done(:i, 'a', '{"r": "last"}'), bpm.variables(:i) -> 'results';

-- A thousand of a parallel body begin together, the last of which begins the next ones. Nobody sees that: not who waits,
-- not the counts, and not the results, whether one call does it all or many.
SELECT bpm.start('mi_runs', jsonb_build_object('items', jsonb_agg(n))) AS i FROM generate_series(1, 2500) AS n \gset
SELECT count(*), count(DISTINCT bpm.variables(:i, token) -> 'x') AS items FROM bpm.task WHERE instance = :i;
SELECT pg_temp.deploy('mi_turns', '<startEvent id="s"/><scriptTask id="a" scriptFormat="feel" bpm:resultVariable="r">
	<multiInstanceLoopCharacteristics><extensionElements><bpm:loopCharacteristics inputCollection="= items" inputElement="x"
	outputCollection="results" outputElement="= r"/></extensionElements><completionCondition>nrOfActiveInstances = left
	</completionCondition></multiInstanceLoopCharacteristics><script>x</script></scriptTask><userTask id="z"/>', 's>a; a>z');
SELECT budget, done, total, done + "left" = 2500 AS counted
	FROM unnest(ARRAY[10000, 70]) AS budget, unnest(ARRAY[2000, 1000, 999, 400, 0]) AS "left",
		set_config('bpm.max_steps', budget::text, false),
		LATERAL (SELECT bpm.start('mi_turns', jsonb_build_object('left', "left", 'items', jsonb_agg(n))) AS i
			FROM generate_series(1, 2500) AS n) AS started,
		bpm.tick(100000),
		LATERAL (SELECT count(*) FILTER (WHERE r <> 'null') AS done, count(*) AS total
			FROM jsonb_array_elements(bpm.variables(i) -> 'results') AS r) AS results
	ORDER BY budget DESC, done;
RESET bpm.max_steps;

-- Every invariant holds, with what still lives and without.
SELECT * FROM bpm.check();
SELECT pg_temp.clean();
SELECT count(*) FROM bpm.item;
SELECT * FROM bpm.check();
