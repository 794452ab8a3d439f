-- Promised: timers fire when they are due: dates, durations and cycles in ISO
-- 8601 and cron, counted by the calendar; malformed ones are refused at deploy, or are
-- incidents where only the running instance can know.
\set ECHO none
\i test/prelude.sql

-- A model with one catch event, whose timer is the text given.
CREATE FUNCTION pg_temp.timer(kind text, schedule text) RETURNS text LANGUAGE sql AS $$
	SELECT pg_temp.model('timer', format('<startEvent id="s"/><intermediateCatchEvent id="t"><timerEventDefinition>
		<%1$s>%2$s</%1$s></timerEventDefinition></intermediateCatchEvent><endEvent id="e"/>', kind, schedule), 's>t;
		t>e')
$$;
-- When it is due, started at that time; in UTC.
CREATE FUNCTION pg_temp.due(kind text, schedule text, at timestamptz DEFAULT '2030-01-31 12:00+00',
	variables jsonb DEFAULT '{}') RETURNS text LANGUAGE plpgsql AS $$
DECLARE started bigint; result text;
BEGIN
	PERFORM bpm.set_clock(at), bpm.deploy(pg_temp.timer(kind, schedule));
	started := bpm.start('timer', variables);
	SELECT coalesce(m.due_at::text, c.message, i.state) INTO result
		FROM bpm.instance i LEFT JOIN bpm.timer m ON m.instance = i.id LEFT JOIN bpm.incident c ON c.instance = i.id
		WHERE i.id = started;
	PERFORM bpm.cancel(started) WHERE result <> 'completed';
	RETURN result;
END $$;
SET timezone = 'UTC';
SET datestyle = 'ISO';

-- A duration: not due before its time, fired by tick when it has come.
SELECT bpm.set_clock('2030-01-01 12:00+00');
SELECT key FROM bpm.deploy(pg_temp.timer('timeDuration', 'PT1H'));
SELECT bpm.start('timer') AS i \gset
SELECT element, due_at, repeats_left, period FROM bpm.timer WHERE instance = :i;
SELECT bpm.tick();
SELECT bpm.advance_clock('59 minutes 59.999999 seconds');
SELECT bpm.tick();
SELECT pg_temp.at(:i);
SELECT bpm.advance_clock('1 microsecond');
SELECT bpm.tick();
SELECT pg_temp.at(:i);
SELECT what FROM pg_temp.log(:i);

-- Long overdue is due as well.
SELECT bpm.start('timer') AS i \gset
SELECT bpm.advance_clock('10 years');
SELECT bpm.tick();
SELECT pg_temp.at(:i);

-- Durations of every shape, by the calendar.
SELECT d AS duration, pg_temp.due('timeDuration', d) FROM unnest(ARRAY['PT90S', 'PT1M', 'PT36H', 'P1D', 'P1W',
	'P1M', 'P2M', 'P1Y', 'P1Y2M3DT4H5M6S', 'PT0.5S']) AS d;

-- A month from the last day of one, and leap years.
SELECT pg_temp.due('timeDuration', 'P1M', '2028-01-31 00:00+00') AS leap, pg_temp.due('timeDuration', 'P1Y',
	'2028-02-29 00:00+00') AS year,
	pg_temp.due('timeDuration', 'P1M', '2030-08-31 00:00+00') AS september;

-- Days are days by the clock of the session's zone: over a change of the clocks they have 23 or 25 hours;
-- hours have not.
SET timezone = 'Europe/Berlin';
SELECT pg_temp.due('timeDuration', 'P1D', '2030-03-30 12:00 Europe/Berlin') AS day, pg_temp.due('timeDuration',
	'PT24H', '2030-03-30 12:00 Europe/Berlin') AS hours;
SELECT pg_temp.due('timeDuration', 'P1D', '2030-10-26 12:00 Europe/Berlin') AS day, pg_temp.due('timeDuration',
	'PT24H', '2030-10-26 12:00 Europe/Berlin') AS hours;
SET timezone = 'UTC';

-- Dates, with a zone, an offset, or the session's zone.
SELECT d AS date, pg_temp.due('timeDate', d) FROM unnest(ARRAY['2031-02-03T04:05:06Z', '2031-02-03T04:05:06+02:00',
	'2031-02-03T04:05:06', '2031-02-03T04:05:06.789Z', '2031-02-03T04:05:06@Europe/Berlin']) AS d;

-- What is due at once fires at once: a date gone by, zero, less than zero.
SELECT pg_temp.due('timeDate', '2001-01-01T00:00:00Z') AS past, pg_temp.due('timeDuration', 'PT0S') AS zero,
	pg_temp.due('timeDuration', '-PT5M') AS negative;

-- A text that begins with = is FEEL, over the variables.
SELECT pg_temp.due('timeDuration', '= wait', variables => '{"wait": "PT2H"}') AS duration,
	pg_temp.due('timeDate', '= @"2031-01-01T00:00:00Z"') AS date,
	pg_temp.due('timeDuration', '= if urgent then "PT1M" else "P1D"', variables => '{"urgent": true}') AS chosen;

-- Malformed, as far as the text tells: refused at deploy.
SELECT kind, text, substring(pg_temp.raises(format('SELECT bpm.deploy(pg_temp.timer(%L, %L))', kind, text))
	FROM ' is .*| has .*| says .*') AS refused
	FROM (VALUES ('timeDuration', '5 minutes'), ('timeDuration', 'PT'), ('timeDuration', 'P'), ('timeDuration',
	'PT5'), ('timeDuration', 'P1H'), ('timeDuration', 'T5M'),
		('timeDuration', 'P99999999999Y'), ('timeDuration', 'PT5M '' OR 1=1'), ('timeDuration', ''),
		('timeDuration', '= wait +'), ('timeDate', 'tomorrow'), ('timeDate', '2030-02-30T00:00:00Z'),
		('timeDate', '2030-13-01'), ('timeCycle', 'R3'), ('timeCycle', 'R/PT0S'), ('timeCycle', 'R-5/PT1H'),
		('timeCycle', 'PT1H'), ('timeCycle', '99 * * * *')) AS bad(kind, text);
SELECT pg_temp.raises($$SELECT bpm.deploy(replace(pg_temp.timer('timeDate', 'x'), '<timeDate>x</timeDate>', ''))$$);

-- Malformed only at run time: an incident that says what came out; mended variables and resolve go on.
SELECT v AS wait, pg_temp.due('timeDuration', '= wait', variables => jsonb_build_object('wait', v))
	FROM unnest(ARRAY['"soon"', '1', 'null', '{}', '"PT"', '""']::jsonb[]) AS v;
SELECT key FROM bpm.deploy(pg_temp.timer('timeDuration', '= wait'));
SELECT bpm.start('timer', '{"wait": "soon"}') AS i \gset
SELECT pg_temp.at(:i);
SELECT kind, element, message, detail FROM bpm.incident WHERE instance = :i;
SELECT bpm.set_variables(:i, '{"wait": "PT1H"}');
SELECT bpm.resolve(pg_temp.incident(:i));
SELECT pg_temp.at(:i), (SELECT due_at FROM bpm.timer WHERE instance = :i);
SELECT bpm.cancel(:i);

-- A cycle at a boundary event that does not interrupt fires as often as it says; each time from the previous
-- due time.
CREATE FUNCTION pg_temp.cycle(schedule text, interrupting text DEFAULT 'false') RETURNS text LANGUAGE sql AS $$
	SELECT pg_temp.deploy('cycle', format('<startEvent id="s"/><userTask id="a"/>
		<boundaryEvent id="t" attachedToRef="a" cancelActivity="%s"><timerEventDefinition><timeCycle>%s</timeCycle>
		</timerEventDefinition></boundaryEvent><userTask id="b"/>',
		interrupting, schedule), 's>a; t>b')
$$;
SELECT pg_temp.cycle('R3/PT1H');
SELECT bpm.set_clock('2030-01-01 12:00+00');
SELECT bpm.start('cycle') AS i \gset
SELECT due_at, repeats_left, period FROM bpm.timer WHERE instance = :i;
SELECT bpm.advance_clock('1 hour 10 minutes');
SELECT bpm.tick();
SELECT pg_temp.at(:i);
SELECT due_at, repeats_left, period FROM bpm.timer WHERE instance = :i;
SELECT bpm.advance_clock('50 minutes');
SELECT bpm.tick();
SELECT bpm.advance_clock('1 hour');
SELECT bpm.tick();
SELECT pg_temp.at(:i);
SELECT count(*) FROM bpm.timer WHERE instance = :i;
SELECT pg_temp.done(:i, 'a');

-- None is left out when nobody was there in between.
SELECT bpm.start('cycle') AS i \gset
SELECT bpm.advance_clock('1 week');
SELECT bpm.tick();
SELECT pg_temp.at(:i);

-- Without end, until the activity does.
SELECT pg_temp.cycle('R/PT1H');
SELECT bpm.start('cycle') AS i \gset
SELECT bpm.advance_clock('5 hours');
SELECT bpm.tick();
SELECT pg_temp.at(:i);
SELECT pg_temp.done(:i, 'a');
SELECT count(*) FROM bpm.timer WHERE instance = :i;

-- With a start, with an end, by cron, by months; R0 never.
CREATE FUNCTION pg_temp.cycle_dues(schedule text, at timestamptz,
	times int) RETURNS SETOF timestamptz LANGUAGE plpgsql AS $$
DECLARE started bigint; due timestamptz;
BEGIN
	PERFORM bpm.set_clock(at), pg_temp.cycle(schedule);
	started := bpm.start('cycle');
	FOR n IN 1 .. times LOOP
		SELECT due_at INTO due FROM bpm.timer WHERE instance = started;
		EXIT WHEN due IS NULL;
		RETURN NEXT due;
		PERFORM bpm.set_clock(due), bpm.tick();
	END LOOP;
	PERFORM bpm.cancel(started);
END $$;
SELECT pg_temp.cycle_dues('R2/2030-02-01T00:00:00Z/P1D', '2030-01-01', 5) AS from_start;
SELECT pg_temp.cycle_dues('R/P1D/2030-01-03T12:00:00Z', '2030-01-01', 5) AS until_end;
SELECT pg_temp.cycle_dues('0 9 * * MON-FRI', '2030-01-03 12:00+00', 3) AS cron;
SELECT pg_temp.cycle_dues('0 0 9 1 * *', '2030-01-03 12:00+00', 3) AS cron_with_seconds;
SELECT pg_temp.cycle_dues('R3/P1M', '2030-01-31 12:00+00', 5) AS months;
SELECT pg_temp.cycle_dues('R0/PT1H', '2030-01-01', 5) AS never;

-- An interrupting boundary fires once, whatever its cycle says, and its activity is gone.
SELECT pg_temp.cycle('R5/PT1H', 'true');
SELECT bpm.start('cycle') AS i \gset
SELECT bpm.advance_clock('10 hours');
SELECT bpm.tick();
SELECT pg_temp.at(:i);
SELECT count(*) FROM bpm.timer WHERE instance = :i;

-- One that is due at once interrupts before the activity begins; one that does not interrupt fires beside it.
SELECT pg_temp.deploy('at_once', '<startEvent id="s"/><userTask id="a"/>
	<boundaryEvent id="t" attachedToRef="a"><timerEventDefinition><timeDuration>PT0S</timeDuration>
	</timerEventDefinition></boundaryEvent><userTask id="b"/>', 's>a; t>b');
SELECT bpm.start('at_once') AS i \gset
SELECT pg_temp.at(:i);
SELECT what FROM pg_temp.log(:i);
SELECT pg_temp.deploy('at_once', '<startEvent id="s"/><userTask id="a"/>
	<boundaryEvent id="t" attachedToRef="a" cancelActivity="false"><timerEventDefinition>
	<timeDuration>PT0S</timeDuration></timerEventDefinition></boundaryEvent><userTask id="b"/>', 's>a; t>b');
SELECT pg_temp.at(bpm.start('at_once'));

-- A loop over a timer of zero comes to its end all the same.
SELECT pg_temp.deploy('again', '<startEvent id="s"/><exclusiveGateway id="m"/>
	<scriptTask id="add" scriptFormat="feel" bpm:resultVariable="n"><script>n + 1</script></scriptTask>
	<intermediateCatchEvent id="t"><timerEventDefinition><timeDuration>PT0S</timeDuration></timerEventDefinition>
	</intermediateCatchEvent>
	<exclusiveGateway id="g" default="g_e"/><endEvent id="e"/>', 's>m; m>add; add>t; t>g; g>m if n < 100; g>e');
SELECT pg_temp.at(bpm.start('again', '{"n": 0}'));

-- A thousand due timers are fired in one call, or as many as asked for.
SELECT key FROM bpm.deploy(pg_temp.timer('timeDuration', 'PT1H'));
SELECT bpm.set_clock('2040-01-01');
SELECT count(bpm.start('timer')) FROM generate_series(1, 1000);
SELECT bpm.advance_clock('1 hour');
SELECT bpm.tick(10);
SELECT bpm.tick(10000);
SELECT bpm.tick();
SELECT state, count(*) FROM bpm.instance WHERE process = 'timer' AND ended_at = bpm.now() GROUP BY state;

-- Every invariant holds, with what still lives and without.
SELECT * FROM bpm.check();
SELECT pg_temp.clean();
SELECT * FROM bpm.check();
