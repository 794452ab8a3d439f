-- Promised: what a process starts by is waited for by its latest version: from
-- the moment it is deployed, moved to the next version without gap or double start,
-- and given back when that one is undeployed.
\set ECHO none
\i test/prelude.sql
\set roots '''<message id="m" name="start-m"/><message id="n" name="start-n"/><signal id="g" name="start-g"/>'''

-- What of a process started, and how it stands.
CREATE FUNCTION pg_temp.started(key text) RETURNS TABLE (version int, stands text, variables jsonb, business_key text)
LANGUAGE sql AS $$
	SELECT i.version, pg_temp.at(i.id), i.variables, i.business_key FROM bpm.instance i WHERE i.process = key
		ORDER BY i.id
$$;
CREATE FUNCTION pg_temp.timer(kind text, text text, process text DEFAULT 'start_timer') RETURNS text LANGUAGE sql AS $$
	SELECT pg_temp.deploy(process, format('<startEvent id="s"><timerEventDefinition><%1$s>%2$s</%1$s>
		</timerEventDefinition></startEvent><userTask id="a"/>', kind, text), 's>a')
$$;
SET timezone = 'UTC';
SET datestyle = 'ISO';
SELECT bpm.set_clock('2030-01-01 12:00+00');

-- A message starts it; the key becomes the business key.
SELECT pg_temp.deploy('start_message', '<startEvent id="s"><messageEventDefinition messageRef="m"/></startEvent>
	<userTask id="a"/>', 's>a', :roots);
SELECT element, kind, name, instance FROM bpm.subscription;
SELECT bpm.publish('start-m', 'key 1', '{"n": 1}') IS NOT NULL AS started;
SELECT * FROM pg_temp.started('start_message');
SELECT what FROM bpm.instance, pg_temp.log(id) WHERE process = 'start_message';
SELECT bpm.correlate('start-m') IS NOT NULL AS started;

-- One who waits goes before one who would start.
SELECT pg_temp.deploy('start_wait', '<startEvent id="s"/><receiveTask id="r" messageRef="m"/><userTask id="z"/>', 's>r;
	r>z', :roots);
SELECT bpm.start('start_wait') AS i \gset
SELECT bpm.publish('start-m') = :i AS received, bpm.publish('start-m') = :i AS received;

-- It waits for the process, not for a call.
SELECT pg_temp.deploy('start_kept', '<startEvent id="s"><messageEventDefinition messageRef="n"/></startEvent>
	<userTask id="a"/>', 's>a', :roots);
SELECT pg_temp.raises($$SELECT bpm.start('start_kept')$$);
SELECT pg_temp.at(bpm.start('start_kept', start_element => 's'));

-- The next version takes over, and what it does not wait for is let go; the same again changes nothing.
SELECT pg_temp.deploy('start_move', '<startEvent id="s"><messageEventDefinition messageRef="n"/></startEvent>
	<startEvent id="g1"><signalEventDefinition signalRef="g"/></startEvent><userTask id="a"/>', 's>a; g1>a', :roots);
SELECT pg_temp.deploy('start_move', '<startEvent id="s"><messageEventDefinition messageRef="n"/></startEvent>
	<startEvent id="g1"><signalEventDefinition signalRef="g"/></startEvent><userTask id="a"/>', 's>a; g1>a', :roots);
SELECT pg_temp.deploy('start_move', '<startEvent id="s"/><startEvent id="g2"><signalEventDefinition signalRef="g"/>
	</startEvent><userTask id="b"/>', 's>b; g2>b', :roots);
SELECT s.element, s.kind, d.version FROM bpm.subscription s JOIN bpm.definition d ON d.id = s.definition
	WHERE d.key = 'start_move';
SELECT bpm.signal('start-g');
SELECT * FROM pg_temp.started('start_move');

-- Undeployed, it gives them back; of an older version nothing changes.
SELECT bpm.undeploy(id, true) FROM bpm.definition WHERE key = 'start_move' AND version = 2;
SELECT s.element, s.kind, d.version FROM bpm.subscription s JOIN bpm.definition d ON d.id = s.definition
	WHERE d.key = 'start_move' ORDER BY 1;
SELECT bpm.signal('start-g');
SELECT * FROM pg_temp.started('start_move');
SELECT bpm.undeploy(id, true) FROM bpm.definition WHERE key = 'start_move';
SELECT bpm.signal('start-g'), count(*) FROM bpm.subscription WHERE name = 'start-g';

-- Deployed and undone: as if it had not been.
SELECT pg_temp.deploy('start_undone', '<startEvent id="s"><signalEventDefinition signalRef="g"/></startEvent>
	<userTask id="a"/>', 's>a', :roots);
BEGIN;
SELECT pg_temp.deploy('start_undone', '<startEvent id="s"/><userTask id="b"/>', 's>b');
SELECT bpm.signal('start-g');
ROLLBACK;
SELECT bpm.signal('start-g');

-- A date, once.
SELECT pg_temp.timer('timeDate', '2030-01-01T13:00:00Z');
SELECT element, due_at, instance FROM bpm.timer;
SELECT bpm.tick();
SELECT bpm.advance_clock('1 hour'), bpm.tick();
SELECT bpm.tick();
SELECT * FROM pg_temp.started('start_timer');
SELECT what FROM bpm.instance, pg_temp.log(id) WHERE process = 'start_timer' LIMIT 3;
SELECT count(*) FROM bpm.timer;

-- A cycle, from each due time to the next, none left out.
SELECT pg_temp.timer('timeCycle', 'R3/PT1H', 'start_cycle');
SELECT due_at, repeats_left, period FROM bpm.timer;
SELECT bpm.advance_clock('70 minutes'); SELECT bpm.tick();
SELECT due_at, repeats_left, period FROM bpm.timer;
SELECT bpm.advance_clock('1 day'); SELECT bpm.tick();
SELECT * FROM pg_temp.started('start_cycle');
SELECT count(*) FROM bpm.timer;

-- Without end, by cron; the next version takes over where the cycle says.
SELECT pg_temp.timer('timeCycle', '0 9 * * *', 'start_cron');
SELECT due_at FROM bpm.timer;
SELECT bpm.set_clock('2030-01-05 09:00+00'); SELECT bpm.tick();
SELECT count(*) FROM pg_temp.started('start_cron');
SELECT pg_temp.timer('timeCycle', '0 10 * * *', 'start_cron');
SELECT due_at FROM bpm.timer;
SELECT bpm.set_clock('2030-01-05 10:00+00'); SELECT bpm.tick();
SELECT version, count(*) FROM pg_temp.started('start_cron') GROUP BY 1 ORDER BY 1;
SELECT bpm.undeploy(id, true) FROM bpm.definition WHERE key = 'start_cron' AND version = 2;
SELECT due_at FROM bpm.timer;
SELECT bpm.undeploy(id, true) FROM bpm.definition WHERE key = 'start_cron';
SELECT count(*) FROM bpm.timer;

-- A duration counts from the deployment; R0 is never.
SELECT pg_temp.timer('timeDuration', 'PT5M', 'start_after');
SELECT pg_temp.timer('timeCycle', 'R0/PT5M', 'start_never');
SELECT bpm.advance_clock('1 year'); SELECT bpm.tick();
SELECT count(*) FROM bpm.instance WHERE process IN ('start_after', 'start_never');

-- Several start events: each by itself, and start() takes the one without a trigger, or the one that is named.
SELECT pg_temp.deploy('start_several', '<startEvent id="none"/><startEvent id="s1"><messageEventDefinition
	messageRef="m"/></startEvent><startEvent id="s2"><signalEventDefinition signalRef="g"/></startEvent>
	<userTask id="a"/><userTask id="b"/><userTask id="c"/>', 'none>a; s1>b; s2>c', :roots);
SELECT bpm.undeploy(id, true) FROM bpm.definition WHERE key IN ('start_message', 'start_undone');
SELECT pg_temp.at(bpm.start('start_several')), pg_temp.at(bpm.start('start_several', start_element => 's2'));
SELECT bpm.publish('start-m') IS NOT NULL, bpm.signal('start-g');
SELECT * FROM pg_temp.started('start_several');

-- One message or signal starts each process that waits for it; a message only one.
SELECT pg_temp.deploy('start_also', '<startEvent id="s1"><messageEventDefinition messageRef="m"/></startEvent>
	<startEvent id="s2"><signalEventDefinition signalRef="g"/></startEvent><userTask id="a"/>', 's1>a; s2>a', :roots);
SELECT bpm.publish('start-m') IS NOT NULL, bpm.signal('start-g');
SELECT process, count(*) FROM bpm.instance WHERE process IN ('start_several', 'start_also') GROUP BY 1 ORDER BY 1;

-- A trigger that needs variables is refused.
SELECT pg_temp.deploy('start_bad', '<startEvent id="s"><signalEventDefinition signalRef="v"/></startEvent>', '',
	'<signal id="v" name="=who"/>');
SELECT pg_temp.timer('timeDuration', '=wait', 'start_bad');
SELECT count(*) FROM bpm.definition WHERE key = 'start_bad';

-- A message that is kept starts a process that is deployed later; its key becomes the business key.
SELECT bpm.publish('start-late', 'k' || n, jsonb_build_object('n', n), ttl => '1 hour', message_id => 'id' || n)
	FROM generate_series(1, 2) AS n;
SELECT bpm.publish('start-late', 'old', ttl => '0');
SELECT pg_temp.deploy('start_late', '<startEvent id="s"><messageEventDefinition messageRef="m"/></startEvent>
	<userTask id="a"/>', 's>a', '<message id="m" name="start-late"/>');
SELECT count(*) FROM bpm.instance WHERE process = 'start_late';
SELECT bpm.tick();
SELECT business_key, state, variables FROM bpm.instance WHERE process = 'start_late' ORDER BY id;
SELECT count(*) FILTER (WHERE received_by IS NULL) AS kept, count(*) AS known FROM bpm.message WHERE name = 'start-late';
SELECT bpm.publish('start-late', 'k1', ttl => '1 hour', message_id => 'id1') AS seen_before;
SELECT count(*) FROM bpm.instance WHERE process = 'start_late';
SELECT bpm.advance_clock('2 hours'), bpm.tick();

-- Conditional starts, in FEEL and as other engines write them.
SELECT pg_temp.deploy('start_' || id, format('<startEvent id="s"><conditionalEventDefinition><condition>%s</condition>
	</conditionalEventDefinition></startEvent><userTask id="a"/>', condition), 's>a')
	FROM (VALUES ('feel', 'temperature > 30'), ('juel', '${temperature > 35}')) AS c(id, condition);
SELECT count(*) FROM bpm.evaluate_conditions('{"temperature": 33}');
SELECT count(*) FROM bpm.evaluate_conditions('{"temperature": 36}');
SELECT process, variables, count(*) FROM bpm.instance WHERE process IN ('start_feel', 'start_juel')
	GROUP BY 1, 2 ORDER BY 1, 2;

-- Every invariant holds, with what still lives and without.
SELECT bpm.tick();
SELECT * FROM bpm.check();
SELECT pg_temp.clean();
SELECT count(*) FROM (SELECT id FROM bpm.timer UNION SELECT id FROM bpm.subscription UNION SELECT id FROM bpm.message)
	AS left_over;
SELECT * FROM bpm.check();
