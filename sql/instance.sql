-- Promised: an instance can be cancelled, and its variables read and set, as
-- seen from each scope.
\set ECHO none
\i test/prelude.sql
SELECT pg_temp.deploy('inst', '<startEvent id="s"/><parallelGateway id="f"/>
	<serviceTask id="a" bpm:type="inst-a"/><userTask id="b"/>
	<subProcess id="sub"><userTask id="c"/><intermediateCatchEvent id="t"><timerEventDefinition>
	<timeDuration>PT1H</timeDuration></timerEventDefinition></intermediateCatchEvent></subProcess>
	<receiveTask id="r" messageRef="m"/>',
	's>f; f>a; f>b; f>sub; f>r', '<message id="m" name="inst-m"/>');

-- Cancelling takes everything away but the instance's own row, its log and its last variables.
SELECT bpm.start('inst', '{"x": 1}') AS i \gset
SELECT pg_temp.at(:i);
SELECT bpm.cancel(:i, 'no longer wanted');
SELECT state, variables, ended_at IS NOT NULL AS ended, error_code FROM bpm.instance WHERE id = :i;
SELECT (SELECT count(*) FROM bpm.token WHERE instance = :i) AS tokens, (SELECT count(*) FROM bpm.job
	WHERE instance = :i) AS jobs,
	(SELECT count(*) FROM bpm.task WHERE instance = :i) AS tasks, (SELECT count(*) FROM bpm.timer
	WHERE instance = :i) AS timers,
	(SELECT count(*) FROM bpm.subscription WHERE instance = :i) AS subscriptions;
SELECT kind, element, data FROM bpm.event WHERE instance = :i AND (kind LIKE '%cancelled')
	ORDER BY element COLLATE "C" NULLS LAST;

-- Once only.
SELECT pg_temp.raises(format('SELECT bpm.cancel(%s)', :i));
SELECT pg_temp.raises(format('SELECT bpm.set_variables(%s, ''{}'')', :i));

-- Its variables can still be read.
SELECT bpm.variables(:i);

-- An open incident is closed by cancelling.
SELECT pg_temp.deploy('inst_stuck', '<startEvent id="s"/><exclusiveGateway id="g"/><task id="a"/><task id="b"/>',
	's>g; g>a if x = 1; g>b if x = 2');
SELECT bpm.start('inst_stuck') AS stuck \gset
SELECT pg_temp.at(:stuck);
SELECT bpm.cancel(:stuck);
SELECT kind, resolved_at IS NOT NULL AS resolved FROM bpm.incident WHERE instance = :stuck;

-- Variables merge: names given are set, others stay; null is a value.
SELECT bpm.start('inst', '{"a": 1, "b": {"c": 1, "d": 2}}') AS i \gset
SELECT bpm.set_variables(:i, '{"b": {"c": 3}, "e": null}');
SELECT bpm.variables(:i);
SELECT variables FROM bpm.instance WHERE id = :i;
SELECT bpm.set_variables(:i, '{}');
SELECT bpm.variables(:i);

-- Local variables of a token are seen there and inside, not outside; they hide outer ones.
SELECT pg_temp.token(:i, 'sub') AS sub, pg_temp.token(:i, 'c') AS c, pg_temp.token(:i, 'a') AS a \gset
SELECT bpm.set_variables(:i, '{"a": "sub", "local": true}', :sub);
SELECT bpm.variables(:i, :sub);
SELECT bpm.variables(:i, :c);
SELECT bpm.variables(:i, :a);
SELECT bpm.variables(:i);
SELECT element, variables FROM bpm.token WHERE instance = :i AND variables IS NOT NULL;

-- What a task inside returns goes to the innermost scope that has the name, else to the outermost.
SELECT bpm.complete_task(pg_temp.task(:i, 'c'), '{"a": "task", "b": 4, "new": 5}');
SELECT bpm.variables(:i, :sub);
SELECT bpm.variables(:i);

-- What is local ends with its scope.
SELECT bpm.set_clock(bpm.now() + '1 hour');
SELECT bpm.tick();
SELECT pg_temp.at(:i), bpm.variables(:i);

-- Setting is logged.
SELECT kind, data FROM bpm.event WHERE instance = :i AND kind = 'variables_set' ORDER BY seq;

-- Names, values and objects of any kind survive.
SELECT bpm.set_variables(:i, '{"": 1, "a b": "\u00e9\ud83d\ude00", "n": 12345678901234567890.123456789,
	"deep": [[[{"x": []}]]]}');
SELECT bpm.variables(:i);

-- Refused.
SELECT bpm.set_variables(:i, '[]');
SELECT bpm.set_variables(:i, '"text"');
SELECT pg_temp.raises(format('SELECT bpm.set_variables(%s, ''{}'', %s)', :i, :sub));
SELECT pg_temp.raises(format('SELECT bpm.variables(%s, %s)', :i, :sub));
SELECT bpm.start('inst') AS other \gset
SELECT pg_temp.raises(format('SELECT bpm.set_variables(%s, ''{}'', %s)', :i, pg_temp.token(:other, 'b')));
SELECT bpm.variables(-1);
SELECT bpm.cancel(-1);
SELECT bpm.set_variables(-1, '{}');

-- Every invariant holds, with what still lives and without.
SELECT * FROM bpm.check();
SELECT pg_temp.clean();
SELECT * FROM bpm.check();
