-- Promised: an escalation goes outwards to the first who catches its code, and
-- interrupts only when that one does; one that nobody catches is forgotten.
\set ECHO none
\i test/prelude.sql

-- A subprocess p that escalates, with boundary events as given; then z.
CREATE FUNCTION pg_temp.escalating(key text, boundaries text, flows text, throw text DEFAULT
	'<escalationEventDefinition escalationRef="late"/>') RETURNS text LANGUAGE sql AS $$
	SELECT pg_temp.deploy(key, format('<startEvent id="s"/><subProcess id="p"><startEvent id="ps"/>
		<intermediateThrowEvent id="t">%s</intermediateThrowEvent><userTask id="a"/>%s</subProcess>%s
		<userTask id="z"/><userTask id="y"/>', throw, pg_temp.flows('ps>t; t>a'), boundaries), 's>p; p>z; ' || flows,
		'<escalation id="late" escalationCode="LATE"/><escalation id="other" escalationCode="OTHER"/>')
$$;
CREATE FUNCTION pg_temp.boundary(id text, code text, interrupting boolean) RETURNS text LANGUAGE sql AS $$
	SELECT format('<boundaryEvent id="%s" attachedToRef="p" cancelActivity="%s"><escalationEventDefinition %s/>
		</boundaryEvent>', id, interrupting::text, 'escalationRef="' || code || '"')
$$;

-- Caught without interrupting: both go on.
SELECT pg_temp.escalating('esc', pg_temp.boundary('b', 'late', false), 'b>y');
SELECT bpm.start('esc') AS i \gset
SELECT pg_temp.at(:i);
SELECT what, data ->> 'code' AS code, data ->> 'caught_by' AS caught_by FROM pg_temp.log(:i) l JOIN bpm.event e
	ON e.instance = :i AND e.seq = l.seq WHERE e.seq > 6;
SELECT pg_temp.done(:i, 'a');

-- Caught and interrupting: what is inside ends, and the flow after the throw event is not taken.
SELECT pg_temp.escalating('esc', pg_temp.boundary('b', 'late', true), 'b>y');
SELECT bpm.start('esc') AS i \gset
SELECT pg_temp.at(:i);
SELECT what FROM pg_temp.log(:i) WHERE seq > 6;

-- Caught by nobody: forgotten.
SELECT pg_temp.escalating('esc', pg_temp.boundary('b', 'other', true), 'b>y');
SELECT bpm.start('esc') AS i \gset
SELECT pg_temp.at(:i);
SELECT data ->> 'code' AS code, data ->> 'caught_by' AS caught_by FROM bpm.event
	WHERE instance = :i AND kind = 'escalation_thrown';

-- The exact code goes before the one that catches all; and that one catches the others.
SELECT pg_temp.escalating('esc', pg_temp.boundary('b', 'late', true) ||
	'<boundaryEvent id="all" attachedToRef="p"><escalationEventDefinition/></boundaryEvent><userTask id="x"/>',
	'all>x; b>y');
SELECT pg_temp.at(bpm.start('esc'));
SELECT pg_temp.escalating('esc', pg_temp.boundary('b', 'other', true) ||
	'<boundaryEvent id="all" attachedToRef="p"><escalationEventDefinition/></boundaryEvent><userTask id="x"/>',
	'all>x; b>y');
SELECT pg_temp.at(bpm.start('esc'));

-- An end event escalates and ends its token.
SELECT pg_temp.deploy('esc_end', '<startEvent id="s"/><subProcess id="p"><userTask id="a"/>
	<endEvent id="e"><escalationEventDefinition escalationRef="late"/></endEvent>' || pg_temp.flows('a>e') || '
	</subProcess>' || pg_temp.boundary('b', 'late', false) || '<userTask id="y"/><userTask id="z"/>', 's>p; p>z; b>y',
	'<escalation id="late" escalationCode="LATE"/>');
SELECT bpm.start('esc_end') AS i \gset
SELECT pg_temp.done(:i, 'a');
SELECT what FROM pg_temp.log(:i) WHERE seq > 8;

-- Event subprocesses of the scope come before its boundary events; then further out.
SELECT pg_temp.deploy('esc_levels', '<startEvent id="s"/><subProcess id="p"><startEvent id="ps"/>
	<subProcess id="q"><userTask id="a"/><endEvent id="e"><escalationEventDefinition escalationRef="late"/></endEvent>'
	|| pg_temp.flows('a>e') || '</subProcess><userTask id="after"/>' || pg_temp.flows('ps>q; q>after') || '
	<subProcess id="h" triggeredByEvent="true"><startEvent id="hs" isInterrupting="false">
	<escalationEventDefinition escalationRef="late"/></startEvent><userTask id="handle"/>' || pg_temp.flows('hs>handle')
	|| '</subProcess></subProcess>' || pg_temp.boundary('b', 'late', true) || '<userTask id="y"/>', 's>p; b>y',
	'<escalation id="late" escalationCode="LATE"/>');
SELECT bpm.start('esc_levels') AS i \gset
SELECT pg_temp.done(:i, 'a');

-- Again and again.
SELECT pg_temp.deploy('esc_again', '<startEvent id="s"/><subProcess id="p"><startEvent id="ps"/>
	<exclusiveGateway id="m"/><intermediateThrowEvent id="t"><escalationEventDefinition escalationRef="late"/>
	</intermediateThrowEvent><scriptTask id="add" scriptFormat="feel" bpm:resultVariable="n"><script>n + 1</script>
	</scriptTask><exclusiveGateway id="g" default="g_e"/><endEvent id="e"/>'
	|| pg_temp.flows('ps>m; m>t; t>add; add>g; g>m if n < 3; g>e') || '</subProcess>'
	|| pg_temp.boundary('b', 'late', false) || '<userTask id="y"/><userTask id="z"/>', 's>p; p>z; b>y',
	'<escalation id="late" escalationCode="LATE"/>');
SELECT pg_temp.at(bpm.start('esc_again', '{"n": 0}'));

-- From a job: it stays unless it is interrupted; the variables go to who catches.
SELECT pg_temp.deploy('esc_job', '<startEvent id="s"/><serviceTask id="p" bpm:type="esc-p"/>'
	|| pg_temp.boundary('b', 'late', false) || pg_temp.boundary('c', 'other', true)
	|| '<userTask id="y"/><userTask id="x"/>', 's>p; b>y; c>x',
	'<escalation id="late" escalationCode="LATE"/><escalation id="other" escalationCode="OTHER"/>');
SELECT bpm.start('esc_job') AS i \gset
SELECT bpm.throw_escalation(pg_temp.job(:i, 'p'), 'LATE', '{"by": 1}');
SELECT pg_temp.at(:i), bpm.variables(:i);
SELECT bpm.throw_escalation(pg_temp.job(:i, 'p'), 'NOBODY', '{"by": 2}');
SELECT pg_temp.at(:i), bpm.variables(:i);
SELECT bpm.throw_escalation(pg_temp.job(:i, 'p'), 'OTHER');
SELECT pg_temp.at(:i);

-- From a user task.
SELECT pg_temp.deploy('esc_task', '<startEvent id="s"/><userTask id="p"/>' || pg_temp.boundary('b', 'late', false)
	|| '<userTask id="y"/>', 's>p; b>y', '<escalation id="late" escalationCode="LATE"/>');
SELECT bpm.start('esc_task') AS i \gset
SELECT bpm.throw_task_escalation(pg_temp.task(:i, 'p'), 'LATE', '{"by": 1}');
SELECT pg_temp.at(:i), bpm.variables(:i);

-- Its code may go into a variable.
SELECT pg_temp.deploy('esc_code', '<startEvent id="s"/><userTask id="p"/><boundaryEvent id="b" attachedToRef="p">
	<escalationEventDefinition bpm:escalationCodeVariable="what"/></boundaryEvent><userTask id="y"/>', 's>p; b>y');
SELECT bpm.start('esc_code') AS i \gset
SELECT bpm.throw_task_escalation(pg_temp.task(:i, 'p'), 'ANY');
SELECT pg_temp.at(:i), bpm.variables(:i);

-- An error is no escalation, and an escalation no error.
SELECT pg_temp.raises(format('SELECT bpm.throw_task_error(%s, %L)', pg_temp.task(bpm.start('esc_task'), 'p'), 'LATE'));
SELECT pg_temp.deploy('esc_error', '<startEvent id="s"/><userTask id="p"/><boundaryEvent id="b" attachedToRef="p">
	<errorEventDefinition/></boundaryEvent><userTask id="y"/>', 's>p; b>y');
SELECT bpm.start('esc_error') AS i \gset
SELECT bpm.throw_task_escalation(pg_temp.task(:i, 'p'), 'LATE');
SELECT pg_temp.at(:i);

-- Two that catch the same code at one place are refused.
SELECT pg_temp.escalating('esc_bad', pg_temp.boundary('b', 'late', true) || pg_temp.boundary('c', 'late', false), 'b>y;
	c>y');

-- Every invariant holds, with what still lives and without.
SELECT * FROM bpm.check();
SELECT pg_temp.clean();
SELECT * FROM bpm.check();
