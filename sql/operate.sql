-- Promised: a living instance can be held and go on, its tokens be moved, and it be
-- moved itself to another version of its process; what is not possible is refused.
\set ECHO none
\i test/prelude.sql
CREATE FUNCTION pg_temp.plan(instance bigint, version int, mapping jsonb DEFAULT '{}') RETURNS TABLE (from_element text,
	to_element text, problem text) LANGUAGE sql AS $$
	SELECT from_element, to_element, problem FROM bpm.migrate(instance, version, mapping, true) ORDER BY token
$$;
CREATE FUNCTION pg_temp.moved(instance bigint, version int, mapping jsonb DEFAULT '{}') RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	PERFORM bpm.migrate($1, $2, $3);
	RETURN (SELECT 'version ' || i.version || ': ' FROM bpm.instance i WHERE i.id = $1) || pg_temp.at($1);
END $$;
SELECT bpm.set_clock('2030-01-01 12:00+00');

-- SUSPEND AND RESUME

-- Nothing moves while it is suspended: no task, no job, no message, no timer, no signal, no worker.
SELECT pg_temp.deploy('ope', '<startEvent id="s"/><userTask id="a"/><serviceTask id="b" bpm:type="ope-b"/>
	<receiveTask id="c" messageRef="m"/><intermediateCatchEvent id="d"><timerEventDefinition><timeDuration>PT1H
	</timeDuration></timerEventDefinition></intermediateCatchEvent><intermediateCatchEvent id="e"><signalEventDefinition
	signalRef="g"/></intermediateCatchEvent><endEvent id="z"/>', 's>a; s>b; s>c; s>d; s>e; a>z; b>z; c>z; d>z; e>z',
	'<message id="m" name="ope-m"/><signal id="g" name="ope-g"/>');
SELECT bpm.start('ope') AS i \gset
SELECT bpm.suspend(:i);
SELECT state, suspended FROM bpm.instance WHERE id = :i;
SELECT pg_temp.raises(format(statement, :i)) FROM unnest(ARRAY['SELECT pg_temp.done(%s, ''a'')',
	'SELECT pg_temp.done(%s, ''b'')', 'SELECT bpm.set_variables(%s, ''{"n": 1}'')', 'SELECT bpm.modify(%s, ''{a}'')',
	'SELECT bpm.suspend(%s)']) AS statement;
SELECT count(*) FROM bpm.fetch_jobs('ope-b', 'me');
SELECT bpm.publish('ope-m') IS NULL AS nobody, bpm.publish('ope-m', variables => '{"kept": 1}', ttl => '1 hour') IS NULL;
SELECT bpm.signal('ope-g');
SELECT bpm.advance_clock('2 hours'), bpm.tick();
SELECT pg_temp.at(:i);

-- Resumed, it takes the kept message and the timers that became due; signals are gone.
SELECT bpm.publish('ope-m', variables => '{"kept": 2}', ttl => '1 hour') IS NULL AS nobody;
SELECT bpm.resume(:i);
SELECT pg_temp.at(:i), bpm.variables(:i);
SELECT bpm.tick();
SELECT pg_temp.at(:i);
SELECT count(*) FROM bpm.fetch_jobs('ope-b', 'me');
SELECT kind FROM bpm.event WHERE instance = :i AND kind ~ 'suspend|resume' ORDER BY seq;
SELECT pg_temp.raises(format('SELECT bpm.resume(%s)', :i));

-- Variables may be set meanwhile; conditions are looked at when it is resumed. So it is in called instances.
SELECT pg_temp.deploy('ope_called', '<startEvent id="s"/><intermediateCatchEvent id="c"><conditionalEventDefinition>
	<condition>n > 1</condition></conditionalEventDefinition></intermediateCatchEvent><receiveTask id="r"
	messageRef="k"/><userTask id="z"/>', 's>c; c>z; s>r; r>z', '<message id="k" name="ope-k"/>');
SELECT pg_temp.deploy('ope_caller', '<startEvent id="s"/><callActivity id="c" calledElement="ope_called"/>', 's>c');
SELECT bpm.start('ope_caller') AS caller \gset
SELECT id AS called FROM bpm.instance WHERE parent = :caller \gset
SELECT bpm.suspend(:caller);
SELECT bpm.set_variables(:called, '{"n": 2}'), bpm.publish('ope-k', ttl => '1 hour');
SELECT pg_temp.at(:called);
SELECT bpm.resume(:caller);
SELECT pg_temp.at(:called);

-- A suspended instance can be cancelled.
SELECT bpm.suspend(:i);
SELECT bpm.cancel(:i);
SELECT pg_temp.at(:i);
SELECT pg_temp.raises(format('SELECT bpm.suspend(%s)', :i)), pg_temp.raises('SELECT bpm.suspend(-1)');

-- MODIFY

SELECT pg_temp.deploy('ope_modify', '<startEvent id="s"/><userTask id="a"/><subProcess id="p"><startEvent id="ps"/>
	<userTask id="b"/><userTask id="c"/>' || pg_temp.flows('ps>b; b>c') || '</subProcess><userTask id="z"/>
	<boundaryEvent id="x" attachedToRef="a"><errorEventDefinition/></boundaryEvent><endEvent id="e"/>',
	's>a; a>p; p>z; x>e');
-- A token before one element, away from another, with variables.
SELECT bpm.start('ope_modify') AS i \gset
SELECT bpm.modify(:i, '{z}', '{a}', '{"why": "operator"}');
SELECT pg_temp.at(:i), bpm.variables(:i);
SELECT what FROM pg_temp.log(:i) WHERE seq > 5;

-- Into a subprocess that is not open: it is opened, with nothing else in it; when it is, it is that one.
SELECT bpm.start('ope_modify') AS i \gset
SELECT bpm.modify(:i, '{c}', '{a}');
SELECT pg_temp.at(:i);
SELECT bpm.modify(:i, '{b}');
SELECT pg_temp.at(:i);
SELECT pg_temp.done(:i, 'c');
SELECT bpm.modify(:i, cancel => '{b}');
SELECT pg_temp.at(:i);

-- The subprocess as a whole; two of them, and then "inside" would be ambiguous.
SELECT bpm.start('ope_modify') AS i \gset
SELECT bpm.modify(:i, '{p,p}', '{a}');
SELECT pg_temp.at(:i);
SELECT regexp_replace(pg_temp.raises(format('SELECT bpm.modify(%s, ''{c}'')', :i)), 'instance \d+', 'instance N');
SELECT bpm.modify(:i, '{a}', '{p}');
SELECT pg_temp.at(:i);

-- Refused, and then nothing has happened.
SELECT pg_temp.raises(format(statement, :i)) FROM unnest(ARRAY['SELECT bpm.modify(%s, ''{nowhere}'')',
	'SELECT bpm.modify(%s, ''{z,x}'')', 'SELECT bpm.modify(%s, ''{z}'', ''{c}'')', 'SELECT bpm.modify(%s, variables => ''1'')'])
	AS statement;
SELECT pg_temp.at(:i);

-- MIGRATE

-- Tokens, tasks and jobs go to the elements of the same id, or of the id that the mapping gives.
SELECT pg_temp.deploy('ope_move', '<startEvent id="s"/><userTask id="a"/><serviceTask id="b" bpm:type="ope-move"/>
	<userTask id="z"/>', 's>a; s>b; a>z; b>z');
SELECT bpm.start('ope_move') AS i \gset
SELECT pg_temp.deploy('ope_move', '<startEvent id="s"/><userTask id="a"/><serviceTask id="b2" bpm:type="ope-move"/>
	<userTask id="y"/>', 's>a; s>b2; a>y; b2>y');
SELECT * FROM pg_temp.plan(:i, 2);
SELECT * FROM pg_temp.plan(:i, 2, '{"b": "b2"}');
SELECT pg_temp.at(:i), version FROM bpm.instance WHERE id = :i;
SELECT regexp_replace(pg_temp.raises(format('SELECT bpm.migrate(%s, 2)', :i)), 'token \d+', 'token N', 'g');
SELECT pg_temp.moved(:i, 2, '{"b": "b2"}');
SELECT element FROM bpm.task WHERE instance = :i UNION ALL SELECT element FROM bpm.job WHERE instance = :i;
SELECT pg_temp.done(:i, 'a'), pg_temp.done(:i, 'b2');
SELECT kind, data FROM bpm.event WHERE instance = :i AND kind = 'migrated';

-- Back again, and elements of another kind, in another scope, of another loop.
SELECT pg_temp.moved(bpm.start('ope_move'), 1, '{"b2": "b"}');
SELECT bpm.start('ope_move') AS i \gset
SELECT * FROM pg_temp.plan(:i, 1, '{"b2": "z"}');
SELECT pg_temp.deploy('ope_move', '<startEvent id="s"/><subProcess id="p"><userTask id="a"/></subProcess>
	<serviceTask id="b2" bpm:type="ope-move"><multiInstanceLoopCharacteristics><loopCardinality>2</loopCardinality>
	</multiInstanceLoopCharacteristics></serviceTask>', 's>p; s>b2');
SELECT * FROM pg_temp.plan(:i, 3);

-- A join keeps what has come over flows that are still there.
SELECT pg_temp.deploy('ope_join', '<startEvent id="s"/><userTask id="a"/><userTask id="b"/><parallelGateway id="j"/>
	<userTask id="z"/>', 's>a; s>b; a>j; b>j; j>z');
SELECT bpm.start('ope_join') AS i \gset
SELECT pg_temp.done(:i, 'b');
SELECT pg_temp.deploy('ope_join', '<startEvent id="s"/><userTask id="b"/><userTask id="c"/><userTask id="a"/>
	<parallelGateway id="j"/><userTask id="y"/>', 's>b; s>c; s>a; b>j; c>j; a>j; j>y');
SELECT pg_temp.moved(:i, 2);
SELECT pg_temp.done(:i, 'a');
SELECT bpm.modify(:i, '{c}');
SELECT pg_temp.done(:i, 'c');
SELECT bpm.start('ope_join') AS i \gset
SELECT pg_temp.done(:i, 'c');
SELECT problem FROM pg_temp.plan(:i, 1);

-- Timers and subscriptions go on as they are; those of events that are gone end, new ones begin.
SELECT pg_temp.deploy('ope_wait', '<startEvent id="s"/><userTask id="a"/><boundaryEvent id="t" attachedToRef="a"
	cancelActivity="false"><timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition></boundaryEvent>
	<boundaryEvent id="g" attachedToRef="a"><signalEventDefinition signalRef="g1"/></boundaryEvent><userTask id="y"/>',
	's>a; t>y; g>y', '<signal id="g1" name="ope-g1"/><signal id="g2" name="ope-g2"/>');
SELECT bpm.start('ope_wait') AS i \gset
SELECT pg_temp.deploy('ope_wait', '<startEvent id="s"/><userTask id="a"/><boundaryEvent id="t" attachedToRef="a"
	cancelActivity="false"><timerEventDefinition><timeDuration>PT5H</timeDuration></timerEventDefinition></boundaryEvent>
	<boundaryEvent id="h" attachedToRef="a"><signalEventDefinition signalRef="g2"/></boundaryEvent><userTask id="x"/>',
	's>a; t>x; h>x', '<signal id="g1" name="ope-g1"/><signal id="g2" name="ope-g2"/>');
SELECT pg_temp.moved(:i, 2);
SELECT element, due_at - bpm.now() AS due FROM bpm.timer WHERE instance = :i;
SELECT bpm.signal('ope-g1');
SELECT bpm.advance_clock('1 hour'), bpm.tick();
SELECT pg_temp.at(:i), bpm.signal('ope-g2');
SELECT pg_temp.at(:i);

-- A multi-instance body goes with all of its iterations and results.
SELECT pg_temp.deploy('ope_multi', '<startEvent id="s"/><userTask id="a"><multiInstanceLoopCharacteristics
	isSequential="true"><extensionElements><bpm:loopCharacteristics inputCollection="= items" inputElement="item"
	outputCollection="results" outputElement="= result"/></extensionElements></multiInstanceLoopCharacteristics></userTask>
	<userTask id="z"/>', 's>a; a>z');
SELECT bpm.start('ope_multi', '{"items": [1, 2, 3]}') AS i \gset
SELECT pg_temp.done(:i, 'a', '{"result": 10}');
SELECT pg_temp.deploy('ope_multi', '<startEvent id="s"/><userTask id="a2"><multiInstanceLoopCharacteristics
	isSequential="true"><extensionElements><bpm:loopCharacteristics inputCollection="= items" inputElement="item"
	outputCollection="results" outputElement="= result"/></extensionElements></multiInstanceLoopCharacteristics></userTask>
	<userTask id="y"/>', 's>a2; a2>y');
SELECT pg_temp.moved(:i, 2, '{"a": "a2"}');
SELECT pg_temp.done(:i, 'a2', '{"result": 20}');
SELECT pg_temp.done(:i, 'a2', '{"result": 30}');
SELECT bpm.variables(:i) -> 'results';

-- Subprocesses go with what is inside.
SELECT pg_temp.deploy('ope_sub', '<startEvent id="s"/><subProcess id="p"><userTask id="a"/><userTask id="b"/></subProcess>
	<userTask id="z"/>', 's>p; p>z');
SELECT bpm.start('ope_sub') AS i \gset
SELECT pg_temp.deploy('ope_sub', '<startEvent id="s"/><subProcess id="q"><userTask id="a"/><userTask id="c"/></subProcess>
	<userTask id="y"/>', 's>q; q>y');
SELECT * FROM pg_temp.plan(:i, 2, '{"b": "c"}');
SELECT pg_temp.moved(:i, 2, '{"p": "q", "b": "c"}');
SELECT pg_temp.done(:i, 'a'), pg_temp.done(:i, 'c');

-- Refused: no such version, an ended instance, no object.
SELECT pg_temp.raises(format('SELECT bpm.migrate(%s, 9)', :i)), pg_temp.raises(format('SELECT bpm.migrate(%s, 1, ''[]'')',
	:i));
SELECT bpm.cancel(:i);
SELECT pg_temp.raises(format('SELECT bpm.migrate(%s, 1)', :i));

-- EXPLAIN

SELECT bpm.start('ope_modify') AS i \gset
SELECT bpm.modify(:i, '{c,z}');
SELECT regexp_replace(line, '\d{2,}', 'N', 'g') FROM bpm.explain(:i) AS line;
SELECT pg_temp.raises('SELECT bpm.explain(-1)');

-- TASKS AND JOBS

-- Dates and priority of a task; NULL leaves them.
SELECT bpm.update_task(pg_temp.task(:i, 'z'), '2030-02-01 00:00+00', '2030-01-20 00:00+00', 70);
SELECT bpm.update_task(pg_temp.task(:i, 'z'), priority => 80);
SELECT due_at AT TIME ZONE 'UTC' AS due, follow_up_at AT TIME ZONE 'UTC' AS follow_up, priority FROM bpm.task
	WHERE instance = :i AND element = 'z';
SELECT pg_temp.raises('SELECT bpm.update_task(-1, priority => 1)');

-- A job is given back.
SELECT bpm.start('ope_move', version => 1) AS i \gset
SELECT count(*) FROM bpm.fetch_jobs('ope-move', 'me', 10);
SELECT pg_temp.raises(format('SELECT bpm.complete_job(%s, worker => ''you'')', pg_temp.job(:i, 'b')));
SELECT bpm.unlock_job(pg_temp.job(:i, 'b'));
SELECT state, worker FROM bpm.job WHERE instance = :i;
SELECT pg_temp.raises(format('SELECT bpm.unlock_job(%s)', pg_temp.job(:i, 'b'))), pg_temp.raises('SELECT bpm.unlock_job(-1)');

-- my_tasks shows plain roles what they have or may claim, and nothing else.
CREATE ROLE ope_clerk;
CREATE ROLE ope_clerks;
CREATE ROLE ope_other;
GRANT ope_clerks TO ope_clerk;
GRANT USAGE ON SCHEMA bpm TO ope_clerk, ope_other;
GRANT SELECT ON bpm.my_tasks TO ope_clerk, ope_other;
GRANT EXECUTE ON FUNCTION bpm.claim_task TO ope_clerk;
SELECT pg_temp.deploy('ope_tasks', '<startEvent id="s"/><userTask id="mine" bpm:assignee="ope_clerk"/>
	<userTask id="ours" bpm:candidateGroups="ope_clerks"/><userTask id="theirs" bpm:assignee="ope_other"/>
	<userTask id="nobodys" bpm:candidateGroups="nobody_at_all"/>', 's>mine; s>ours; s>theirs; s>nobodys');
SELECT bpm.start('ope_tasks') AS i \gset
SET ROLE ope_clerk;
SELECT element, state, assignee FROM bpm.my_tasks WHERE process = 'ope_tasks' ORDER BY 1;
SELECT bpm.claim_task(task) FROM bpm.my_tasks WHERE process = 'ope_tasks' AND element = 'ours';
SELECT element, state, assignee FROM bpm.my_tasks WHERE process = 'ope_tasks' ORDER BY 1;
RESET ROLE;
SET ROLE ope_other;
SELECT element, state, assignee FROM bpm.my_tasks WHERE process = 'ope_tasks' ORDER BY 1;
RESET ROLE;

-- Every invariant holds, with what still lives and without.
SELECT * FROM bpm.check();
SELECT pg_temp.clean();
DROP OWNED BY ope_clerk, ope_other;
DROP ROLE ope_clerk, ope_clerks, ope_other;
SELECT * FROM bpm.check();
