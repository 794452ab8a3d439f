-- Promised: a token that leaves an activity or event takes all its flows without
-- a condition, those whose condition is true, and the default flow when no
-- condition was.
\set ECHO none
\i test/prelude.sql

-- Several flows fork, out of a start event, a task, a catch event and a boundary event.
SELECT pg_temp.deploy('flow_fork', '<startEvent id="s"/><task id="t"/><userTask id="a"/><userTask id="b"/>
	<userTask id="c"/>
	<userTask id="d"/><boundaryEvent id="x" attachedToRef="d"><timerEventDefinition>
	<timeDuration>PT1H</timeDuration></timerEventDefinition></boundaryEvent>
	<userTask id="e"/><userTask id="f"/>',
	's>a; s>t; t>b; t>c; t>d; x>e; x>f');
SELECT bpm.start('flow_fork') AS i \gset
SELECT pg_temp.at(:i);
SELECT bpm.set_clock(bpm.now() + '1 hour');
SELECT bpm.tick();
SELECT pg_temp.at(:i);
SELECT bpm.reset_clock();

-- Several flows into an activity merge nothing: it is done once for each token.
SELECT pg_temp.deploy('flow_merge', '<startEvent id="s"/><task id="a"/><task id="b"/><userTask id="c"/>
	<endEvent id="e"/>', 's>a; s>b; a>c; b>c; c>e');
SELECT bpm.start('flow_merge') AS i \gset
SELECT pg_temp.at(:i);

-- A branch that ends does not end the instance.
SELECT bpm.complete_task(min(id)) FROM bpm.task WHERE instance = :i;
SELECT pg_temp.at(:i);
SELECT pg_temp.done(:i, 'c');

-- Conditional flows: those that are true, beside the ones without a condition.
SELECT pg_temp.deploy('flow_some', '<startEvent id="s"/><task id="t" default="t_d"/><userTask id="a"/>
	<userTask id="b"/><userTask id="c"/><userTask id="d"/>',
	's>t; t>a if x > 1; t>b if x > 2; t>c; t>d');
SELECT x, pg_temp.at(bpm.start('flow_some', jsonb_build_object('x', x))) FROM generate_series(1, 3) AS x;

-- Without a default flow and with nothing true the token stays, in an incident.
SELECT pg_temp.deploy('flow_none', '<startEvent id="s"/><userTask id="t"/><userTask id="a"/><userTask id="b"/>',
	's>t; t>a if x > 1; t>b if x > 2');
SELECT bpm.start('flow_none') AS i \gset
SELECT pg_temp.done(:i, 't', '{"x": 0}');
SELECT kind, element, message FROM bpm.incident WHERE instance = :i;
SELECT count(*) AS tasks FROM bpm.task WHERE instance = :i;
SELECT bpm.set_variables(:i, '{"x": 5}');
SELECT bpm.resolve(pg_temp.incident(:i));
SELECT pg_temp.at(:i);

-- What the activity returned was kept meanwhile, and it completes once.
SELECT kind, count(*) FROM bpm.event WHERE instance = :i AND element = 't' GROUP BY kind ORDER BY kind;

-- A condition that is no boolean is an incident, and no flow is taken.
SELECT bpm.start('flow_some', '{"x": 1}') AS i \gset
SELECT pg_temp.deploy('flow_bad', '<startEvent id="s"/><task id="t"/><userTask id="a"/><userTask id="b"/>', 's>t;
	t>a if x; t>b');
SELECT bpm.start('flow_bad', '{"x": 1}') AS i \gset
SELECT pg_temp.at(:i);
SELECT kind, message FROM bpm.incident WHERE instance = :i;

-- Conditions see the results of the activity that they leave.
SELECT pg_temp.deploy('flow_result', '<startEvent id="s"/><userTask id="t"/><userTask id="a"/><userTask id="b"/>',
	's>t; t>a if ok; t>b if not(ok)');
SELECT bpm.start('flow_result') AS i \gset
SELECT pg_temp.done(:i, 't', '{"ok": false}');

-- A condition on the only flow counts as well.
SELECT pg_temp.deploy('flow_single', '<startEvent id="s"/><task id="t"/><userTask id="a"/>', 's>t; t>a if ok');
SELECT pg_temp.at(bpm.start('flow_single', '{"ok": true}')) AS yes, pg_temp.at(bpm.start('flow_single',
	'{"ok": false}')) AS no;

-- A flow back to the activity itself.
SELECT pg_temp.deploy('flow_self', '<startEvent id="s"/><userTask id="t" default="t_e"/><endEvent id="e"/>', 's>t;
	t>t if again; t>e');
SELECT bpm.start('flow_self') AS i \gset
SELECT pg_temp.done(:i, 't', '{"again": true}');
SELECT pg_temp.done(:i, 't', '{"again": false}');

-- Every invariant holds, with what still lives and without.
SELECT * FROM bpm.check();
SELECT pg_temp.clean();
SELECT * FROM bpm.check();
