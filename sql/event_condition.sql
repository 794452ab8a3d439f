-- Promised: a condition is asked when its event begins to wait and whenever a
-- variable visible there changes, by whatever path; it counts when it becomes true.
\set ECHO none
\i test/prelude.sql
CREATE FUNCTION pg_temp.condition(text text, more text DEFAULT '') RETURNS text LANGUAGE sql AS $$
	SELECT format('<conditionalEventDefinition%s><condition>%s</condition></conditionalEventDefinition>', more,
		replace(replace(text, '&', '&amp;'), '<', '&lt;'))
$$;
CREATE FUNCTION pg_temp.boundary(id text, text text, interrupting boolean, host text DEFAULT 'a') RETURNS text
LANGUAGE sql AS $$
	SELECT format('<boundaryEvent id="%s" attachedToRef="%s" cancelActivity="%s">%s</boundaryEvent>', id, host,
		interrupting::text, pg_temp.condition(text))
$$;

-- A catch event waits until it holds; true at once, it does not wait.
SELECT pg_temp.deploy('cond', '<startEvent id="s"/><intermediateCatchEvent id="c">' || pg_temp.condition('n > 10')
	|| '</intermediateCatchEvent><userTask id="z"/>', 's>c; c>z');
SELECT bpm.start('cond', '{"n": 1}') AS i \gset
SELECT element, kind FROM bpm.subscription WHERE instance = :i;
SELECT bpm.set_variables(:i, '{"n": 10}');
SELECT pg_temp.at(:i);
SELECT bpm.set_variables(:i, '{"n": 11}');
SELECT pg_temp.at(:i);
SELECT what FROM pg_temp.log(:i) WHERE what ~ ' c$|set';
SELECT pg_temp.at(bpm.start('cond', '{"n": 11}'));

-- An unknown variable is not true; a condition that is no truth value is an incident, and resolve asks again.
SELECT bpm.start('cond') AS i \gset
SELECT pg_temp.at(:i);
SELECT bpm.set_variables(:i, '{"n": 12}');
SELECT pg_temp.at(:i);
SELECT pg_temp.deploy('cond_bad', '<startEvent id="s"/><intermediateCatchEvent id="c">' || pg_temp.condition('n')
	|| '</intermediateCatchEvent><userTask id="z"/>', 's>c; c>z');
SELECT bpm.start('cond_bad', '{"n": 5}') AS i \gset
SELECT pg_temp.at(:i);
SELECT kind, message FROM bpm.incident WHERE instance = :i;
SELECT bpm.set_variables(:i, '{"n": true}');
SELECT bpm.resolve(pg_temp.incident(:i));
SELECT pg_temp.at(:i);

-- Every path that changes variables: a job, a user task, a message, a signal, a script, an escalation, a subprocess.
SELECT pg_temp.deploy('cond_path', '<startEvent id="s"/><intermediateCatchEvent id="c">' || pg_temp.condition('go')
	|| '</intermediateCatchEvent><userTask id="z"/><serviceTask id="job" bpm:type="cond-job"/><userTask id="task"/>
	<receiveTask id="message" messageRef="m"/><intermediateCatchEvent id="signal"><signalEventDefinition signalRef="g"/>
	</intermediateCatchEvent><userTask id="before"/><scriptTask id="script" scriptFormat="feel" bpm:resultVariable="go">
	<script>true</script></scriptTask><subProcess id="p"><userTask id="inside"/></subProcess><userTask id="err"/>
	<boundaryEvent id="e" attachedToRef="err"><errorEventDefinition/></boundaryEvent>',
	's>c; c>z; s>job; s>task; s>message; s>signal; s>before; before>script; s>p; s>err',
	'<message id="m" name="cond-m"/><signal id="g" name="cond-g"/>');
CREATE FUNCTION pg_temp.path(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE started bigint := bpm.start('cond_path'); result text;
BEGIN
	EXECUTE replace(statement, ':i', started::text);
	result := format('%s, %s at c, %s at z', bpm.variables(started),
		(SELECT count(*) FROM bpm.token WHERE instance = started AND element = 'c'),
		(SELECT count(*) FROM bpm.token WHERE instance = started AND element = 'z'));
	PERFORM bpm.cancel(started);
	RETURN result;
END $$;
SELECT path, pg_temp.path(path) FROM unnest(ARRAY['SELECT 1',
	'SELECT bpm.set_variables(:i, ''{"go": true}'')',
	'SELECT pg_temp.done(:i, ''job'', ''{"go": true}'')',
	'SELECT pg_temp.done(:i, ''task'', ''{"go": true}'')',
	'SELECT bpm.publish(''cond-m'', variables => ''{"go": true}'')',
	'SELECT bpm.signal(''cond-g'', ''{"go": true}'')',
	'SELECT pg_temp.done(:i, ''before'')',
	'SELECT pg_temp.done(:i, ''inside'', ''{"go": true}'')',
	'SELECT bpm.throw_task_error(pg_temp.task(:i, ''err''), ''E'', variables => ''{"go": true}'')',
	'SELECT bpm.modify(:i, variables => ''{"go": true}'')']) WITH ORDINALITY AS p(path, n) ORDER BY n;

-- What is local elsewhere is not visible, so it does not count.
SELECT bpm.start('cond_path') AS i \gset
SELECT bpm.set_variables(:i, '{"go": true}', pg_temp.token(:i, 'p'));
SELECT count(*) FROM bpm.token WHERE instance = :i AND element = 'c';

-- It sees the variables of its own scope.
SELECT pg_temp.deploy('cond_scope', '<startEvent id="s"/><subProcess id="p"><intermediateCatchEvent id="c">'
	|| pg_temp.condition('x + y = 3') || '</intermediateCatchEvent></subProcess><userTask id="z"/>', 's>p; p>z');
SELECT bpm.start('cond_scope', '{"x": 1}') AS i \gset
SELECT bpm.set_variables(:i, '{"y": 2}', pg_temp.token(:i, 'p'));
SELECT pg_temp.at(:i);
SELECT bpm.start('cond_scope', '{"y": 1}') AS i \gset
SELECT bpm.set_variables(:i, '{"y": 2}', pg_temp.token(:i, 'p'));
SELECT bpm.set_variables(:i, '{"x": 1}');
SELECT pg_temp.at(:i);

-- A boundary that does not interrupt fires when its condition becomes true, not while it stays so.
SELECT pg_temp.deploy('cond_edge', '<startEvent id="s"/><userTask id="a"/>' || pg_temp.boundary('b', 'n > 10', false)
	|| '<userTask id="y"/>', 's>a; b>y');
SELECT bpm.start('cond_edge', '{"n": 1}') AS i \gset
SELECT bpm.set_variables(:i, '{"n": 11}'), pg_temp.at(:i);
SELECT bpm.set_variables(:i, '{"n": 12}'), bpm.set_variables(:i, '{"n": 5}'), pg_temp.at(:i);
SELECT bpm.set_variables(:i, '{"n": 20}'), bpm.set_variables(:i, '{"n": 20}'), bpm.set_variables(:i, '{"other": 1}');
SELECT pg_temp.at(:i);

-- One that interrupts, and one that holds at the beginning: then the activity's body does not begin.
SELECT pg_temp.deploy('cond_stop', '<startEvent id="s"/><serviceTask id="a" bpm:type="cond-a"/>'
	|| pg_temp.boundary('b', 'n > 10', true) || '<userTask id="y"/>', 's>a; b>y');
SELECT bpm.start('cond_stop', '{"n": 1}') AS i \gset
SELECT pg_temp.at(:i);
SELECT bpm.set_variables(:i, '{"n": 11}');
SELECT pg_temp.at(:i);
SELECT bpm.start('cond_stop', '{"n": 11}') AS i \gset
SELECT pg_temp.at(:i);
SELECT what FROM pg_temp.log(:i);

-- One that does not interrupt and holds at the beginning fires beside the body, and again only after it was false.
SELECT bpm.start('cond_edge', '{"n": 11}') AS i \gset
SELECT pg_temp.at(:i);
SELECT bpm.set_variables(:i, '{"n": 12}'); SELECT pg_temp.at(:i);
SELECT bpm.set_variables(:i, '{"n": 0}'); SELECT bpm.set_variables(:i, '{"n": 12}');
SELECT pg_temp.at(:i);

-- Within one call it is asked after each step.
SELECT pg_temp.deploy('cond_steps', '<startEvent id="s"/><userTask id="a"/>' || pg_temp.boundary('b', 'n = 2', false)
	|| '<userTask id="y"/><userTask id="begin"/><scriptTask id="one" scriptFormat="feel" bpm:resultVariable="n">
	<script>2</script></scriptTask><scriptTask id="two" scriptFormat="feel" bpm:resultVariable="n"><script>3</script>
	</scriptTask><scriptTask id="three" scriptFormat="feel" bpm:resultVariable="n"><script>2</script></scriptTask>',
	's>a; b>y; s>begin; begin>one; one>two; two>three');
SELECT bpm.start('cond_steps') AS i \gset
SELECT pg_temp.done(:i, 'begin');

-- An event subprocess.
SELECT pg_temp.deploy('cond_inside', '<startEvent id="s"/><userTask id="a"/><subProcess id="e" triggeredByEvent="true">
	<startEvent id="es" isInterrupting="false">' || pg_temp.condition('n > 10') || '</startEvent><userTask id="b"/>'
	|| pg_temp.flows('es>b') || '</subProcess><subProcess id="f" triggeredByEvent="true"><startEvent id="fs">'
	|| pg_temp.condition('n > 100') || '</startEvent><userTask id="c"/>' || pg_temp.flows('fs>c') || '</subProcess>',
	's>a');
SELECT bpm.start('cond_inside', '{"n": 1}') AS i \gset
SELECT bpm.set_variables(:i, '{"n": 11}');
SELECT pg_temp.at(:i);
SELECT bpm.set_variables(:i, '{"n": 101}');
SELECT pg_temp.at(:i);
SELECT pg_temp.at(bpm.start('cond_inside', '{"n": 11}')), pg_temp.at(bpm.start('cond_inside', '{"n": 101}'));

-- Where variables are named, others are not looked at.
SELECT pg_temp.deploy('cond_names', '<startEvent id="s"/><intermediateCatchEvent id="c">
	<conditionalEventDefinition><extensionElements><bpm:conditionalFilter variableNames="a, b"/></extensionElements>
	<condition>n > 10</condition></conditionalEventDefinition></intermediateCatchEvent><userTask id="z"/>', 's>c; c>z');
SELECT bpm.start('cond_names', '{"n": 1}') AS i \gset
SELECT bpm.set_variables(:i, '{"n": 11}');
SELECT pg_temp.at(:i);
SELECT bpm.set_variables(:i, '{"b": 1}');
SELECT pg_temp.at(:i);

-- Between scopes that wait, a condition that one makes true ends the other.
SELECT pg_temp.deploy('cond_siblings', '<startEvent id="s"/><userTask id="a"/>' || pg_temp.boundary('b', 'stop', true)
	|| '<userTask id="y"/><userTask id="x"/><userTask id="w"/>', 's>a; b>y; s>x; x>w');
SELECT bpm.start('cond_siblings') AS i \gset
SELECT pg_temp.done(:i, 'x', '{"stop": true}');

-- A process starts by evaluate_conditions, when its condition holds for what is given.
SELECT pg_temp.deploy('cond_start', '<startEvent id="s">' || pg_temp.condition('n > 10') || '</startEvent>
	<userTask id="a"/>', 's>a');
SELECT pg_temp.deploy('cond_start2', '<startEvent id="s">' || pg_temp.condition('n > 20') || '</startEvent>
	<startEvent id="t">' || pg_temp.condition('other') || '</startEvent><userTask id="a"/><userTask id="b"/>',
	's>a; t>b');
SELECT count(*) FROM bpm.evaluate_conditions('{"n": 5}');
SELECT bpm.evaluate_conditions('{"n": 15}') AS i \gset
SELECT process, pg_temp.at(id), variables FROM bpm.instance WHERE id = :i;
SELECT count(*) FROM bpm.evaluate_conditions('{"n": 25, "other": true}');
SELECT process, pg_temp.at(id) FROM bpm.instance WHERE process LIKE 'cond\_start%' ORDER BY 1, 2;
SELECT bpm.evaluate_conditions('[]');

-- Refused: no condition, a malformed one.
SELECT pg_temp.deploy('cond_none', '<startEvent id="s"/><intermediateCatchEvent id="c"><conditionalEventDefinition/>
	</intermediateCatchEvent>', 's>c');
SELECT pg_temp.deploy('cond_none', '<startEvent id="s"/><intermediateCatchEvent id="c">' || pg_temp.condition('n >')
	|| '</intermediateCatchEvent>', 's>c');

-- Every invariant holds, with what still lives and without.
SELECT * FROM bpm.check();
SELECT pg_temp.clean();
SELECT * FROM bpm.check();
