-- Promised: an activity with a start quantity begins when that many tokens have
-- come, and one with a completion quantity lets that many go.
\set ECHO none
\i test/prelude.sql

-- Two are needed, over whichever flow; the third stays for the next round.
SELECT pg_temp.deploy('qua', '<startEvent id="s"/><userTask id="a"/><userTask id="b"/><userTask id="c"/><userTask id="d"/>
	<userTask id="t" startQuantity="2"/>', 's>a; s>b; s>c; s>d; a>t; b>t; c>t; d>t');
SELECT bpm.start('qua') AS i \gset
SELECT pg_temp.done(:i, 'a');
SELECT pg_temp.done(:i, 'b');
SELECT pg_temp.done(:i, 'c');
SELECT pg_temp.done(:i, 'd');
SELECT what FROM pg_temp.log(:i) WHERE what ~ 'entered t$|_t$';

-- Over one flow only.
SELECT pg_temp.deploy('qua_one', '<startEvent id="s"/><task id="m"/><task id="n"/><task id="o"/>
	<userTask id="t" startQuantity="3"/>', 's>m; s>n; s>o; m>t; n>t; o>t');
SELECT pg_temp.at(bpm.start('qua_one'));
SELECT pg_temp.deploy('qua_single', '<startEvent id="s"/><task id="m" completionQuantity="3"/>
	<userTask id="t" startQuantity="2"/>', 's>m; m>t');
SELECT bpm.start('qua_single') AS i \gset
SELECT pg_temp.at(:i);

-- Completion: three tokens over each flow that is taken.
SELECT pg_temp.deploy('qua_out', '<startEvent id="s"/><userTask id="t" completionQuantity="3"/><userTask id="a"/>
	<userTask id="b"/>', 's>t; t>a; t>b if b');
SELECT bpm.start('qua_out') AS i \gset
SELECT pg_temp.done(:i, 't');
SELECT bpm.start('qua_out') AS i \gset
SELECT pg_temp.done(:i, 't', '{"b": true}');

-- Both, in a subprocess that many tokens come to.
SELECT pg_temp.deploy('qua_sub', '<startEvent id="s"/><task id="m" completionQuantity="4"/>
	<subProcess id="p" startQuantity="2" completionQuantity="2"><userTask id="a"/></subProcess><userTask id="z"/>',
	's>m; m>p; p>z');
SELECT bpm.start('qua_sub') AS i \gset
SELECT pg_temp.at(:i);
SELECT bpm.complete_task(id) FROM bpm.task WHERE instance = :i AND element = 'a';
SELECT pg_temp.at(:i);

-- Tokens that are too few keep the scope open, and an operator sees it.
SELECT pg_temp.deploy('qua_few', '<startEvent id="s"/><task id="t" startQuantity="2"/>', 's>t');
SELECT bpm.start('qua_few') AS i \gset
SELECT pg_temp.at(:i);
SELECT element, waits_for, detail FROM bpm.why(:i);

-- Refused: none at all.
SELECT pg_temp.deploy('qua_bad', '<startEvent id="s"/><task id="t" startQuantity="0"/>', 's>t');
SELECT pg_temp.deploy('qua_bad', '<startEvent id="s"/><task id="t" completionQuantity="-1"/>', 's>t');
SELECT pg_temp.deploy('qua_bad', '<startEvent id="s"/><task id="t" completionQuantity="many"/>', 's>t');

-- Every invariant holds, with what still lives and without.
SELECT * FROM bpm.check();
SELECT pg_temp.clean();
SELECT * FROM bpm.check();
