-- Dates, times, durations: making them, reading and writing them, and what they do at the edges.
\a\t
CREATE FUNCTION pg_temp.feel(VARIADIC expressions text[]) RETURNS TABLE (expression text, value text) AS
$$ SELECT e, bpm.feel('string(' || e || ')')->>0 FROM unnest(expressions) WITH ORDINALITY u(e, n) ORDER BY n $$ LANGUAGE sql;

-- Dates: four digits of a year at least, nine at most, and a year 0.
SELECT * FROM pg_temp.feel('date("2024-02-29")', 'date("2023-02-29")', 'date("0000-02-29")', 'date("-0001-12-31")',
	'date("-0000-01-01")', 'date("999999999-12-31")', 'date("1000000000-01-01")', 'date("02024-01-01")',
	'date("998-01-01")', 'date("+2024-01-01")', 'date("2024-1-01")', 'date("2024-01-01T00:00:00")',
	'date("2024-01-01 ")', 'date("")', 'date(null)', 'date(1)', 'date(2024, 2, 29)', 'date(2023, 2, 29)',
	'date(2024, 13, 1)', 'date(2024, 0, 1)', 'date(-1, 1, 1)', 'date(2024, null, 1)', 'date(@"2024-01-01T10:00:00Z")',
	'date(year: 2024, month: 1, day: 31)', 'date(from: "2024-01-31")');
SELECT * FROM pg_temp.feel('time("10:11:12")', 'time("10:11:12.120")', 'time("10:11:12.123456789Z")',
	'time("10:11:12.1234567891")', 'time("24:00:00")', 'time("24:00:01")', 'time("10:60:00")', 'time("10:11")',
	'time("1:11:12")', 'time("10:11:12+01:00")', 'time("10:11:12-01:30:15")', 'time("10:11:12+19:00")',
	'time("10:11:12+1:00")', 'time("10:11:12@Europe/Paris")', 'time("10:11:12@europe/paris")',
	'time("10:11:12@Nowhere")', 'time("10:11:12@ABC+3")', 'time("10:11:12@CEST")', 'time("10:11:12@Etc/GMT+3")',
	'time("10:11:12+01:00@Europe/Paris")', 'time(10, 11, 12)', 'time(10, 11, 12.5, @"PT1H")',
	'time(10, 11, 12, @"-PT1H30M15S")', 'time(10, 11, 12, @"P1D")', 'time(24, 0, 0)', 'time(10, -1, 0)',
	'time(10, 11, 60)', 'time(10, 11, 12, null)', 'time(@"2024-01-01T10:11:12@Europe/Paris")', 'time(@"2024-01-01")',
	'time(null)', 'time(5)');
SELECT * FROM pg_temp.feel('date and time("2024-01-31T10:11:12")', 'date and time("2024-01-31")',
	'date and time("2024-01-31T24:00:00")', 'date and time("999999999-12-31T24:00:00")',
	'date and time("2024-01-31T")', 'date and time("2024-01-31 10:11:12")', 'date and time(@"2024-01-31")',
	'date and time(@"2024-01-31", @"10:11:12.5+01:00")', 'date and time(@"2024-01-31T01:02:03Z", @"10:11:12")',
	'date and time(@"2024-01-31", null)', 'date and time(@"2024-01-31T10:11:12Z", "America/New_York")',
	'date and time(@"2024-01-31T10:11:12", "America/New_York")', 'date and time(@"2024-01-31T10:11:12Z", "Nowhere")',
	'date and time(@"2024-01-31T10:11:12Z", "Z")', 'date and time(@"2024-01-31T10:11:12Z", "-03:30")',
	'date and time(@"2024-01-31T10:11:12Z", "")', 'date and time("2024-07-01T10:11:12+02:00[Europe/Paris]")',
	'date and time("2024-07-01T10:11:12Z[Europe/Paris]")', 'date and time("2024-07-01T10:11:12[Europe/Paris]")',
	'time("10:11:12+02:00[Europe/Paris]")');
SELECT * FROM pg_temp.feel('duration("P1Y2M")', 'duration("-P14M")', 'duration("P0Y")', 'duration("P1DT2H3M4.5S")',
	'duration("PT36H")', 'duration("-PT0.000000001S")', 'duration("PT0S")', 'duration("P1Y1D")', 'duration("P")',
	'duration("PT")', 'duration("P1DT")', 'duration("P-1D")', 'duration("1D")', 'duration("PT1.5H")',
	'duration("P1W")', 'duration("P99999999999999999999D")', 'duration(null)', 'duration(1)');
SELECT * FROM pg_temp.feel('years and months duration(@"2011-12-22", @"2013-08-24")',
	'years and months duration(@"2016-01-30", @"2015-12-29")',
	'years and months duration(@"2024-01-31", @"2024-02-29")',
	'years and months duration(@"2014-12-31T23:59:59", @"2019-10-01T12:32:59")',
	'years and months duration(@"2024-01-01", null)', 'years and months duration(1, 2)');

-- Clocks go back on 2024-10-27 at 03:00, and forward on 2024-03-31 at 02:00, in Paris.
SELECT * FROM pg_temp.feel('@"2024-10-27T02:30:00@Europe/Paris"', '@"2024-10-27T02:30:00@Europe/Paris".time offset',
	'@"2024-10-27T02:30:00@Europe/Paris" = @"2024-10-27T00:30:00Z"', '@"2024-10-27T01:30:00@Europe/Paris" + @"PT1H"',
	'@"2024-10-27T01:30:00@Europe/Paris" + @"PT3H"', '@"2024-10-26T02:30:00@Europe/Paris" + @"P1D"',
	'@"2024-10-26T12:00:00@Europe/Paris" + @"P1D"',
	'@"2024-10-27T12:00:00@Europe/Paris" - @"2024-10-26T12:00:00@Europe/Paris"',
	'@"2024-03-31T02:30:00@Europe/Paris"', '@"2024-03-31T01:30:00@Europe/Paris" + @"PT1H"',
	'@"2024-02-29T02:30:00@Europe/Paris" + @"P1M"',
	'@"2024-03-31T12:00:00@Europe/Paris" - @"2024-03-30T12:00:00@Europe/Paris"',
	'@"1800-01-01T00:00:00@Europe/Paris".time offset', '@"900000000-07-01T00:00:00@Europe/Paris".time offset');
-- Arithmetic at the edges.
SELECT * FROM pg_temp.feel('@"2024-01-31" + @"P1M"', '@"2024-02-29" - @"P1Y"', '@"2024-01-31" + @"PT36H"',
	'@"2024-01-31" - @"PT1H"', '@"999999999-12-31" + @"P1D"', '@"23:30:00" + @"PT1H"', '@"00:30:00Z" - @"P10DT1H"',
	'@"10:00:00" + @"P1M"', '@"P1D" / 3', '@"PT1S" / 3', '@"P1D" / 0', '@"P1Y" / @"P5M"', '@"P1D" / @"PT5H"',
	'@"P1Y11M" * -2.5', '@"P1D" * 1e30', '@"P300000000Y" * 10 ', '-@"PT0.5S"', '@"P1D" + @"P1M"',
	'@"10:00:00Z" - @"11:00:00+01:00"', '@"10:00:00Z" - @"11:00:00"');
-- Equality counts whole seconds; is() does not round, and tells zones apart.
SELECT * FROM pg_temp.feel('@"10:00:00.1" = @"10:00:00.2"', 'is(@"10:00:00.1", @"10:00:00.2")',
	'@"10:00:00.1" < @"10:00:00.2"', '@"10:00:00" = @"10:00:00Z"', '@"10:00:00" < @"11:00:00Z"',
	'is(@"10:00:00Z", @"10:00:00+00:00")', 'is(@"10:00:00Z", @"10:00:00")', 'is(@"P1Y", @"P12M")',
	'is(@"P0D", @"P0M")', 'is(1, 1.0)', 'is(1, "1")', 'is(null, null)', 'is(null, 1)', 'is([1, 2], [1, 2])',
	'is(@"2024-01-01", @"2024-01-01T00:00:00")', 'is(1)');
SELECT * FROM pg_temp.feel('day of year(@"2024-12-31")', 'day of year(@"2024-03-01T10:00:00")', 'day of year("x")',
	'day of week(@"1970-01-01")', 'day of week(@"-0004-02-29")', 'month of year(@"2024-09-17")',
	'month of year(null)', 'week of year(@"2005-01-01")', 'week of year(@"2024-12-30")',
	'week of year(@"2020-12-31")', 'last day of month(@"2023-02-10")', 'last day of month(@"2024-02-10T10:00:00Z")',
	'last day of month(1)');
SET timezone = 'Asia/Kathmandu';
SELECT * FROM pg_temp.feel('now().timezone', 'date(now()) = today()', 'now(1)', 'today() instance of date');
SET timezone = '<+03>-03';
SELECT * FROM pg_temp.feel('now().timezone', 'now().time offset');
RESET timezone;

-- The server's calendar and zones are the judges, as far as they reach.
CREATE FUNCTION pg_temp.feel_text(expression text, variables jsonb) RETURNS text AS
$$ SELECT bpm.feel('string(' || expression || ')', variables)->>0 $$ LANGUAGE sql;
SELECT count(*) FILTER (WHERE pg_temp.feel_text('week of year(date(d))', v) IS DISTINCT FROM to_char(day, 'FMIW')) AS week,
	count(*) FILTER (WHERE pg_temp.feel_text('day of year(date(d))', v) IS DISTINCT FROM to_char(day, 'FMDDD')) AS day,
	count(*) FILTER (WHERE pg_temp.feel_text('day of week(date(d))', v) IS DISTINCT FROM to_char(day, 'FMDay')) AS name,
	count(*) FILTER (WHERE pg_temp.feel_text('date(d) + duration("P31M")', v)
					 IS DISTINCT FROM to_char(day + interval '31 months', 'YYYY-MM-DD')) AS months,
	count(*) FILTER (WHERE pg_temp.feel_text('date(d) - duration("P400DT1H")', v)
					 IS DISTINCT FROM to_char(day - 401, 'YYYY-MM-DD')) AS days,
	count(*) FILTER (WHERE pg_temp.feel_text('last day of month(date(d))', v)
					 IS DISTINCT FROM to_char(date_trunc('month', day::timestamp) + interval '1 month - 1 day', 'YYYY-MM-DD')) AS last,
	count(*) FILTER (WHERE pg_temp.feel_text('date(d) - date("2000-01-01") = duration("P1D") * n', v) IS DISTINCT FROM 'true') AS difference
FROM (SELECT date '0003-01-01' + n AS day FROM generate_series(0, 3640000, 977) AS n) AS x,
	LATERAL (SELECT jsonb_build_object('d', to_char(day, 'YYYY-MM-DD'), 'n', day - date '2000-01-01')) AS y (v);
SELECT count(*), count(*) FILTER (WHERE pg_temp.feel_text('date and time(date and time(m), z)', v)
								  IS DISTINCT FROM to_char(t AT TIME ZONE z, 'YYYY-MM-DD"T"HH24:MI:SS') || '@' || z) AS wrong
FROM unnest(ARRAY['Europe/Paris', 'America/New_York', 'Asia/Kathmandu', 'Australia/Lord_Howe', 'Africa/Casablanca']) AS z,
	generate_series('1900-01-01Z'::timestamptz, '2100-01-01Z', '199 days 7 hours 13 minutes') AS t,
	LATERAL (SELECT jsonb_build_object('z', z, 'm', to_char(t AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SSZ'))) AS x (v);
