-- Promised: a failure that an operator can cure keeps the token where it is and
-- says which element and what; the call succeeds, and resolve tries again.
\set ECHO none
\i test/prelude.sql

-- The call succeeds, and what other branches did in it stays.
SELECT pg_temp.deploy('inc', '<startEvent id="s"/><exclusiveGateway id="g"/><task id="g1"/><task id="g2"/>
	<userTask id="other"/><endEvent id="e"/>',
	's>g; s>other; g>g1 if x = 1; g>g2 if x = 2; g1>e; g2>e; other>e');
SELECT bpm.start('inc') AS i \gset
SELECT pg_temp.at(:i);
SELECT t.element, t.state, c.kind, c.message, c.resolved_at, c.job
	FROM bpm.incident c JOIN bpm.token t ON t.id = c.token WHERE c.instance = :i;
SELECT pg_temp.incident(:i) AS incident \gset
SELECT kind, element, data - 'incident' AS data FROM bpm.event WHERE instance = :i AND kind LIKE 'incident%';
SELECT pg_temp.done(:i, 'other');

-- Setting variables moves nothing; resolving does, and the incident remains as a record.
SELECT bpm.set_variables(:i, '{"x": 2}');
SELECT pg_temp.at(:i);
SELECT bpm.resolve(:incident);
SELECT pg_temp.at(:i);
SELECT kind, resolved_at IS NOT NULL AS resolved FROM bpm.incident WHERE instance = :i;
SELECT what FROM pg_temp.log(:i) WHERE what ~ ' g$' OR what LIKE 'incident%';

-- Resolved once.
SELECT pg_temp.raises(format('SELECT bpm.resolve(%s)', :incident));

-- When nothing was mended, there is a new incident.
SELECT bpm.start('inc') AS i \gset
SELECT pg_temp.incident(:i) AS first \gset
SELECT bpm.resolve(:first);
SELECT pg_temp.at(:i), pg_temp.incident(:i) <> :first AS another;

-- Two branches have an incident each, and are resolved apart.
SELECT pg_temp.deploy('inc_two', '<startEvent id="s"/><exclusiveGateway id="g"/><exclusiveGateway id="h"/>
	<userTask id="a"/><userTask id="b"/>', 's>g; s>h; g>a if x; h>b if y');
SELECT bpm.start('inc_two') AS i \gset
SELECT pg_temp.at(:i);
SELECT bpm.set_variables(:i, '{"x": true, "y": true}');
SELECT bpm.resolve(id) FROM bpm.incident WHERE instance = :i AND element = 'h';
SELECT pg_temp.at(:i);
SELECT bpm.resolve(id) FROM bpm.incident WHERE instance = :i AND element = 'g';
SELECT pg_temp.at(:i);

-- Whatever is evaluated when an element is entered: job type, retries, assignee, timer, message key.
SELECT pg_temp.deploy('inc_many', '<startEvent id="s"/><serviceTask id="type" bpm:type="=missing"/>
	<serviceTask id="retries" bpm:type="inc-r" bpm:retries="=&quot;many&quot;"/>
	<userTask id="assignee" bpm:assignee="={}"/><intermediateCatchEvent id="timer"><timerEventDefinition>
	<timeDuration>=missing</timeDuration></timerEventDefinition></intermediateCatchEvent>
	<receiveTask id="message" messageRef="m"/><userTask id="boundary"/>
	<boundaryEvent id="b" attachedToRef="boundary"><timerEventDefinition><timeDuration>="soon"</timeDuration>
	</timerEventDefinition></boundaryEvent>',
	's>type; s>retries; s>assignee; s>timer; s>message; s>boundary',
	'<message id="m" name="inc-m" bpm:correlationKey="=missing"/>');
SELECT bpm.start('inc_many') AS i \gset
SELECT pg_temp.at(:i);
SELECT element, kind, message FROM bpm.incident WHERE instance = :i ORDER BY element;
SELECT (SELECT count(*) FROM bpm.job WHERE instance = :i) AS jobs, (SELECT count(*) FROM bpm.task
	WHERE instance = :i) AS tasks, (SELECT count(*) FROM bpm.timer WHERE instance = :i) AS timers,
	(SELECT count(*) FROM bpm.subscription WHERE instance = :i) AS subscriptions;

-- Mended, each goes on as if nothing had been.
SELECT bpm.set_variables(:i, '{"missing": "PT1H"}');
SELECT bpm.resolve(id) FROM bpm.incident WHERE instance = :i AND element IN ('type', 'timer', 'message') ORDER BY id;
SELECT pg_temp.at(:i);
SELECT (SELECT type FROM bpm.job WHERE instance = :i) AS job, (SELECT count(*) FROM bpm.timer
	WHERE instance = :i) AS timers, (SELECT correlation_key FROM bpm.subscription WHERE instance = :i) AS key;

-- An incident while a timer fires, in a batch with others: those are fired, and the token that waited keeps
-- its incident.
SELECT bpm.set_clock('2030-01-01 12:00+00');
SELECT pg_temp.deploy('inc_timer', '<startEvent id="s"/><intermediateCatchEvent id="t"><timerEventDefinition>
	<timeDuration>PT1H</timeDuration></timerEventDefinition></intermediateCatchEvent>
	<exclusiveGateway id="g"/><endEvent id="e"/><endEvent id="f"/>', 's>t; t>g; g>e if ok; g>f if 1 = 2');
SELECT bpm.start('inc_timer', '{"ok": true}') AS one \gset
SELECT bpm.start('inc_timer') AS two \gset
SELECT bpm.start('inc_timer', '{"ok": true}') AS three \gset
SELECT bpm.advance_clock('1 hour'); SELECT bpm.tick();
SELECT pg_temp.at(:one), pg_temp.at(:two), pg_temp.at(:three);

-- A timer whose step raises: the batch goes on without it, an incident tells, and resolving fires it again.
CREATE FUNCTION pg_temp.fails(v jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
BEGIN
	IF v ->> 'fail' = 'true' THEN RAISE 'no way'; END IF;
	RETURN NULL;
END $$;
SELECT bpm.handle('inc-h', 'pg_temp.fails', 'inline');
SELECT pg_temp.deploy('inc_raise', '<startEvent id="s"/><intermediateCatchEvent id="t"><timerEventDefinition>
	<timeDuration>PT1H</timeDuration></timerEventDefinition></intermediateCatchEvent>
	<serviceTask id="h" bpm:type="inc-h"/><endEvent id="e"/>', 's>t; t>h; h>e');
SELECT bpm.start('inc_raise') AS one \gset
SELECT bpm.start('inc_raise', '{"fail": true}') AS two \gset
SELECT bpm.start('inc_raise') AS three \gset
SELECT bpm.advance_clock('1 hour'); SELECT bpm.tick();
SELECT pg_temp.at(:one), pg_temp.at(:two), pg_temp.at(:three);
SELECT kind, element, message FROM bpm.incident WHERE instance = :two;
SELECT bpm.tick();
SELECT bpm.set_variables(:two, '{"fail": false}');
SELECT bpm.resolve(pg_temp.incident(:two));
SELECT bpm.tick();
SELECT pg_temp.at(:two), (SELECT count(*) FROM bpm.incident WHERE instance = :two AND resolved_at IS NULL) AS open;

-- Among hundreds that one call does, too: all the others fire.
SELECT count(bpm.start('inc_raise', jsonb_build_object('fail', n = 150))) FROM generate_series(1, 250) n;
SELECT bpm.advance_clock('1 hour'); SELECT bpm.tick(1000);
SELECT i.state, count(*), count(c.id) AS incidents FROM bpm.instance i LEFT JOIN bpm.incident c ON c.instance = i.id
		AND c.resolved_at IS NULL
	WHERE i.process = 'inc_raise' GROUP BY i.state ORDER BY i.state;

-- An incident of the process itself, when what begins its event subprocess is malformed: resolving begins.
SELECT pg_temp.deploy('inc_root', '<startEvent id="s"/><userTask id="a"/>
	<subProcess id="p" triggeredByEvent="true"><startEvent id="t" isInterrupting="false"><timerEventDefinition>
	<timeDuration>=d</timeDuration>
	</timerEventDefinition></startEvent><userTask id="b"/>' || pg_temp.flows('t>b') || '</subProcess>', 's>a');
SELECT bpm.start('inc_root', '{"d": "soon"}') AS i \gset
SELECT pg_temp.at(:i);
SELECT token, element, waits_for FROM bpm.why(:i);
SELECT bpm.resolve(pg_temp.incident(:i));
SELECT * FROM bpm.check();
SELECT bpm.set_variables(:i, '{"d": "PT1H"}');
SELECT bpm.resolve(pg_temp.incident(:i));
SELECT pg_temp.at(:i);
SELECT bpm.advance_clock('1 hour'); SELECT bpm.tick();
SELECT pg_temp.at(:i);
-- Also when the instance ends in the same step.
SELECT pg_temp.deploy('inc_once', '<startEvent id="s"/><exclusiveGateway id="g"/><task id="g1"/><task id="g2"/>
	<endEvent id="e"><terminateEventDefinition/></endEvent><subProcess id="p" triggeredByEvent="true">
	<startEvent id="t"><timerEventDefinition>
	<timeDuration>=d</timeDuration></timerEventDefinition></startEvent></subProcess>', 's>e; s>g; g>g1 if no;
	g>g2 if no');
SELECT bpm.start('inc_once', '{"d": "soon"}') AS i \gset
SELECT bpm.set_variables(:i, '{"d": "PT1H"}');
SELECT bpm.resolve(pg_temp.incident(:i));
SELECT pg_temp.at(:i);
SELECT kind, resolved_at IS NOT NULL AS resolved FROM bpm.incident WHERE instance = :i ORDER BY id;

-- A token that was put somewhere all the same goes on.
SELECT bpm.start('inc_root', '{"d": "soon"}', start_element => 'a') AS i \gset
SELECT pg_temp.at(:i), pg_temp.incident(:i) IS NOT NULL AS incident;
SELECT bpm.cancel(:i);
SELECT count(*) FROM bpm.incident WHERE instance = :i AND resolved_at IS NULL;

-- An expression that has no answer, not even null: an assertion that does not hold, a limit that is reached.
SELECT pg_temp.deploy('inc_assert', '<startEvent id="s"/><exclusiveGateway id="g" default="g_c"/><task id="b"/>
	<scriptTask id="c" scriptFormat="feel" bpm:resultVariable="r"><script>{n: [1, assert(x, x != 3,
	"three is not allowed")]}</script></scriptTask><userTask id="u" bpm:priority="=assert(x, x != 4)"/>',
	's>g; g>c; g>b if get or else(assert(x, x > 0, "x must be positive"), 1) = 1; c>u');
SELECT count(bpm.start('inc_assert', jsonb_build_object('x', x))) FROM generate_series(0, 5) x;
SELECT i.variables, pg_temp.at(i.id), c.kind, c.message, c.detail FROM bpm.instance i
	LEFT JOIN bpm.incident c ON c.instance = i.id WHERE process = 'inc_assert' ORDER BY i.id;
SELECT pg_temp.deploy('inc_limit', '<startEvent id="s"/><exclusiveGateway id="g" default="g_a"/><task id="a"/>
	<task id="b"/>', 's>g; g>a; g>b if count(for i in 1..10**9 return i) = 1');
SELECT bpm.start('inc_limit') AS i \gset
SELECT pg_temp.at(:i), message FROM bpm.incident WHERE instance = :i;

-- Refused.
SELECT bpm.resolve(-1);
SELECT bpm.start('inc') AS i \gset
SELECT pg_temp.raises(format('SELECT bpm.resolve(%s, 0)', pg_temp.incident(:i)));
SELECT pg_temp.raises(format('SELECT bpm.resolve(%s, -1)', pg_temp.incident(:i)));
SELECT pg_temp.incident(:i) AS incident \gset
SELECT bpm.cancel(:i);
SELECT pg_temp.raises(format('SELECT bpm.resolve(%s)', :incident));

-- Every invariant holds, with what still lives and without.
SELECT * FROM bpm.check();
SELECT pg_temp.clean();
SELECT * FROM bpm.check();
