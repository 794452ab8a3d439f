-- Promised: a process says how much its log tells: all, what was done and what failed, or nothing.
\set ECHO none
\i test/prelude.sql
CREATE FUNCTION pg_temp.level(key text, level text) RETURNS text LANGUAGE sql AS $$
	SELECT format('%s, version %s', d.key, d.version) FROM bpm.deploy(replace(pg_temp.model(key, '<startEvent id="s"/>
		<serviceTask id="a" bpm:type="level-job"><extensionElements><bpm:ioMapping><bpm:input source="=n" target="x"/>
		</bpm:ioMapping></extensionElements></serviceTask>
		<userTask id="mi"><multiInstanceLoopCharacteristics bpm:collection="=[10]" bpm:elementVariable="item"/></userTask>',
		's>a; a>mi'), '<process ', format('<process bpm:history="%s" ', level))) AS d
$$;
SELECT pg_temp.level('level_full', 'full');
SELECT pg_temp.level('level_activity', 'activity');
SELECT pg_temp.level('level_none', 'none');
SELECT pg_temp.level('level_wrong', 'some');

SELECT bpm.start('level_full', '{"n": 1}') AS full \gset
SELECT bpm.start('level_activity', '{"n": 1}') AS activity \gset
SELECT bpm.start('level_none', '{"n": 1}') AS none \gset
SELECT pg_temp.done(i, 'a', '{"r": 2}') FROM unnest(ARRAY[:full, :activity, :none]) AS i;
SELECT bpm.set_variables(i, '{"v": 3}') FROM unnest(ARRAY[:full, :activity, :none]) AS i;
SELECT pg_temp.done(i, 'mi') FROM unnest(ARRAY[:full, :activity, :none]) AS i;
SELECT process, state, variables, events FROM bpm.instance WHERE process LIKE 'level%' ORDER BY id;
SELECT seq, kind, element, data, tokens FROM bpm.event WHERE instance = :activity ORDER BY seq;
SELECT count(*) FROM bpm.event WHERE instance = :full;
SELECT count(*) FROM bpm.event WHERE instance = :none;
SELECT * FROM bpm.check();

-- How it stood is told by a log that tells all.
SELECT count(*) FROM bpm.state_at(:full);
SELECT pg_temp.raises(format('SELECT bpm.state_at(%s)', :activity));
SELECT pg_temp.raises(format('SELECT bpm.state_at(%s)', :none));

-- The level goes with the version; from one to the other there is no way to tell.
SELECT pg_temp.level('level_moved', 'full');
SELECT bpm.start('level_moved', '{"n": 1}') AS i \gset
SELECT pg_temp.level('level_moved', 'none');
SELECT count(*) > 0 AS moved FROM bpm.migrate(:i, 2);
SELECT pg_temp.done(:i, 'a');
SELECT pg_temp.level('level_moved', 'full') IS NOT NULL AS ok;
SELECT count(*) > 0 AS moved FROM bpm.migrate(:i, 1);
SELECT kind, data FROM bpm.event WHERE instance = :i ORDER BY seq DESC LIMIT 1;
SELECT pg_temp.done(:i, 'mi');
SELECT pg_temp.raises(format('SELECT bpm.state_at(%s)', :i));
SELECT count(*) FROM bpm.state_at(:i, 5);
SELECT * FROM bpm.check();

-- Ended instances without a log go as others do.
SELECT bpm.set_clock(bpm.now());
SELECT bpm.set_retention('1 day', 'level_none');
SELECT bpm.advance_clock('25 hours');
SELECT bpm.tick() > 0 AS dropped;
SELECT process FROM bpm.instance WHERE process LIKE 'level%' ORDER BY id;
SELECT bpm.set_retention(NULL, 'level_none');

-- In JSON, too.
SELECT key FROM bpm.deploy('{"process": "level_json", "history": "none", "steps": [{"do": "level-json"}]}'::jsonb);
SELECT count(*) FROM bpm.event WHERE instance = bpm.start('level_json');
SELECT pg_temp.clean();
SELECT * FROM bpm.check();
