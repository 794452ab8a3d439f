-- Instances in flight: one at least at each place where a process can stand.
--
-- psql, in a database with the extension and nothing else, from the root of the project.  A dump of what this makes is
-- kept for each version that was released; test/t/020_upgrade.pl lets today's engine bring them to their ends.
\i test/prelude.sql
\i test/saga.sql
\set ECHO none
SELECT bpm.set_clock('2030-01-01 12:00+00');

CREATE FUNCTION public.flight_echo(variables jsonb) RETURNS jsonb LANGUAGE sql AS $$ SELECT variables $$;
SELECT bpm.handle('flight_async', 'flight_echo');

-- Whatever waits, side by side; one branch has reached the join.
SELECT pg_temp.deploy('flight_waits', $$<startEvent id="s"/><parallelGateway id="fork"/>
	<serviceTask id="ready" bpm:type="flight_ready"/><serviceTask id="locked" bpm:type="flight_locked"/>
	<serviceTask id="failed" bpm:type="flight_failed" bpm:retries="3" bpm:backoff="PT1H"/>
	<serviceTask id="broken" bpm:type="flight_broken"/><serviceTask id="handled" bpm:type="flight_async"/>
	<userTask id="open" bpm:candidateGroups="clerks"/><userTask id="claimed"/><userTask id="done"/>
	<receiveTask id="message" messageRef="paid"/>
	<intermediateCatchEvent id="timer"><timerEventDefinition><timeDuration>P1D</timeDuration></timerEventDefinition>
	</intermediateCatchEvent>
	<intermediateCatchEvent id="signal"><signalEventDefinition signalRef="go"/></intermediateCatchEvent>
	<intermediateCatchEvent id="condition"><conditionalEventDefinition><condition>go</condition>
	</conditionalEventDefinition></intermediateCatchEvent>
	<eventBasedGateway id="race"/>
	<intermediateCatchEvent id="race_timer"><timerEventDefinition><timeDuration>P2D</timeDuration>
	</timerEventDefinition></intermediateCatchEvent>
	<intermediateCatchEvent id="race_signal"><signalEventDefinition signalRef="go"/></intermediateCatchEvent>
	<exclusiveGateway id="raced"/>
	<scriptTask id="script" scriptFormat="feel" bpm:resultVariable="sum"><script>1 + n.x</script></scriptTask>
	<userTask id="bounded"/><boundaryEvent id="late" attachedToRef="bounded" cancelActivity="false">
	<timerEventDefinition><timeCycle>R3/PT10H</timeCycle></timerEventDefinition></boundaryEvent>
	<userTask id="reminded"/>
	<parallelGateway id="join"/><userTask id="after"/><endEvent id="e"/>$$,
	's>fork; fork>ready; ready>join; fork>locked; locked>join; fork>failed; failed>join; fork>broken; broken>join;
	fork>handled; handled>join; fork>open; open>join; fork>claimed; claimed>join; fork>done; done>join; fork>message;
	message>join; fork>timer; timer>join; fork>signal; signal>join; fork>condition; condition>join; fork>race;
	race>race_timer; race>race_signal; race_timer>raced; race_signal>raced; raced>join; fork>script; script>join;
	fork>bounded; bounded>join; late>reminded; join>after; after>e',
	'<message id="paid" name="flight paid" bpm:correlationKey="=key"/><signal id="go" name="flight go"/>');
SELECT bpm.start('flight_waits', format('{"key": "%s", "n": {"x": %1$s}}', n)::jsonb, 'flight ' || n) AS i
	FROM generate_series(1, 2) n;
SELECT bpm.fetch_jobs('flight_locked', 'worker', 1, '1 hour');
SELECT bpm.fail_job(id, 'not yet') FROM bpm.job WHERE type = 'flight_failed';
SELECT bpm.fail_job(id, 'never', 0) FROM bpm.job WHERE type = 'flight_broken';
SELECT bpm.claim_task(id) FROM bpm.task WHERE element = 'claimed';
SELECT bpm.complete_task(id, '{"half": true}') FROM bpm.task WHERE element = 'done';
SELECT bpm.advance_clock('11 hours'), bpm.tick();
SELECT bpm.suspend(min(id)) FROM bpm.instance WHERE process = 'flight_waits';

-- Scopes with variables of their own, event subprocesses, iterations, an ad-hoc subprocess, a transaction.
SELECT pg_temp.deploy('flight_scopes', $$<startEvent id="s"/><subProcess id="sub"><property id="p" name="local"
	bpm:value="=[1, 2]"/><startEvent id="ss"/><userTask id="inner"/>
	<subProcess id="event" triggeredByEvent="true"><startEvent id="es" isInterrupting="false"><messageEventDefinition
	messageRef="poke"/></startEvent><userTask id="poked"/>$$ || pg_temp.flows('es>poked') || '</subProcess>'
	|| pg_temp.flows('ss>inner') || $$</subProcess>
	<userTask id="each"><multiInstanceLoopCharacteristics><extensionElements><bpm:loopCharacteristics
	inputCollection="=[1, 2, 3]" inputElement="item" outputCollection="results" outputElement="=answer"/>
	</extensionElements></multiInstanceLoopCharacteristics></userTask>
	<userTask id="next"><multiInstanceLoopCharacteristics isSequential="true"><extensionElements>
	<bpm:loopCharacteristics inputCollection="=for i in 1..40 return i" inputElement="i" outputCollection="squares"
	outputElement="=i * i"/></extensionElements></multiInstanceLoopCharacteristics></userTask>
	<userTask id="loop"><standardLoopCharacteristics loopMaximum="2"><loopCondition>true</loopCondition>
	</standardLoopCharacteristics></userTask>
	<adHocSubProcess id="adhoc"><userTask id="wish"/><userTask id="other"/></adHocSubProcess>
	<transaction id="tx">$$ || pg_temp.step('booked') || $$<userTask id="decide"/><endEvent id="te"/>$$
	|| pg_temp.flows('booked>decide; decide>te') || $$</transaction><boundaryEvent id="cancelled" attachedToRef="tx">
	<cancelEventDefinition/></boundaryEvent><userTask id="z"/>$$,
	's>sub; s>each; s>next; s>loop; s>adhoc; s>tx; cancelled>z', '<message id="poke" name="flight poke"/>');
SELECT bpm.start('flight_scopes') AS i \gset
SELECT bpm.correlate('flight poke');
SELECT bpm.complete_task(id, '{"answer": "one"}') FROM bpm.task WHERE element IN ('each', 'next', 'loop') AND id IN (
	SELECT min(id) FROM bpm.task WHERE instance = :i GROUP BY element);
SELECT bpm.modify(:i, activate => '{wish}');
SELECT pg_temp.done(:i, 'booked');

-- A call, two levels deep; what is called waits.
SELECT pg_temp.deploy('flight_leaf', '<startEvent id="s"/><userTask id="leaf"/>', 's>leaf');
SELECT pg_temp.deploy('flight_branch', '<startEvent id="s"/><callActivity id="call" calledElement="flight_leaf"/>',
	's>call');
SELECT pg_temp.deploy('flight_root', '<startEvent id="s"/><callActivity id="call" calledElement="flight_branch"/>
	<userTask id="u"/>', 's>call; call>u');
SELECT bpm.start('flight_root', '{"deep": 2}', 'flight call');

-- A saga half undone, with a handler at work; and one that has yet nothing to undo.
SELECT pg_temp.deploy('flight_saga', '<startEvent id="s"/>' || pg_temp.step('a') || pg_temp.step('b')
	|| pg_temp.step('c') || '<userTask id="d"/>' || pg_temp.throw('t') || '<userTask id="z"/>',
	's>a; a>b; b>c; c>d; d>t; t>z');
SELECT bpm.start('flight_saga') FROM generate_series(1, 2);
SELECT pg_temp.done(id, element) FROM bpm.instance, unnest('{a,b,c}'::text[]) WITH ORDINALITY AS step(element, n)
	WHERE process = 'flight_saga' ORDER BY id, n;
SELECT pg_temp.done(min(id), 'd') FROM bpm.instance WHERE process = 'flight_saga';
SELECT pg_temp.done(min(id), 'undo_c') FROM bpm.instance WHERE process = 'flight_saga';

SELECT pg_temp.deploy('flight_undo', '<startEvent id="s"/>' || pg_temp.step('a') || '<userTask id="d"/>', 's>a; a>d');
SELECT bpm.start('flight_undo') AS i \gset
SELECT pg_temp.done(:i, 'a'), bpm.compensate(:i);

-- Joins that wait: inclusive, complex.
SELECT pg_temp.deploy('flight_joins', $$<startEvent id="s"/><inclusiveGateway id="i1"/><userTask id="a"/>
	<userTask id="b"/>
	<inclusiveGateway id="i2"/><complexGateway id="c"><activationCondition>activationCount >= 2</activationCondition>
	</complexGateway><userTask id="x"/><userTask id="y"/><parallelGateway id="f"/><userTask id="z"/>$$,
	's>i1; i1>a if true; i1>b if true; a>i2; b>i2; s>f; f>x; f>y; x>c; y>c; c>z');
SELECT bpm.start('flight_joins') AS i \gset
SELECT pg_temp.done(:i, 'a'), pg_temp.done(:i, 'x');

-- What nobody has taken yet: a parked token, a kept message, starts by timer, message and signal.
SELECT pg_temp.deploy('flight_parked', '<startEvent id="s"/><task id="t" bpm:asyncBefore="true"/>', 's>t');
SELECT bpm.start('flight_parked');
SELECT bpm.publish('flight later', 'key', '{"kept": true}', ttl => '100 days', message_id => 'once');
SELECT pg_temp.deploy('flight_starts', $$<startEvent id="daily"><timerEventDefinition><timeCycle>R3/P1D</timeCycle>
	</timerEventDefinition></startEvent><startEvent id="told"><messageEventDefinition messageRef="m"/></startEvent>
	<startEvent id="heard"><signalEventDefinition signalRef="g"/></startEvent><task id="t"/>$$,
	'daily>t; told>t; heard>t',
	'<message id="m" name="flight start"/><signal id="g" name="flight start"/>');

-- A decision, and who asks it.
SELECT bpm.deploy($$<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" namespace="flight" name="flight">
	<inputData id="i" name="n"/><decision id="flight_decision" name="flight decision"><informationRequirement>
	<requiredInput href="#i"/></informationRequirement><literalExpression><text>n * 2</text></literalExpression>
	</decision></definitions>$$);
SELECT pg_temp.deploy('flight_asks', $$<startEvent id="s"/><userTask id="u"/><businessRuleTask id="d">
	<extensionElements><bpm:calledDecision decisionId="flight_decision" resultVariable="twice"/></extensionElements>
	</businessRuleTask><userTask id="z"/>$$, 's>u; u>d; d>z');
SELECT bpm.start('flight_asks', '{"n": 21}');

-- Those that have landed.
SELECT pg_temp.deploy('flight_ended', $$<startEvent id="s"/><userTask id="u"/><exclusiveGateway id="x" default="x_e"/>
	<endEvent id="e"/><endEvent id="f"><errorEventDefinition errorRef="bad"/></endEvent>$$,
	's>u; u>x; x>e; x>f if bad', '<error id="bad" errorCode="BAD"/>');
SELECT bpm.start('flight_ended', '{"bad": false}') AS one, bpm.start('flight_ended', '{"bad": true}') AS two,
	bpm.start('flight_ended') AS three \gset
SELECT pg_temp.done(:one, 'u'), pg_temp.done(:two, 'u'), bpm.cancel(:three, 'enough');
