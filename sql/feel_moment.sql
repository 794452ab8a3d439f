-- Moments and durations as timers read them: ISO 8601, and what other tools write.
\a\t
SET timezone = 'Europe/Berlin';
SET datestyle = 'ISO';
CREATE FUNCTION pg_temp.due(VARIADIC expressions text[]) RETURNS TABLE (expression text, due text) AS $$
BEGIN
	FOREACH expression IN ARRAY expressions LOOP
		BEGIN
			due := string_agg(t::text, ' ') FROM bpm.timer_due(expression, '2024-01-31 10:00', 1) t;
		EXCEPTION WHEN OTHERS THEN
			due := SQLSTATE;
		END;
		RETURN NEXT;
	END LOOP;
END $$ LANGUAGE plpgsql;

-- A moment without a zone is the session's; of a local time that is shown twice, the first; in a gap, moved on by it.
SELECT * FROM pg_temp.due('2030-06-01T12:00:00', '2030-06-01T12:00', '2030-06-01', '2030-06-01T12:00:00.1234567',
	'2030-06-01T12:00:00Z', '2030-06-01T12:00Z', '2030-06-01T12:00:00+05:30', '2030-06-01T12:00:00+0530',
	'2030-06-01T12:00:00-03', '2030-06-01T12:00:00@Asia/Tokyo', '2030-06-01T12:00:00+09:00[Asia/Tokyo]',
	'2030-06-01T24:00:00', '2030-10-27T02:30:00', '2030-10-27T02:30:00+01:00', '2030-03-31T02:30:00');
SELECT * FROM pg_temp.due('2030-02-29', '2030-06-01T25:00', '2030-06-01T12:00:00+19:00',
	'2030-06-01T12:00:00@Nowhere', '2030-06-01T12:00:00+09:00[Nowhere]', '2030-06-01T12:00:00+09:00[',
	'2030-06-01 12:00', '300000-01-01', '2030-06-01T', '12:00:00', '');
-- Years and months by the calendar, weeks, fractions, signs before the whole and before each part.
SELECT * FROM pg_temp.due('P1M', 'P1Y2M3W4DT5H6M7.5S', 'P1W', 'PT1,5S', 'PT0.0000009S', '-P1D', 'P-1D', '-P-1D',
	'P1M-1D', 'P1DT-1H', '+P1D', 'PT0S', 'PT36H', 'P1DT12H');
SELECT * FROM pg_temp.due('P', 'PT', 'P1', 'P1DT', 'P1H', 'PT1D', 'P1D1M', 'PT1S1M', 'P1.5D', 'PT1.S', 'PT.5S', '1D',
	'P1D ', 'p1d', 'P99999999999Y', 'P9999999999D', 'PT99999999999999999S', '-', 'P--1D');
