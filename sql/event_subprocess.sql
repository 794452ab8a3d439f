-- Promised: an event subprocess begins when its start event happens while its
-- scope is at work; an interrupting one ends all else there, for good.
\set ECHO none
\i test/prelude.sql
\set roots '''<message id="m" name="esp-m"/><signal id="g" name="esp-g"/><error id="bad" errorCode="BAD"/><escalation id="late" escalationCode="LATE"/>'''

-- An event subprocess that begins by a trigger and has one user task.
CREATE FUNCTION pg_temp.handler(id text, trigger text, interrupting boolean, task text) RETURNS text LANGUAGE sql AS $$
	SELECT format('<subProcess id="%1$s" triggeredByEvent="true"><startEvent id="%1$ss" isInterrupting="%3$s">
		<%2$s</startEvent><userTask id="%4$s"/>%5$s</subProcess>', id, trigger, interrupting::text, task,
		pg_temp.flows(id || 's>' || task))
$$;
\set message '''messageEventDefinition messageRef="m"/>'''
\set signal '''signalEventDefinition signalRef="g"/>'''
\set timer '''timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition>'''
\set condition '''conditionalEventDefinition><condition>n > 1</condition></conditionalEventDefinition>'''
\set error '''errorEventDefinition errorRef="bad"/>'''

-- Ends what a test has left at work.
CREATE FUNCTION pg_temp.over() RETURNS void LANGUAGE sql AS $$
	SELECT bpm.cancel(id) FROM bpm.instance WHERE state = 'active'
$$;

-- Each trigger, beside and instead of what is at work.
CREATE FUNCTION pg_temp.try(trigger text, interrupting boolean, statement text) RETURNS TABLE (stands text, twice text,
	done text) LANGUAGE plpgsql AS $$
DECLARE i bigint;
BEGIN
	PERFORM bpm.set_clock('2030-01-01 12:00+00');
	PERFORM pg_temp.deploy('esp', '<startEvent id="s"/><userTask id="a"/><userTask id="b"/>'
		|| pg_temp.handler('h', trigger, interrupting, 'x'), 's>a; s>b',
		'<message id="m" name="esp-m"/><signal id="g" name="esp-g"/><escalation id="late" escalationCode="LATE"/>');
	i := bpm.start('esp');
	EXECUTE replace(statement, ':i', i::text);
	stands := pg_temp.at(i);
	IF interrupting THEN
		twice := pg_temp.raises(replace(statement, ':i', i::text));
		done := pg_temp.done(i, 'x');
	ELSE
		EXECUTE replace(statement, ':i', i::text);
		twice := pg_temp.at(i);
		PERFORM pg_temp.done(i, 'a'), pg_temp.done(i, 'b');
		PERFORM bpm.complete_task(id) FROM bpm.task WHERE instance = i;
		done := pg_temp.at(i);
	END IF;
	RETURN NEXT;
END $$;
SELECT interrupting, t.* FROM unnest(ARRAY[true, false]) AS interrupting,
	pg_temp.try(:message, interrupting, 'SELECT bpm.publish(''esp-m'')') AS t;
SELECT interrupting, t.* FROM unnest(ARRAY[true, false]) AS interrupting,
	pg_temp.try(:signal, interrupting, 'SELECT bpm.signal(''esp-g'')') AS t;
SELECT interrupting, t.* FROM unnest(ARRAY[true, false]) AS interrupting,
	pg_temp.try(:timer, interrupting, 'SELECT bpm.advance_clock(''1 hour''), bpm.tick()') AS t;
SELECT interrupting, t.* FROM unnest(ARRAY[true, false]) AS interrupting,
	pg_temp.try(:condition, interrupting, 'SELECT bpm.set_variables(:i, ''{"n": 1}''), bpm.set_variables(:i,
	''{"n": 2}'')') AS t;
SELECT interrupting, t.* FROM unnest(ARRAY[true, false]) AS interrupting,
	pg_temp.try('escalationEventDefinition escalationRef="late"/>', interrupting,
	'SELECT bpm.throw_task_escalation(pg_temp.task(:i, ''a''), ''LATE'')') AS t;
SELECT pg_temp.try('errorEventDefinition/>', true, 'SELECT bpm.throw_task_error(pg_temp.task(:i, ''a''), ''E'')');
SELECT pg_temp.deploy('esp_bad', '<startEvent id="s"/><userTask id="a"/>' || pg_temp.handler('h',
	'errorEventDefinition/>', false, 'x'), 's>a');

-- In the log it is an element of its own, whose tokens are its children.
SELECT pg_temp.deploy('esp_log', '<startEvent id="s"/><userTask id="a"/>' || pg_temp.handler('h', :message, true, 'x'),
	's>a', :roots);
SELECT pg_temp.over();
SELECT bpm.start('esp_log') AS i \gset
SELECT bpm.publish('esp-m', variables => '{"why": "m"}') = :i;
SELECT t.element, p.element AS parent FROM bpm.token t LEFT JOIN bpm.token p ON p.id = t.parent
	WHERE t.instance = :i ORDER BY 1;
SELECT pg_temp.done(:i, 'x'), bpm.variables(:i);
SELECT what FROM pg_temp.log(:i) WHERE seq > 5;

-- One that does not interrupt keeps its scope at work until it is done.
SELECT pg_temp.deploy('esp_beside', '<startEvent id="s"/><subProcess id="p"><userTask id="a"/>' || pg_temp.handler('h',
	:message, false, 'x') || '</subProcess><userTask id="z"/>', 's>p; p>z', :roots);
SELECT bpm.start('esp_beside') AS i \gset
SELECT bpm.publish('esp-m') = :i;
SELECT pg_temp.done(:i, 'a');
SELECT bpm.publish('esp-m') = :i AS still_at_work;
SELECT bpm.complete_task(id) FROM bpm.task WHERE instance = :i;
SELECT pg_temp.at(:i), bpm.publish('esp-m') IS NULL AS over;

-- One that interrupts in a subprocess: the subprocess is then left as usual.
SELECT pg_temp.deploy('esp_instead', '<startEvent id="s"/><subProcess id="p"><userTask id="a"/><userTask id="b"/>'
	|| pg_temp.handler('h', :message, true, 'x') || '</subProcess><userTask id="y"/><userTask id="z"/>', 's>p; s>y;
	p>z', :roots);
SELECT bpm.start('esp_instead') AS i \gset
SELECT pg_temp.done(:i, 'a');
SELECT bpm.publish('esp-m') = :i;
SELECT pg_temp.at(:i);
SELECT pg_temp.done(:i, 'x');

-- After an interrupting one no other starts in that scope, whatever its trigger; outside they do.
SELECT pg_temp.deploy('esp_two', '<startEvent id="s"/><subProcess id="p"><userTask id="a"/>'
	|| pg_temp.handler('h', :message, true, 'x') || pg_temp.handler('k', :signal, false, 'y')
	|| pg_temp.handler('t', :timer, true, 'w') || '</subProcess>'
	|| pg_temp.handler('o', :signal, false, 'v'), 's>p', :roots);
SELECT bpm.set_clock('2030-01-01 12:00+00');
SELECT bpm.start('esp_two') AS i \gset
SELECT bpm.signal('esp-g');
SELECT pg_temp.at(:i);
SELECT bpm.publish('esp-m') = :i;
SELECT pg_temp.at(:i);
SELECT bpm.signal('esp-g'), bpm.publish('esp-m') IS NULL, (SELECT count(*) FROM bpm.timer WHERE instance = :i);
SELECT pg_temp.at(:i);
SELECT bpm.advance_clock('1 hour'); SELECT bpm.tick();
SELECT pg_temp.at(:i);

-- Boundary events of the scope stay while its event subprocess is at work.
SELECT pg_temp.deploy('esp_boundary', '<startEvent id="s"/><subProcess id="p"><userTask id="a"/>'
	|| pg_temp.handler('h', :message, true, 'x') || '</subProcess><boundaryEvent id="b" attachedToRef="p">
	<signalEventDefinition signalRef="g"/></boundaryEvent><userTask id="z"/>', 's>p; b>z', :roots);
SELECT bpm.start('esp_boundary') AS i \gset
SELECT bpm.publish('esp-m') = :i, bpm.signal('esp-g');
SELECT pg_temp.at(:i);

-- An error inside goes outwards, never to its siblings or itself.
SELECT pg_temp.deploy('esp_error', '<startEvent id="s"/><subProcess id="p"><userTask id="a"/>
	<subProcess id="h" triggeredByEvent="true"><startEvent id="hs"><errorEventDefinition/></startEvent>
	<userTask id="x"/><endEvent id="he"><errorEventDefinition errorRef="bad"/></endEvent>'
	|| pg_temp.flows('hs>x; x>he') || '</subProcess></subProcess><boundaryEvent id="b" attachedToRef="p">
	<errorEventDefinition errorRef="bad"/></boundaryEvent><userTask id="z"/>', 's>p; b>z', :roots);
SELECT bpm.start('esp_error') AS i \gset
SELECT bpm.throw_task_error(pg_temp.task(:i, 'a'), 'OTHER');
SELECT pg_temp.at(:i);
SELECT pg_temp.done(:i, 'x');

-- In the outermost scope it ends the instance, for nobody is outside.
SELECT pg_temp.deploy('esp_outermost', '<startEvent id="s"/><userTask id="a"/>
	<subProcess id="h" triggeredByEvent="true"><startEvent id="hs"><errorEventDefinition/></startEvent>
	<userTask id="x"/><endEvent id="he"><errorEventDefinition errorRef="bad"/></endEvent>'
	|| pg_temp.flows('hs>x; x>he') || '</subProcess>', 's>a', :roots);
SELECT bpm.start('esp_outermost') AS i \gset
SELECT bpm.throw_task_error(pg_temp.task(:i, 'a'), 'OTHER');
SELECT pg_temp.done(:i, 'x');

-- An error end event of the scope itself is caught inside, and what was at work is gone.
SELECT pg_temp.deploy('esp_end', '<startEvent id="s"/><userTask id="a"/><userTask id="b"/><endEvent id="e">
	<errorEventDefinition errorRef="bad"/></endEvent>' || pg_temp.handler('h', :error, true, 'x'), 's>a; s>b; a>e',
	:roots);
SELECT bpm.start('esp_end') AS i \gset
SELECT pg_temp.done(:i, 'a');
SELECT pg_temp.done(:i, 'x');
SELECT pg_temp.over();

-- Nested: an event subprocess inside of an event subprocess.
SELECT pg_temp.deploy('esp_nested', '<startEvent id="s"/><userTask id="a"/><subProcess id="h" triggeredByEvent="true">
	<startEvent id="hs" isInterrupting="false"><messageEventDefinition messageRef="m"/></startEvent><userTask id="x"/>'
	|| pg_temp.flows('hs>x') || pg_temp.handler('k', :signal, true, 'y') || '</subProcess>', 's>a', :roots);
SELECT bpm.start('esp_nested') AS i \gset
SELECT bpm.signal('esp-g'), bpm.publish('esp-m') = :i;
SELECT pg_temp.at(:i);
SELECT bpm.signal('esp-g');
SELECT pg_temp.at(:i);
SELECT pg_temp.done(:i, 'y');
SELECT pg_temp.over();

-- Of each one that is at work at once the variables are its own.
SELECT bpm.start('esp_beside') AS i \gset
SELECT bpm.publish('esp-m') = :i, bpm.publish('esp-m') = :i;
SELECT min(id) AS one FROM bpm.token WHERE instance = :i AND element = 'h' \gset
SELECT bpm.set_variables(:i, '{"v": 1}', :one);
SELECT t.element, bpm.variables(:i, t.id) FROM bpm.token t WHERE t.instance = :i AND t.element IN ('h', 'x')
	ORDER BY t.element, t.id;

-- A terminate end inside ends only it.
SELECT pg_temp.deploy('esp_terminate', '<startEvent id="s"/><userTask id="a"/><subProcess id="h" triggeredByEvent="true">
	<startEvent id="hs" isInterrupting="false"><messageEventDefinition messageRef="m"/></startEvent><userTask id="x"/>
	<userTask id="y"/><endEvent id="t"><terminateEventDefinition/></endEvent>' || pg_temp.flows('hs>x; hs>y; x>t') ||
	'</subProcess>', 's>a', :roots);
SELECT pg_temp.over();
SELECT bpm.start('esp_terminate') AS i \gset
SELECT bpm.publish('esp-m') = :i;
SELECT pg_temp.done(:i, 'x');

-- Terminating the scope ends event subprocesses at work, too, and none starts afterwards.
SELECT pg_temp.deploy('esp_terminated', '<startEvent id="s"/><userTask id="a"/><endEvent id="t">
	<terminateEventDefinition/></endEvent>' || pg_temp.handler('h', :message, false, 'x'), 's>a; a>t', :roots);
SELECT pg_temp.over();
SELECT bpm.start('esp_terminated') AS i \gset
SELECT bpm.publish('esp-m') = :i;
SELECT pg_temp.done(:i, 'a');

-- Every invariant holds, with what still lives and without.
SELECT * FROM bpm.check();
SELECT pg_temp.clean();
SELECT * FROM bpm.check();
