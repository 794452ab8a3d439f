-- Promised: a signal reaches everybody who waits for it at that moment, in all
-- instances, and every process that begins by it; it is not kept.
\set ECHO none
\i test/prelude.sql

-- A model of one signal, by its event definition.
CREATE FUNCTION pg_temp.signal(name text) RETURNS text LANGUAGE sql AS $$
	SELECT format('<signal id="%s" name="sig-%1$s"/>', name)
$$;
CREATE FUNCTION pg_temp.catch(id text, signal text) RETURNS text LANGUAGE sql AS $$
	SELECT format('<intermediateCatchEvent id="%s"><signalEventDefinition signalRef="%s"/></intermediateCatchEvent>',
		id, signal)
$$;
CREATE FUNCTION pg_temp.throw(id text, signal text, more text DEFAULT '') RETURNS text LANGUAGE sql AS $$
	SELECT format('<intermediateThrowEvent id="%s"><signalEventDefinition signalRef="%s"%s</signalEventDefinition>
		</intermediateThrowEvent>', id, signal, coalesce(nullif(more, ''), '>'))
$$;

-- A catch event waits for it by name, without a key.
SELECT pg_temp.deploy('sig', '<startEvent id="s"/>' || pg_temp.catch('c', 'go') || '<userTask id="z"/>', 's>c; c>z',
	pg_temp.signal('go'));
SELECT bpm.start('sig') AS i \gset
SELECT bpm.start('sig') AS other \gset
SELECT element, kind, name, correlation_key FROM bpm.subscription WHERE instance = :i;

-- The verb reaches all of them, with variables, once; who comes later has missed it.
SELECT bpm.signal('sig-GO'), bpm.signal('sig-go '), bpm.signal('');
SELECT bpm.signal('sig-go', '{"n": 1}');
SELECT pg_temp.at(:i), pg_temp.at(:other), bpm.variables(:i), bpm.variables(:other);
SELECT kind, element FROM bpm.event WHERE instance = :i AND element = 'c' ORDER BY seq;
SELECT bpm.signal('sig-go');
SELECT pg_temp.at(bpm.start('sig'));
SELECT bpm.signal('sig-go');

-- Many in one call.
SELECT count(bpm.start('sig')) FROM generate_series(1, 500);
SELECT bpm.signal('sig-go');
SELECT count(*) FROM bpm.task k JOIN bpm.instance i ON i.id = k.instance WHERE i.process = 'sig';

-- A name is an expression where it begins with =.
SELECT pg_temp.deploy('sig_name', '<startEvent id="s"/>' || pg_temp.catch('c', 'mine') || '<userTask id="z"/>', 's>c;
	c>z', '<signal id="mine" name="=&quot;sig-of-&quot; + who"/>');
SELECT bpm.start('sig_name', '{"who": "eve"}') AS i \gset
SELECT bpm.signal('sig-of-adam'), bpm.signal('sig-of-eve');
SELECT pg_temp.at(:i);

-- Boundaries: one that does not interrupt again and again, the other once.
SELECT pg_temp.deploy('sig_boundary', '<startEvent id="s"/><userTask id="a"/>
	<boundaryEvent id="more" attachedToRef="a" cancelActivity="false"><signalEventDefinition signalRef="more_s"/>
	</boundaryEvent><boundaryEvent id="stop" attachedToRef="a"><signalEventDefinition signalRef="stop_s"/>
	</boundaryEvent><userTask id="b"/><userTask id="c"/>', 's>a; more>b; stop>c', pg_temp.signal('more_s') ||
	pg_temp.signal('stop_s'));
SELECT bpm.start('sig_boundary') AS i \gset
SELECT bpm.signal('sig-more_s', '{"n": 1}'), bpm.signal('sig-more_s', '{"n": 2}');
SELECT pg_temp.at(:i), bpm.variables(:i);
SELECT bpm.signal('sig-stop_s');
SELECT pg_temp.at(:i);
SELECT bpm.signal('sig-more_s');

-- Both at one activity for one signal: both happen, and each counts.
SELECT pg_temp.deploy('sig_both', '<startEvent id="s"/><userTask id="a"/>
	<boundaryEvent id="more" attachedToRef="a" cancelActivity="false"><signalEventDefinition signalRef="both"/>
	</boundaryEvent><boundaryEvent id="stop" attachedToRef="a"><signalEventDefinition signalRef="both"/>
	</boundaryEvent><userTask id="b"/><userTask id="c"/>', 's>a; more>b; stop>c', pg_temp.signal('both'));
SELECT bpm.start('sig_both') AS i \gset
SELECT bpm.signal('sig-both');
SELECT pg_temp.at(:i);

-- An event subprocess, interrupting or not.
SELECT pg_temp.deploy('sig_inside', '<startEvent id="s"/><userTask id="a"/>
	<subProcess id="e1" triggeredByEvent="true"><startEvent id="e1s" isInterrupting="false">
	<signalEventDefinition signalRef="beside"/></startEvent><userTask id="b"/>' || pg_temp.flows('e1s>b') || '
	</subProcess><subProcess id="e2" triggeredByEvent="true"><startEvent id="e2s">
	<signalEventDefinition signalRef="instead"/></startEvent><userTask id="c"/>' || pg_temp.flows('e2s>c') || '
	</subProcess>', 's>a', pg_temp.signal('beside') || pg_temp.signal('instead'));
SELECT bpm.start('sig_inside') AS i \gset
SELECT bpm.signal('sig-beside'), bpm.signal('sig-beside');
SELECT pg_temp.at(:i);
SELECT bpm.signal('sig-instead');
SELECT pg_temp.at(:i);
SELECT bpm.signal('sig-beside'), bpm.signal('sig-instead');

-- A throw event reaches its own siblings, also those that only wait since this call, and other instances.
SELECT pg_temp.deploy('sig_throw', '<startEvent id="s"/>' || pg_temp.throw('t', 'here') || pg_temp.catch('c', 'here')
	|| '<userTask id="y"/><userTask id="z"/>', 's>t; s>c; t>y; c>z', pg_temp.signal('here'));
SELECT pg_temp.deploy('sig_listen', '<startEvent id="s"/>' || pg_temp.catch('c', 'here') || '<userTask id="z"/>', 's>c;
	c>z', pg_temp.signal('here'));
SELECT bpm.start('sig_listen') AS other \gset
SELECT bpm.start('sig_throw', '{"mine": 1}') AS i \gset
SELECT pg_temp.at(:i), pg_temp.at(:other), bpm.variables(:other);
SELECT what FROM pg_temp.log(:i) WHERE what ~ 'signal|entered [cy]';

-- So does an end event; nobody need be there.
SELECT pg_temp.deploy('sig_end', '<startEvent id="s"/><userTask id="a"/><endEvent id="e">
	<signalEventDefinition signalRef="here"/></endEvent>', 's>a; a>e', pg_temp.signal('here'));
SELECT bpm.start('sig_end') AS i \gset
SELECT bpm.start('sig_listen') AS other \gset
SELECT pg_temp.done(:i, 'a'), pg_temp.at(:other);
SELECT bpm.start('sig_end') AS i \gset
SELECT pg_temp.done(:i, 'a');

-- What goes along: nothing unless the event says so; what arrives is the receiver's.
SELECT pg_temp.deploy('sig_payload', '<startEvent id="s"/>' || pg_temp.throw('t', 'here', '><extensionElements>
	<bpm:in sourceExpression="= amount * 2" target="double"/><bpm:in source="amount" target="single"/>
	</extensionElements>'), 's>t', pg_temp.signal('here'));
SELECT bpm.start('sig_listen') AS other \gset
SELECT bpm.start('sig_payload', '{"amount": 4}') AS i \gset
SELECT bpm.variables(:other), bpm.variables(:i);
SELECT pg_temp.deploy('sig_payload', '<startEvent id="s"/>' || pg_temp.throw('t', 'here', '><extensionElements>
	<bpm:in variables="all"/></extensionElements>'), 's>t', pg_temp.signal('here'));
SELECT bpm.start('sig_listen') AS other \gset
SELECT pg_temp.at(bpm.start('sig_payload', '{"amount": 4}')), bpm.variables(:other);

-- A signal may stay within the instance.
SELECT pg_temp.deploy('sig_local', '<startEvent id="s"/>' || pg_temp.throw('t', 'home') || pg_temp.catch('c', 'home')
	|| '<userTask id="y"/><userTask id="z"/>', 's>t; s>c; t>y; c>z',
	'<signal id="home" name="sig-here" bpm:scope="processInstance"/>');
SELECT bpm.start('sig_listen') AS other \gset
SELECT pg_temp.at(bpm.start('sig_local')), pg_temp.at(:other);
SELECT bpm.signal('sig-here');

-- A process that begins by it is started, beside those that wait; each start event counts.
SELECT pg_temp.deploy('sig_start', '<startEvent id="s"/><startEvent id="s2"><signalEventDefinition signalRef="begin"/>
	</startEvent><userTask id="a"/>', 's>a; s2>a', pg_temp.signal('begin'));
SELECT pg_temp.deploy('sig_start2', '<startEvent id="s"><signalEventDefinition signalRef="begin"/>
	</startEvent><userTask id="a"/>', 's>a', pg_temp.signal('begin'));
SELECT element, name FROM bpm.subscription WHERE instance IS NULL ORDER BY definition;
SELECT bpm.signal('sig-begin', '{"by": "signal"}');
SELECT process, pg_temp.at(id), variables FROM bpm.instance WHERE process LIKE 'sig\_start%' ORDER BY process;
SELECT what FROM bpm.instance, pg_temp.log(id) WHERE process = 'sig_start2';

-- A thrown signal starts them too.
SELECT pg_temp.deploy('sig_begin', '<startEvent id="s"/>' || pg_temp.throw('t', 'begin'), 's>t',
	pg_temp.signal('begin'));
SELECT pg_temp.at(bpm.start('sig_begin'));
SELECT process, count(*) FROM bpm.instance WHERE process LIKE 'sig\_start%' GROUP BY 1 ORDER BY 1;

-- Undone with the transaction, also what it started.
BEGIN;
SELECT bpm.signal('sig-begin');
ROLLBACK;
SELECT count(*) FROM bpm.instance WHERE process LIKE 'sig\_start%';

-- An instance does not hear its own signal when it waits only afterwards.
SELECT pg_temp.deploy('sig_self', '<startEvent id="s"/>' || pg_temp.throw('t', 'self') || pg_temp.catch('c', 'self')
	|| '<userTask id="z"/>', 's>t; t>c; c>z', pg_temp.signal('self'));
SELECT pg_temp.at(bpm.start('sig_self'));
SELECT bpm.signal('sig-self');

-- Refused.
SELECT bpm.signal('sig-go', '[]');
SELECT pg_temp.deploy('sig_none', '<startEvent id="s"/>' || pg_temp.catch('c', 'nowhere'), 's>c');

-- Every invariant holds, with what still lives and without.
SELECT * FROM bpm.check();
SELECT pg_temp.clean();
SELECT * FROM bpm.check();
