-- Promised: a message has exactly one receiver, the one that has waited longest
-- for its name and key; with a time to live it waits for one.
\set ECHO none
\i test/prelude.sql
SELECT pg_temp.deploy('msg', '<startEvent id="s"/><intermediateCatchEvent id="c">
	<messageEventDefinition messageRef="m"/></intermediateCatchEvent><userTask id="z"/>',
	's>c; c>z', '<message id="m" name="msg-paid" bpm:correlationKey="=order"/>');

-- A catch event waits under the message's name and the key of its instance.
SELECT bpm.start('msg', '{"order": 17}') AS i \gset
SELECT bpm.start('msg', '{"order": "18"}') AS other \gset
SELECT element, kind, name, correlation_key FROM bpm.subscription WHERE instance IN (:i, :other) ORDER BY id;

-- Name and key must both be the same.
SELECT bpm.publish('msg-paid', '19') AS nobody, bpm.publish('msg-paid') AS nobody, bpm.publish('msg-shipped',
	'17') AS nobody, bpm.publish('MSG-PAID', '17') AS nobody;
SELECT bpm.publish('msg-paid', '17', '{"paid": true}') = :i AS received;
SELECT pg_temp.at(:i), pg_temp.at(:other), bpm.variables(:i);
SELECT kind, element FROM bpm.event WHERE instance = :i AND element = 'c' ORDER BY seq;
SELECT count(*) FROM bpm.subscription WHERE instance = :i;

-- correlate is the same, but an error when nobody waits.
SELECT bpm.correlate('msg-paid', '18') = :other AS received;
SELECT bpm.correlate('msg-paid', '18');
SELECT bpm.correlate('msg-paid');
SELECT bpm.correlate('msg-paid', '');

-- First come, first served; each message goes to one.
SELECT bpm.start('msg', '{"order": "x"}') AS i1 \gset
SELECT bpm.start('msg', '{"order": "x"}') AS i2 \gset
SELECT bpm.start('msg', '{"order": "x"}') AS i3 \gset
SELECT bpm.publish('msg-paid', 'x', '{"n": 1}') = :i1 AS first, bpm.publish('msg-paid', 'x',
	'{"n": 2}') = :i2 AS second;
SELECT pg_temp.at(:i1), pg_temp.at(:i2), pg_temp.at(:i3);
SELECT bpm.variables(:i1) -> 'n' AS first, bpm.variables(:i2) -> 'n' AS second, bpm.variables(:i3) -> 'n' AS third;
SELECT bpm.cancel(:i3);
SELECT bpm.publish('msg-paid', 'x');

-- A key that is null is an incident, not a message for everybody.
SELECT bpm.start('msg') AS i \gset
SELECT pg_temp.at(:i);
SELECT kind, message, detail FROM bpm.incident WHERE instance = :i;
SELECT bpm.set_variables(:i, '{"order": 20}');
SELECT bpm.resolve(pg_temp.incident(:i));
SELECT bpm.publish('msg-paid', '20') = :i AS received;

-- Without a time to live nothing is kept; with one, it is for the first that comes, and only once.
SELECT bpm.set_clock('2030-01-01 12:00+00');
SELECT bpm.publish('msg-paid', '30');
SELECT bpm.publish('msg-paid', '30', '{"n": 1}', ttl => '1 hour');
SELECT bpm.publish('msg-paid', '30', '{"n": 2}', ttl => '1 hour');
SELECT name, correlation_key, variables, message_id, expires_at - bpm.now() AS left FROM bpm.message ORDER BY id;
SELECT bpm.start('msg', '{"order": 30}') AS i1 \gset
SELECT bpm.start('msg', '{"order": 30}') AS i2 \gset
SELECT bpm.start('msg', '{"order": 30}') AS i3 \gset
SELECT pg_temp.at(:i1), pg_temp.at(:i2), pg_temp.at(:i3);
SELECT bpm.variables(:i1) -> 'n' AS first, bpm.variables(:i2) -> 'n' AS second;
SELECT count(*) FROM bpm.message;

-- Who waits takes it at once, so nothing is kept.
SELECT bpm.publish('msg-paid', '30', ttl => '1 hour') = :i3 AS received;
SELECT count(*) FROM bpm.message;

-- When its time is over a message is nobody's, and tick removes it.
SELECT bpm.publish('msg-paid', '31', ttl => '1 hour');
SELECT bpm.advance_clock('1 hour');
SELECT pg_temp.at(bpm.start('msg', '{"order": 31}'));
SELECT bpm.tick();
SELECT count(*) FROM bpm.message;

-- A message id is taken once, whether the message was received or is still kept, until it expires.
SELECT bpm.publish('msg-paid', '40', '{"n": 1}', '1 hour', 'id-1');
SELECT bpm.publish('msg-paid', '40', '{"n": 2}', '1 hour', 'id-1');
SELECT bpm.publish('msg-paid', '41', '{"n": 3}', '1 hour', 'id-1');
SELECT correlation_key, variables FROM bpm.message ORDER BY id;
SELECT bpm.start('msg', '{"order": 40}') AS i \gset
SELECT pg_temp.at(:i), bpm.variables(:i);
SELECT bpm.publish('msg-paid', '40', '{"n": 4}', '1 hour', 'id-1');
SELECT pg_temp.at(bpm.start('msg', '{"order": 40}'));
SELECT bpm.publish('msg-paid', '40', '{"n": 5}', '1 hour', 'id-1');
SELECT bpm.publish('msg-paid', '40', '{"n": 6}', '1 hour', 'id-2') IS NOT NULL AS received;
SELECT bpm.publish('msg-paid', '40', '{"n": 7}', '1 hour', 'id-2');
SELECT bpm.advance_clock('1 hour'); SELECT bpm.tick();
SELECT count(*) FROM bpm.message;
SELECT bpm.publish('msg-paid', '40', '{"n": 8}', '1 hour', 'id-1');
SELECT bpm.advance_clock('1 hour'); SELECT bpm.tick();

-- A receive task, without a key: its messages have none either.
SELECT pg_temp.deploy('msg_receive', '<startEvent id="s"/><receiveTask id="r" messageRef="m"/><userTask id="z"/>',
	's>r; r>z', '<message id="m" name="msg-any"/>');
SELECT bpm.start('msg_receive') AS i \gset
SELECT bpm.publish('msg-any', '1');
SELECT bpm.publish('msg-any') = :i AS received;
SELECT pg_temp.at(:i);

-- Boundaries: an interrupting one ends the activity, another may be reached again and again.
SELECT pg_temp.deploy('msg_boundary', '<startEvent id="s"/><serviceTask id="a" bpm:type="msg-a"/>
	<boundaryEvent id="more" attachedToRef="a" cancelActivity="false"><messageEventDefinition messageRef="more_m"/>
	</boundaryEvent>
	<boundaryEvent id="stop" attachedToRef="a"><messageEventDefinition messageRef="stop_m"/></boundaryEvent>
	<userTask id="b"/><userTask id="c"/>',
	's>a; more>b; stop>c', '<message id="more_m" name="msg-more"/><message id="stop_m" name="msg-stop"/>');
SELECT bpm.start('msg_boundary') AS i \gset
SELECT bpm.publish('msg-more', variables => '{"n": 1}') = :i AS received;
SELECT bpm.publish('msg-more', variables => '{"n": 2}') = :i AS received;
SELECT pg_temp.at(:i), bpm.variables(:i);
SELECT bpm.publish('msg-stop') = :i AS received;
SELECT pg_temp.at(:i);
SELECT bpm.publish('msg-more');
SELECT count(*) FROM bpm.subscription WHERE instance = :i;

-- What is kept for a boundary interrupts its activity before that begins.
SELECT bpm.publish('msg-stop', ttl => '1 hour');
SELECT pg_temp.at(bpm.start('msg_boundary'));

-- What is kept for one that does not interrupt is all delivered.
SELECT bpm.publish('msg-more', ttl => '1 hour'); SELECT bpm.publish('msg-more', ttl => '1 hour');
SELECT pg_temp.at(bpm.start('msg_boundary'));

-- Two branches of one instance that wait for the same take one message each.
SELECT pg_temp.deploy('msg_two', '<startEvent id="s"/><receiveTask id="a" messageRef="m"/>
	<receiveTask id="b" messageRef="m"/>', 's>a; s>b', '<message id="m" name="msg-two"/>');
SELECT bpm.start('msg_two') AS i \gset
SELECT bpm.publish('msg-two') = :i AS received;
SELECT pg_temp.at(:i);
SELECT bpm.publish('msg-two') = :i AS received;
SELECT pg_temp.at(:i);
SELECT bpm.publish('msg-two', '', ttl => '1 hour'), bpm.publish('msg-two', ttl => '1 hour');
SELECT pg_temp.at(bpm.start('msg_two'));

-- One call that passes through several catch events takes a kept message for each.
SELECT pg_temp.deploy('msg_loop', '<startEvent id="s"/><exclusiveGateway id="m"/><receiveTask id="r" messageRef="k"/>
	<scriptTask id="add" scriptFormat="feel" bpm:resultVariable="n"><script>n + 1</script></scriptTask>
	<exclusiveGateway id="g" default="g_e"/><endEvent id="e"/>',
	's>m; m>r; r>add; add>g; g>m if n < 3; g>e', '<message id="k" name="msg-loop"/>');
SELECT bpm.publish('msg-loop', ttl => '1 hour') FROM generate_series(1, 4);
SELECT bpm.start('msg_loop', '{"n": 0}') AS i \gset
SELECT pg_temp.at(:i), bpm.variables(:i), (SELECT count(*) FROM bpm.message WHERE name = 'msg-loop') AS left;

-- A receive task that names no message waits for one of its own name.
SELECT pg_temp.deploy('msg_unnamed', '<startEvent id="s"/><receiveTask id="msg_r"/>', 's>msg_r');
SELECT bpm.start('msg_unnamed') = bpm.publish('msg_r') AS received;

-- Refused.
SELECT bpm.publish('msg-paid', ttl => '-1 second');
SELECT bpm.publish('msg-paid', variables => '[]');
SELECT bpm.correlate('msg-paid', variables => '1');


SELECT bpm.advance_clock('1 day'); SELECT bpm.tick();
SELECT count(*) FROM bpm.message;
-- Correlation by context: a process that subscribes to a correlation key waits with what its own variables say, and who
-- throws such a message sends what the message says.
CREATE FUNCTION pg_temp.correlated(key text, nodes text, flows text, keyed text DEFAULT '', path text DEFAULT 'order.id')
RETURNS text LANGUAGE sql AS $$
	SELECT pg_temp.deploy(key, format('<correlationSubscription id="%s_s" correlationKeyRef="ck">
		<correlationPropertyBinding correlationPropertyRef="cp"><dataPath>%s</dataPath></correlationPropertyBinding>
		<correlationPropertyBinding correlationPropertyRef="cc"><dataPath>customer</dataPath></correlationPropertyBinding>
		</correlationSubscription>', key, path) || nodes, flows, '<message id="m" name="msg-context"/>
		<message id="o" name="msg-other"/><collaboration id="co"><participant id="pa"/><correlationKey id="ck">
		<correlationPropertyRef>cp</correlationPropertyRef>' || keyed || '</correlationKey></collaboration>
		<correlationProperty id="cp"><correlationPropertyRetrievalExpression messageRef="m"><messagePath>n</messagePath>
		</correlationPropertyRetrievalExpression></correlationProperty>
		<correlationProperty id="cc"><correlationPropertyRetrievalExpression messageRef="m"><messagePath>${who}</messagePath>
		</correlationPropertyRetrievalExpression></correlationProperty>')
$$;
SELECT pg_temp.correlated('msg_context', '<startEvent id="s"/><receiveTask id="c" messageRef="m"/><receiveTask id="d"
	messageRef="o"/><userTask id="z"/>', 's>c; s>d; c>z');
SELECT bpm.start('msg_context', '{"order": {"id": 7}}') AS i \gset
SELECT element, name, correlation_key FROM bpm.subscription WHERE instance = :i ORDER BY id;
SELECT bpm.publish('msg-context', '8') IS NULL AS nobody;
SELECT pg_temp.correlated('msg_send', '<startEvent id="s"/><endEvent id="t"><messageEventDefinition messageRef="m"/></endEvent>',
	's>t');
SELECT bpm.start('msg_send', '{"n": 7}') IS NOT NULL, pg_temp.at(:i);
SELECT bpm.cancel(:i);

-- Of a key with several properties the texts stand one after the other.
SELECT pg_temp.correlated('msg_context', '<startEvent id="s"/><receiveTask id="c" messageRef="m"/>', 's>c',
	'<correlationPropertyRef>cc</correlationPropertyRef>');
SELECT bpm.start('msg_context', '{"order": {"id": 7}, "customer": "ann"}') AS i \gset
SELECT correlation_key FROM bpm.subscription WHERE instance = :i;
SELECT pg_temp.correlated('msg_send', '<startEvent id="s"/><sendTask id="t" messageRef="m"/>', 's>t',
	'<correlationPropertyRef>cc</correlationPropertyRef>');
SELECT bpm.start('msg_send', '{"n": 7, "who": "ann"}') IS NOT NULL, pg_temp.at(:i);

-- What it refers to must be there.
SELECT pg_temp.correlated('msg_bad', '<task id="t"/>', '', '<correlationPropertyRef>cx</correlationPropertyRef>');
SELECT pg_temp.correlated('msg_bad', '<receiveTask id="t" messageRef="m"/>', '', path => 'order.');
SELECT pg_temp.correlated('msg_bad', '<receiveTask id="t" messageRef="m"/>', '', path => '');
SELECT pg_temp.deploy('msg_bad', '<task id="t"/><correlationSubscription id="c" correlationKeyRef="k"/>');
SELECT pg_temp.deploy('msg_bad', '<task id="t"/><correlationSubscription id="c" correlationKeyRef="k"/>', '',
	'<correlationProperty id="p"/><collaboration id="co"><correlationKey id="k"><correlationPropertyRef>p
	</correlationPropertyRef></correlationKey><correlationKey id="none"/></collaboration>');

-- Every invariant holds, with what still lives and without.
SELECT * FROM bpm.check();
SELECT pg_temp.clean();
SELECT * FROM bpm.check();
