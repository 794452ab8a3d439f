-- Promised: a complex gateway goes on when its activation condition holds over
-- the tokens that have come, then waits for those that can still come, and begins anew.
\set ECHO none
\i test/prelude.sql
CREATE FUNCTION pg_temp.complex(key text, activation text, more text DEFAULT '') RETURNS text LANGUAGE sql AS $$
	SELECT pg_temp.deploy(key, '<startEvent id="s"/><userTask id="a"/><userTask id="b"/><userTask id="c"/>
		<complexGateway id="j"><activationCondition>' || replace(activation, '>', '&gt;') || '</activationCondition>
		</complexGateway><userTask id="z"/>', 's>a; s>b; s>c; a>j; b>j; c>j; j>z' || more)
$$;

-- The discriminator: the first one goes on, the others are swallowed.
SELECT pg_temp.complex('com_first', 'activationCount >= 1');
SELECT bpm.start('com_first') AS i \gset
SELECT pg_temp.done(:i, 'b');
SELECT pg_temp.done(:i, 'a');
SELECT pg_temp.done(:i, 'z');
SELECT pg_temp.done(:i, 'c');
SELECT what FROM pg_temp.log(:i) WHERE what ~ ' j$';

-- Two of three.
SELECT pg_temp.complex('com_two', 'activationCount >= 2');
SELECT bpm.start('com_two') AS i \gset
SELECT pg_temp.done(:i, 'c');
SELECT pg_temp.done(:i, 'a');
SELECT pg_temp.done(:i, 'b');
SELECT pg_temp.done(:i, 'z');

-- All, or as variables say.
SELECT pg_temp.complex('com_n', 'activationCount >= n');
SELECT bpm.start('com_n', '{"n": 3}') AS i \gset
SELECT pg_temp.done(:i, 'c');
SELECT pg_temp.done(:i, 'a');
SELECT pg_temp.done(:i, 'b');

-- Too many are asked for, and nothing more can come: it waits, and an operator sees where.
SELECT bpm.start('com_n', '{"n": 4}') AS i \gset
SELECT pg_temp.done(:i, 'c'), pg_temp.done(:i, 'a'), pg_temp.done(:i, 'b');
SELECT element, waits_for, detail FROM bpm.why(:i);

-- At the reset a flow with a condition of its own may be taken.
SELECT pg_temp.deploy('com_reset', '<startEvent id="s"/><userTask id="a"/><userTask id="b"/><userTask id="c"/>
	<complexGateway id="j"><activationCondition>activationCount &gt;= 1</activationCondition></complexGateway>
	<userTask id="z"/><userTask id="late"/>', 's>a; s>b; s>c; a>j; b>j; c>j; j>z if waitingForStart; j>late if
	not(waitingForStart)');
SELECT bpm.start('com_reset') AS i \gset
SELECT pg_temp.done(:i, 'b');
SELECT pg_temp.done(:i, 'a');
SELECT pg_temp.done(:i, 'c');

-- Those that die are not waited for.
SELECT pg_temp.deploy('com_dies', '<startEvent id="s"/><userTask id="a"/><userTask id="b"/><boundaryEvent id="x"
	attachedToRef="b"><errorEventDefinition/></boundaryEvent><endEvent id="e"/><complexGateway id="j">
	<activationCondition>activationCount &gt;= 1</activationCondition></complexGateway><userTask id="z"/>
	<userTask id="late"/>', 's>a; s>b; a>j; b>j; x>e; j>z if waitingForStart; j>late if not(waitingForStart)');
SELECT bpm.start('com_dies') AS i \gset
SELECT pg_temp.done(:i, 'a');
SELECT bpm.throw_task_error(pg_temp.task(:i, 'b'), 'E');
SELECT pg_temp.at(:i);

-- In a loop, round after round.
SELECT pg_temp.deploy('com_loop', '<startEvent id="s"/><exclusiveGateway id="m"/><parallelGateway id="f"/><task id="a"/>
	<task id="b"/><task id="c"/><complexGateway id="j"><activationCondition>activationCount &gt;= 2</activationCondition>
	</complexGateway><userTask id="u"/><exclusiveGateway id="x" default="x_e"/><endEvent id="e"/>',
	's>m; m>f; f>a; f>b; f>c; a>j; b>j; c>j; j>u if waitingForStart; u>x; x>m if again; x>e');
SELECT bpm.start('com_loop') AS i \gset
SELECT pg_temp.at(:i);
SELECT pg_temp.done(:i, 'u', '{"again": true}');
SELECT pg_temp.done(:i, 'u', '{"again": true}');
SELECT pg_temp.done(:i, 'u', '{"again": false}');

-- What is left at the reset may be enough for the next round.
SELECT pg_temp.deploy('com_left', '<startEvent id="s"/><userTask id="a"/><userTask id="b"/><userTask id="c"/>
	<exclusiveGateway id="m"/><complexGateway id="j"><activationCondition>activationCount &gt;= 1</activationCondition>
	</complexGateway><userTask id="z"/>', 's>a; s>b; s>c; a>m; c>m; m>j; b>j; j>z');
SELECT bpm.start('com_left') AS i \gset
SELECT pg_temp.done(:i, 'a');
SELECT pg_temp.done(:i, 'c');
SELECT pg_temp.done(:i, 'b');

-- A condition that cannot be evaluated is an incident of the token that came; resolve counts it.
SELECT pg_temp.complex('com_bad', 'n');
SELECT bpm.start('com_bad', '{"n": 5}') AS i \gset
SELECT pg_temp.done(:i, 'a');
SELECT message FROM bpm.incident WHERE instance = :i;
SELECT bpm.set_variables(:i, '{"n": true}');
SELECT bpm.resolve(pg_temp.incident(:i));
SELECT pg_temp.at(:i);

-- One that splits takes all flows whose condition holds; one that joins without a condition is refused.
SELECT pg_temp.deploy('com_split', '<startEvent id="s"/><complexGateway id="g" default="g_c"/><userTask id="a"/>
	<userTask id="b"/><userTask id="c"/>', 's>g; g>a if a; g>b if b; g>c');
SELECT pg_temp.at(bpm.start('com_split', '{"a": true, "b": true}')), pg_temp.at(bpm.start('com_split'));
SELECT pg_temp.deploy('com_none', '<startEvent id="s"/><task id="a"/><task id="b"/><complexGateway id="j"/>', 's>a; s>b;
	a>j; b>j');

-- Of one that splits, an activation condition is not asked, and the deployment says so.
SELECT severity, message FROM bpm.check_model(pg_temp.model('com_one', '<startEvent id="s"/><complexGateway id="g">
	<activationCondition>activationCount &gt;= 2</activationCondition></complexGateway><userTask id="a"/><userTask id="b"/>',
	's>g; g>a; g>b'));

-- Every invariant holds, with what still lives and without.
SELECT * FROM bpm.check();
SELECT pg_temp.clean();
SELECT * FROM bpm.check();
