-- Promised: an inclusive gateway takes all flows whose condition holds, and joins
-- when no token elsewhere can still come over an empty flow without passing a filled one.
\set ECHO none
\i test/prelude.sql

-- Three branches of user tasks, as the conditions say, joined again.
SELECT pg_temp.deploy('inc', '<startEvent id="s"/><inclusiveGateway id="g" default="g_d"/><userTask id="a"/>
	<userTask id="b"/><userTask id="c"/><userTask id="d"/><inclusiveGateway id="j"/><userTask id="z"/>',
	's>g; g>a if a; g>b if b; g>c if c; g>d; a>j; b>j; c>j; d>j; j>z');

-- All that hold are taken, or the default; none of them without a default is an incident.
SELECT v AS variables, pg_temp.at(bpm.start('inc', v)) FROM unnest(ARRAY['{}', '{"a": true}', '{"a": true, "c": true}',
	'{"a": true, "b": true, "c": true}', '{"a": false, "b": null}']::jsonb[]) AS v;
SELECT pg_temp.deploy('inc_none', '<startEvent id="s"/><inclusiveGateway id="g"/><userTask id="a"/><userTask id="b"/>',
	's>g; g>a if a; g>b if b');
SELECT bpm.start('inc_none') AS i \gset
SELECT pg_temp.at(:i);
SELECT kind, message FROM bpm.incident WHERE instance = :i;
SELECT bpm.set_variables(:i, '{"b": true}');
SELECT bpm.resolve(pg_temp.incident(:i));
SELECT pg_temp.at(:i);

-- A flow without a condition is taken always.
SELECT pg_temp.deploy('inc_always', '<startEvent id="s"/><inclusiveGateway id="g"/><userTask id="a"/><userTask id="b"/>',
	's>g; g>a if a; g>b');
SELECT pg_temp.at(bpm.start('inc_always')), pg_temp.at(bpm.start('inc_always', '{"a": true}'));

-- The join waits for those that were taken, in any order, and no others.
SELECT bpm.start('inc', '{"a": true, "c": true}') AS i \gset
SELECT pg_temp.done(:i, 'c');
SELECT pg_temp.done(:i, 'a');
SELECT what FROM pg_temp.log(:i) WHERE what ~ ' (j|._j)$';
SELECT bpm.start('inc') AS i \gset
SELECT pg_temp.done(:i, 'd');

-- Branches without a wait: all in one call, the join fires once.
SELECT pg_temp.deploy('inc_fast', '<startEvent id="s"/><inclusiveGateway id="g"/><task id="a"/><task id="b"/>
	<task id="b2"/><task id="b3"/><inclusiveGateway id="j"/><userTask id="z"/>',
	's>g; g>a; g>b; b>b2; b2>b3; a>j; b3>j; j>z');
SELECT pg_temp.at(bpm.start('inc_fast'));

-- A branch that goes elsewhere is not waited for any longer.
SELECT pg_temp.deploy('inc_away', '<startEvent id="s"/><userTask id="a"/><userTask id="b"/>
	<exclusiveGateway id="x" default="x_e"/><endEvent id="e"/><inclusiveGateway id="j"/><userTask id="z"/>',
	's>a; s>b; a>j; b>x; x>j if stay; x>e; j>z');
SELECT bpm.start('inc_away') AS i \gset
SELECT pg_temp.done(:i, 'a');
SELECT pg_temp.done(:i, 'b');
SELECT bpm.start('inc_away', '{"stay": true}') AS i \gset
SELECT pg_temp.done(:i, 'a');
SELECT pg_temp.done(:i, 'b');

-- A branch that dies by an error, a message, a terminate end in its subprocess, an event subprocess.
SELECT pg_temp.deploy('inc_dies', '<startEvent id="s"/><userTask id="a"/><userTask id="b"/><boundaryEvent id="x"
	attachedToRef="b"><errorEventDefinition/></boundaryEvent><endEvent id="e"/><inclusiveGateway id="j"/>
	<userTask id="z"/>', 's>a; s>b; a>j; b>j; x>e; j>z');
SELECT bpm.start('inc_dies') AS i \gset
SELECT pg_temp.done(:i, 'a');
SELECT bpm.throw_task_error(pg_temp.task(:i, 'b'), 'E');
SELECT pg_temp.at(:i);
SELECT pg_temp.deploy('inc_bound', '<startEvent id="s"/><userTask id="a"/><userTask id="b"/><boundaryEvent id="x"
	attachedToRef="b"><errorEventDefinition/></boundaryEvent><userTask id="y"/><inclusiveGateway id="j"/>
	<userTask id="z"/>', 's>a; s>b; a>j; b>j; x>y; y>j; j>z');
SELECT bpm.start('inc_bound') AS i \gset
SELECT pg_temp.done(:i, 'a');
SELECT bpm.throw_task_error(pg_temp.task(:i, 'b'), 'E');
SELECT pg_temp.at(:i);
SELECT pg_temp.done(:i, 'y');
SELECT pg_temp.deploy('inc_terminate', '<startEvent id="s"/><userTask id="a"/><subProcess id="p"><userTask id="b"/>
	<userTask id="c"/><endEvent id="t"><terminateEventDefinition/></endEvent>' || pg_temp.flows('b>t') || '</subProcess>
	<exclusiveGateway id="x" default="x_e"/><endEvent id="e"/><inclusiveGateway id="j"/><userTask id="z"/>',
	's>a; s>p; a>j; p>x; x>j if stay; x>e; j>z');
SELECT bpm.start('inc_terminate') AS i \gset
SELECT pg_temp.done(:i, 'a');
SELECT pg_temp.done(:i, 'b');
SELECT pg_temp.deploy('inc_event', '<startEvent id="s"/><subProcess id="p"><startEvent id="ps"/><userTask id="a"/>
	<userTask id="b"/><inclusiveGateway id="j"/><userTask id="z"/>' || pg_temp.flows('ps>a; ps>b; a>j; b>j; j>z') || '
	<subProcess id="h" triggeredByEvent="true"><startEvent id="hs"><errorEventDefinition/></startEvent>
	<userTask id="x"/>' || pg_temp.flows('hs>x') || '</subProcess></subProcess>', 's>p');
SELECT bpm.start('inc_event') AS i \gset
SELECT pg_temp.done(:i, 'a');
SELECT bpm.throw_task_error(pg_temp.task(:i, 'b'), 'E');
SELECT pg_temp.at(:i);
SELECT pg_temp.done(:i, 'x');

-- A branch that an operator cancels.
SELECT bpm.start('inc', '{"a": true, "b": true}') AS i \gset
SELECT pg_temp.done(:i, 'a');
SELECT bpm.modify(:i, cancel => '{b}');
SELECT pg_temp.at(:i);

-- A boundary event that could still happen is a way to the join: it is waited for while its host lives.
SELECT pg_temp.deploy('inc_host', '<startEvent id="s"/><userTask id="a"/><userTask id="b"/><boundaryEvent id="x"
	attachedToRef="b" cancelActivity="false"><messageEventDefinition messageRef="m"/></boundaryEvent><endEvent id="e"/>
	<inclusiveGateway id="j"/><userTask id="z"/>', 's>a; s>b; a>j; x>j; b>e; j>z', '<message id="m" name="inc-m"/>');
SELECT bpm.start('inc_host') AS i \gset
SELECT pg_temp.done(:i, 'a');
SELECT pg_temp.done(:i, 'b');
SELECT bpm.start('inc_host') AS i \gset
SELECT pg_temp.done(:i, 'a');
SELECT bpm.publish('inc-m') = :i;
SELECT pg_temp.at(:i);

-- Surplus tokens stay for the next round.
SELECT pg_temp.deploy('inc_surplus', '<startEvent id="s"/><task id="t1"/><task id="t2"/><task id="m"/><userTask id="b"/>
	<inclusiveGateway id="j"/><userTask id="z"/>', 's>t1; s>t2; t1>m; t2>m; m>j; s>b; b>j; j>z');
SELECT bpm.start('inc_surplus') AS i \gset
SELECT pg_temp.at(:i);
SELECT pg_temp.done(:i, 'b');

-- In a loop: each round is decided anew, and the token that may come back does not block.
SELECT pg_temp.deploy('inc_loop', '<startEvent id="s"/><inclusiveGateway id="j"/><userTask id="a"/>
	<exclusiveGateway id="x" default="x_e"/><endEvent id="e"/>', 's>j; j>a; a>x; x>j if again; x>e');
SELECT bpm.start('inc_loop') AS i \gset
SELECT pg_temp.done(:i, 'a', '{"again": true}');
SELECT pg_temp.done(:i, 'a', '{"again": true}');
SELECT pg_temp.done(:i, 'a', '{"again": false}');
SELECT pg_temp.deploy('inc_loop2', '<startEvent id="s"/><exclusiveGateway id="m"/><inclusiveGateway id="g"/>
	<task id="a"/><task id="b"/><inclusiveGateway id="j"/><scriptTask id="add" scriptFormat="feel"
	bpm:resultVariable="n"><script>n + 1</script></scriptTask><exclusiveGateway id="x" default="x_z"/><userTask id="z"/>',
	's>m; m>g; g>a; g>b if modulo(n, 2) = 0; a>j; b>j; j>add; add>x; x>m if n < 300; x>z');
SELECT bpm.start('inc_loop2', '{"n": 0}') AS i \gset
SELECT pg_temp.at(:i), (SELECT count(*) FROM bpm.event WHERE instance = :i AND element = 'j'
	AND kind = 'element_completed') AS rounds;

-- Nested: the inner join fires before the outer one, which waits for it.
SELECT pg_temp.deploy('inc_nested', '<startEvent id="s"/><inclusiveGateway id="g1"/><inclusiveGateway id="g2"/>
	<userTask id="a"/><userTask id="b"/><userTask id="c"/><inclusiveGateway id="j2"/><inclusiveGateway id="j1"/>
	<userTask id="z"/>', 's>g1; g1>a; g1>g2; g2>b; g2>c; b>j2; c>j2; j2>j1; a>j1; j1>z');
SELECT bpm.start('inc_nested') AS i \gset
SELECT pg_temp.done(:i, 'a');
SELECT pg_temp.done(:i, 'c');
SELECT pg_temp.done(:i, 'b');

-- A token upstream of a filled flow does not count against an empty one (the rule's second half).
SELECT pg_temp.deploy('inc_filled', '<startEvent id="s"/><inclusiveGateway id="g"/><userTask id="u"/>
	<exclusiveGateway id="m"/><exclusiveGateway id="x" default="x_b"/><task id="a"/><task id="b"/>
	<inclusiveGateway id="j"/><userTask id="z"/>', 's>g; g>u; g>m; m>x; u>x; x>a if n; x>b; a>j; b>j; j>z');
SELECT bpm.start('inc_filled', '{"n": true}') AS i \gset
SELECT pg_temp.at(:i);

-- Two joins that wait for each other: the one that was entered first fires.
SELECT pg_temp.deploy('inc_circle', '<startEvent id="s"/><userTask id="a"/><userTask id="b"/>
	<inclusiveGateway id="j1"/><inclusiveGateway id="j2"/><userTask id="y"/><userTask id="z"/>
	<exclusiveGateway id="x1" default="x1_j2"/><exclusiveGateway id="x2" default="x2_j1"/>',
	's>a; s>b; a>j1; b>j2; j1>y; y>x1; x1>j2; j2>z; z>x2; x2>j1');
SELECT bpm.start('inc_circle') AS i \gset
SELECT pg_temp.done(:i, 'b');
SELECT pg_temp.done(:i, 'a');

-- A token that is parked for the worker may still come.
SELECT pg_temp.deploy('inc_parked', '<startEvent id="s"/><task id="a"/><task id="b" bpm:asyncBefore="true"/>
	<inclusiveGateway id="j"/><userTask id="z"/>', 's>a; s>b; a>j; b>j; j>z');
SELECT bpm.start('inc_parked') AS i \gset
SELECT pg_temp.at(:i);
SELECT bpm.tick();
SELECT pg_temp.at(:i);

-- One that has an incident, too.
SELECT pg_temp.deploy('inc_incident', '<startEvent id="s"/><task id="a"/><exclusiveGateway id="b"/>
	<endEvent id="e"/><inclusiveGateway id="j"/><userTask id="z"/>', 's>a; s>b; a>j; b>j if n; b>e if m; j>z');
SELECT bpm.start('inc_incident') AS i \gset
SELECT pg_temp.at(:i);
SELECT bpm.set_variables(:i, '{"n": true}');
SELECT bpm.resolve(pg_temp.incident(:i));
SELECT pg_temp.at(:i);

-- Every invariant holds, with what still lives and without.
SELECT * FROM bpm.check();
SELECT pg_temp.clean();
SELECT * FROM bpm.check();
