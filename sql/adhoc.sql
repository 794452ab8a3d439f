-- Promised: the activities of an ad-hoc subprocess are started as need be, all at
-- once or one at a time, until its completion condition holds or somebody ends it.
\set ECHO none
\i test/prelude.sql
CREATE FUNCTION pg_temp.adhoc(key text, attributes text, inside text DEFAULT '', flows text DEFAULT '') RETURNS text
LANGUAGE sql AS $$
	SELECT pg_temp.deploy(key, format('<startEvent id="s"/><adHocSubProcess id="p" %s>%s<userTask id="a"/><userTask id="b"/>
		<userTask id="c"/>%s</adHocSubProcess><userTask id="z"/>', attributes, inside, coalesce(pg_temp.flows(flows), '')),
		's>p; p>z')
$$;
\set until '''<completionCondition>done = true</completionCondition>'''

-- A plain model: everything that no flow leads to begins at once; it ends when all has ended.
SELECT pg_temp.adhoc('adhoc', '', '', 'b>c');
SELECT bpm.start('adhoc') AS i \gset
SELECT pg_temp.at(:i);
SELECT pg_temp.done(:i, 'b');
SELECT pg_temp.done(:i, 'a');
SELECT pg_temp.done(:i, 'c');

-- With a completion condition: asked when an activity has completed; the rest is cancelled.
SELECT pg_temp.adhoc('adhoc_until', 'bpm:activeElements="= [&quot;a&quot;, &quot;b&quot;]"', :until);
SELECT bpm.start('adhoc_until') AS i \gset
SELECT pg_temp.at(:i);
SELECT pg_temp.done(:i, 'b', '{"done": true}');
SELECT what FROM pg_temp.log(:i) WHERE what ~ 'cancelled| p$';

-- cancelRemainingInstances="false": it waits for what is still at work, and starts nothing more.
SELECT pg_temp.adhoc('adhoc_wait', 'cancelRemainingInstances="false"
	bpm:activeElements="= [&quot;a&quot;, &quot;b&quot;]"', :until, 'a>c');
SELECT bpm.start('adhoc_wait') AS i \gset
SELECT pg_temp.done(:i, 'b', '{"done": true}');
SELECT pg_temp.done(:i, 'a');

-- Nothing begins by itself when it has a condition: people start activities, as often as they like.
SELECT pg_temp.adhoc('adhoc_call', '', :until);
SELECT bpm.start('adhoc_call') AS i \gset
SELECT pg_temp.at(:i);
SELECT bpm.modify(:i, '{a}');
SELECT pg_temp.at(:i);
SELECT bpm.modify(:i, '{b,a}');
SELECT pg_temp.at(:i);
SELECT pg_temp.done(:i, 'b');
SELECT pg_temp.at(:i);
SELECT bpm.complete_task(max(id), '{"done": true}') FROM bpm.task WHERE instance = :i;
SELECT pg_temp.at(:i);

-- Empty, it stays open; end_adhoc ends it.
SELECT bpm.start('adhoc_call') AS i \gset
SELECT bpm.modify(:i, '{a}');
SELECT pg_temp.done(:i, 'a');
SELECT bpm.end_adhoc(pg_temp.token(:i, 'p'));
SELECT pg_temp.at(:i);
SELECT bpm.start('adhoc_call') AS i \gset
SELECT bpm.modify(:i, '{a,b}');
SELECT bpm.end_adhoc(pg_temp.token(:i, 'p'), cancel_remaining => false);
SELECT pg_temp.at(:i);
SELECT pg_temp.done(:i, 'a');
SELECT pg_temp.done(:i, 'b');
SELECT bpm.start('adhoc_call') AS i \gset
SELECT bpm.modify(:i, '{a,b}');
SELECT bpm.end_adhoc(pg_temp.token(:i, 'p'));
SELECT pg_temp.at(:i);

-- Sequential: one at a time.
SELECT pg_temp.adhoc('adhoc_seq', 'ordering="Sequential"');
SELECT bpm.start('adhoc_seq') AS i \gset
SELECT pg_temp.at(:i);
SELECT pg_temp.done(:i, 'a');
SELECT pg_temp.done(:i, 'b');
SELECT pg_temp.done(:i, 'c');
SELECT pg_temp.adhoc('adhoc_seq_call', 'ordering="Sequential"', :until);
SELECT bpm.start('adhoc_seq_call') AS i \gset
SELECT bpm.modify(:i, '{b}');
SELECT pg_temp.at(:i);
SELECT pg_temp.raises(format('SELECT bpm.modify(%s, ''{a}'')', :i));
SELECT pg_temp.done(:i, 'b');
SELECT bpm.modify(:i, '{a}');
SELECT pg_temp.done(:i, 'a', '{"done": true}');

-- Results are gathered, in the order of completion.
SELECT pg_temp.adhoc('adhoc_out', '', '<extensionElements><bpm:adHoc activeElementsCollection="= which"
	outputCollection="results" outputElement="= result"/></extensionElements>');
SELECT bpm.start('adhoc_out', '{"which": ["c", "a"]}') AS i \gset
SELECT pg_temp.at(:i);
SELECT pg_temp.done(:i, 'c', '{"result": 3}');
SELECT pg_temp.done(:i, 'a', '{"result": 1}');
SELECT bpm.variables(:i) -> 'results';

-- Elements that are not there: an incident; resolve looks again.
SELECT bpm.start('adhoc_out', '{"which": ["a", "z"]}') AS i \gset
SELECT pg_temp.at(:i);
SELECT message FROM bpm.incident WHERE instance = :i;
SELECT bpm.set_variables(:i, '{"which": ["b"]}');
SELECT bpm.resolve(pg_temp.incident(:i));
SELECT pg_temp.at(:i);
SELECT bpm.start('adhoc_out', '{"which": []}') AS i \gset
SELECT pg_temp.at(:i), bpm.variables(:i) -> 'results';

-- A condition that cannot be evaluated: an incident at the activity that completed.
SELECT bpm.start('adhoc_until', '{"done": 1}') AS i \gset
SELECT pg_temp.done(:i, 'a');
SELECT pg_temp.adhoc('adhoc_bad', 'bpm:activeElements="= [&quot;a&quot;]"',
	'<completionCondition>done</completionCondition>');
SELECT bpm.start('adhoc_bad', '{"done": 1}') AS i \gset
SELECT pg_temp.done(:i, 'a');
SELECT bpm.set_variables(:i, '{"done": true}');
SELECT bpm.resolve(pg_temp.incident(:i));
SELECT pg_temp.at(:i);

-- Boundary events, errors, variables: as of any subprocess.
SELECT pg_temp.deploy('adhoc_boundary', '<startEvent id="s"/><adHocSubProcess id="p"><userTask id="a"/><userTask id="b"/>
	</adHocSubProcess><boundaryEvent id="x" attachedToRef="p"><errorEventDefinition/></boundaryEvent><userTask id="y"/>',
	's>p; x>y');
SELECT bpm.start('adhoc_boundary') AS i \gset
SELECT bpm.throw_task_error(pg_temp.task(:i, 'a'), 'E');
SELECT pg_temp.at(:i);

-- Refused.
SELECT pg_temp.raises(format('SELECT bpm.end_adhoc(%s)', pg_temp.token(:i, 'y')));
SELECT pg_temp.raises('SELECT bpm.end_adhoc(-1)');
SELECT pg_temp.deploy('adhoc_refused', '<startEvent id="s"/><adHocSubProcess id="p"><startEvent id="ps"/><task id="a"/>'
	|| pg_temp.flows('ps>a') || '</adHocSubProcess>', 's>p');

-- Every invariant holds, with what still lives and without.
SELECT * FROM bpm.check();
SELECT pg_temp.clean();
SELECT count(*) FROM bpm.item;
SELECT * FROM bpm.check();
