-- Promised: an event-based gateway goes on with the event that happens first; a
-- parallel one needs all of them; either may start a process.
\set ECHO none
\i test/prelude.sql
\set roots '''<message id="m" name="gev-m"/><message id="k" name="gev-k" bpm:correlationKey="=key"/><signal id="g" name="gev-g"/>'''
\set catches '''<intermediateCatchEvent id="cm"><messageEventDefinition messageRef="m"/></intermediateCatchEvent><intermediateCatchEvent id="cg"><signalEventDefinition signalRef="g"/></intermediateCatchEvent><intermediateCatchEvent id="ct"><timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition></intermediateCatchEvent><userTask id="a"/><userTask id="b"/><userTask id="c"/>'''
CREATE FUNCTION pg_temp.over() RETURNS void LANGUAGE sql AS $$
	SELECT bpm.cancel(id) FROM bpm.instance WHERE state = 'active'
$$;
SELECT bpm.set_clock('2030-01-01 12:00+00');

-- The first one takes all; nobody waits for the others any more.
SELECT pg_temp.deploy('gev', '<startEvent id="s"/><eventBasedGateway id="w"/>' || :catches, 's>w; w>cm; w>cg; w>ct;
	cm>a; cg>b; ct>c', :roots);
SELECT bpm.start('gev') AS i \gset
SELECT pg_temp.at(:i);
SELECT element, kind FROM bpm.subscription WHERE instance = :i ORDER BY 1;
SELECT element FROM bpm.timer WHERE instance = :i;
SELECT bpm.publish('gev-m', variables => '{"n": 1}') = :i;
SELECT pg_temp.at(:i), bpm.variables(:i), bpm.signal('gev-g'), (SELECT count(*) FROM bpm.timer WHERE instance = :i);
SELECT what FROM pg_temp.log(:i);
SELECT bpm.start('gev') AS i \gset
SELECT bpm.signal('gev-g');
SELECT pg_temp.at(:i);
SELECT bpm.start('gev') AS i \gset
SELECT bpm.advance_clock('1 hour'); SELECT bpm.tick();
SELECT pg_temp.at(:i);

-- A kept message is there at once.
SELECT bpm.publish('gev-m', ttl => '1 hour');
SELECT pg_temp.at(bpm.start('gev')), bpm.signal('gev-g');

-- A condition that holds, a receive task, a correlation key.
SELECT pg_temp.deploy('gev_more', '<startEvent id="s"/><eventBasedGateway id="w"/><receiveTask id="r" messageRef="k"/>
	<intermediateCatchEvent id="cc"><conditionalEventDefinition><condition>n > 1</condition></conditionalEventDefinition>
	</intermediateCatchEvent><userTask id="a"/><userTask id="b"/>', 's>w; w>r; w>cc; r>a; cc>b', :roots);
SELECT bpm.start('gev_more', '{"key": 1}') AS i \gset
SELECT element, name, correlation_key FROM bpm.subscription WHERE instance = :i AND kind = 'message';
SELECT bpm.publish('gev-k', '1') = :i;
SELECT pg_temp.at(:i);
SELECT bpm.start('gev_more', '{"key": 1}') AS i \gset
SELECT bpm.set_variables(:i, '{"n": 2}');
SELECT pg_temp.at(:i);
SELECT pg_temp.at(bpm.start('gev_more', '{"key": 1, "n": 2}'));

-- A wait that cannot begin is an incident at the gateway; resolve begins anew.
SELECT bpm.start('gev_more') AS i \gset
SELECT pg_temp.at(:i);
SELECT message FROM bpm.incident WHERE instance = :i;
SELECT bpm.set_variables(:i, '{"key": 3}');
SELECT bpm.resolve(pg_temp.incident(:i));
SELECT pg_temp.at(:i), bpm.publish('gev-k', '3') = :i;
SELECT pg_temp.at(:i), (SELECT count(*) FROM bpm.subscription WHERE instance = :i);

-- Parallel: the flow behind each event goes on when it happens, and the gateway is done when all have.
SELECT pg_temp.over();
SELECT pg_temp.deploy('gev_all', '<eventBasedGateway id="w" eventGatewayType="Parallel" instantiate="true"/>
	<receiveTask id="cm" messageRef="m"/><intermediateCatchEvent id="cg"><signalEventDefinition signalRef="g"/>
	</intermediateCatchEvent><userTask id="a"/><userTask id="b"/>', 'w>cm; w>cg; cm>a; cg>b', :roots);
SELECT element, kind, instance FROM bpm.subscription ORDER BY 1;
SELECT bpm.publish('gev-m', 'key 1') AS i \gset
SELECT pg_temp.at(:i), (SELECT business_key FROM bpm.instance WHERE id = :i);
SELECT element, kind FROM bpm.subscription WHERE instance = :i;
SELECT what FROM pg_temp.log(:i);
SELECT bpm.publish('gev-m') AS other \gset
SELECT :i <> :other AS another;
SELECT bpm.signal('gev-g');
SELECT process, pg_temp.at(id) FROM bpm.instance WHERE process = 'gev_all' ORDER BY id;
SELECT pg_temp.over();
SELECT bpm.undeploy(id, true) FROM bpm.definition WHERE key = 'gev_all';

-- Exclusive, at the start of a process: each event starts one.
SELECT pg_temp.deploy('gev_start', '<eventBasedGateway id="w" instantiate="true"/><receiveTask id="cm" messageRef="m"/>
	<intermediateCatchEvent id="cg"><signalEventDefinition signalRef="g"/></intermediateCatchEvent>
	<userTask id="a"/><userTask id="b"/>', 'w>cm; w>cg; cm>a; cg>b', :roots);
SELECT bpm.publish('gev-m', variables => '{"n": 1}') AS i \gset
SELECT pg_temp.at(:i), bpm.variables(:i);
SELECT what FROM pg_temp.log(:i);
SELECT bpm.signal('gev-g');
SELECT pg_temp.at(id) FROM bpm.instance WHERE process = 'gev_start' ORDER BY id;
SELECT count(*) FROM bpm.subscription WHERE instance IN (SELECT id FROM bpm.instance WHERE process = 'gev_start');

-- A receive task may start a process.
SELECT bpm.undeploy(id, true) FROM bpm.definition WHERE key = 'gev_start';
SELECT pg_temp.deploy('gev_receive', '<receiveTask id="r" messageRef="m" instantiate="true"/><userTask id="a"/>', 'r>a',
	:roots);
SELECT element, kind, name FROM bpm.subscription WHERE instance IS NULL;
SELECT bpm.publish('gev-m', variables => '{"n": 1}') AS i \gset
SELECT pg_temp.at(:i), bpm.variables(:i);
SELECT what FROM pg_temp.log(:i);

-- Refused: one flow only, a condition on a flow, a task behind it, a parallel one that does not start the process,
-- one that does and that something leads to.
SELECT pg_temp.deploy('gev_bad', '<startEvent id="s"/><eventBasedGateway id="w"/>' || :catches, 's>w; w>cm; cm>a',
	:roots);
SELECT pg_temp.deploy('gev_bad', '<startEvent id="s"/><eventBasedGateway id="w"/>' || :catches, 's>w; w>cm if x; w>cg;
	cm>a', :roots);
SELECT pg_temp.deploy('gev_bad', '<startEvent id="s"/><eventBasedGateway id="w"/>' || :catches, 's>w; w>cm; w>a', :roots);
SELECT pg_temp.deploy('gev_bad', '<startEvent id="s"/><eventBasedGateway id="w" eventGatewayType="Parallel"/>' ||
	:catches, 's>w; w>cm; w>cg', :roots);
SELECT pg_temp.deploy('gev_bad', '<startEvent id="s"/><eventBasedGateway id="w" instantiate="true"/>' || :catches,
	's>w; w>cm; w>cg', :roots);
SELECT pg_temp.deploy('gev_bad', '<startEvent id="s"/><receiveTask id="r" messageRef="m" instantiate="true"/>', 's>r',
	:roots);

-- Every invariant holds, with what still lives and without.
SELECT * FROM bpm.check();
SELECT pg_temp.clean();
SELECT * FROM bpm.check();
