-- Operators: precedence, three-valued logic, arithmetic on every kind, null instead of failure.
\a\t
CREATE FUNCTION pg_temp.feel(VARIADIC expressions text[]) RETURNS TABLE (expression text, value jsonb) AS
$$ SELECT e, bpm.feel(e) FROM unnest(expressions) WITH ORDINALITY u(e, n) ORDER BY n $$ LANGUAGE sql;

-- What binds how.
SELECT * FROM pg_temp.feel('1 + 2 * 3', '(1 + 2) * 3', '-3 ** 2', '3 ** 4 ** 2', '2 ** -1', '10 - 4 - 3',
	'12 / 4 / 3',
	'1 + 2 = 3 and 4 > 3', 'false and false or true', 'false or true and false',
	'5 between 1 + 1 and 3 * 2 and true',
	'if true then 1 else 2 + 10', '(if true then 1 else 2) + 10', '- @"P1D"', '(1 < 2) = true');
-- Exact decimals of 34 digits.
SELECT * FROM pg_temp.feel('0.1 + 0.2', '1 / 3', '2 / 3', '1 / 0', '10 ** 34 + 1',
	'9999999999999999999999999999999999 + 1',
	'1.23e3', '1.5E-2', '.5', '1e6000 * 1e6000', '9223372036854775807 + 1', '0.30 = 0.3');
-- Text is only ever joined to text.
SELECT * FROM pg_temp.feel('"a" + "b"', '"a" + 1', '"a" + null', '"a" - "b"');
-- What is not a boolean is unknown.
SELECT * FROM pg_temp.feel('true and null', 'false and null', 'true or null', 'false or null', 'null and null',
	'true and 1',
	'false and 1', '1 or true', '"x" or false', 'if null then 1 else 2', 'if 1 then 1 else 2', 'not(null)',
	'not(1)', 'not(true)');
-- Values of different kinds are neither equal nor unequal; null equals null alone.
SELECT * FROM pg_temp.feel('1 = "1"', '1 != "1"', '1 = null', '1 != null', 'null = null', '[1, 2] = [1, 2]',
	'[1, 2] = [2, 1]',
	'[1] = 1', '[1] = ["1"]', '{a: 1, b: 2} = {b: 2, a: 1}', '{a: 1} = {a: 1, b: 2}', '(1..5] = ]1..5]',
	'[1..5] = [1..5.0]',
	'(=10) = [10..10]', '(<10) = (null..10)', '@"P1Y" = @"P12M"', '@"P1D" = @"PT24H"', '@"P1M" = @"P30D"');
-- Order is by code point, and within one kind.
SELECT * FROM pg_temp.feel('"a" < "b"', '"B" < "a"', '"ä" > "z"', '"a" < "aa"', '1 < "a"', 'null < 1',
	'true < false',
	'@"2021-01-01" < @"2021-01-02"', '1 between 1 and 2', '3 between 1 and 2', '"b" between "a" and "c"',
	'1 between "a" and 2');
-- Temporal arithmetic.
SELECT * FROM pg_temp.feel('@"2021-01-31" + @"P1M"', '@"2021-01-31" - @"P1D"', '@"2021-01-31" + @"PT36H"',
	'@"2021-03-01" - @"2021-02-01"', '@"10:00:00" + @"PT15H"', '@"10:00:00" - @"09:30:00"',
	'@"2021-01-01T10:00:00Z" - @"2021-01-01T09:00:00+01:00"', '@"P1D" * 1.5', '2 * @"P1Y2M"', '-2.5 * @"P1Y11M"',
	'@"P1D" / 2', '@"P1D" / @"PT6H"', '@"P1D" + @"P1M"', '@"2021-01-01" + 1',
	'@"2021-01-01T10:00:00" - @"2021-01-01"');
-- Membership.
SELECT * FROM pg_temp.feel('5 in [1..5]', '5 in [1..5)', '5 in [1..5[', '5 in ]5..9]', '5 in (1, 2, 5)',
	'5 in (< 3, > 4)', '5 in > 4',
	'5 in [1, 5]', '5 in [[1..3], [4..6]]', '[1, 2] in [[1, 2], [3]]', '5 in (? > 3)', '5 in null',
	'null in null', '5 in (1..5)',
	'"b" in ["a".."c"]', '5 in ["a".."c"]', '5 in (= 5)', '5 in (!= 5)');
-- Kinds of values.
SELECT * FROM pg_temp.feel('1 instance of number', '1 instance of string', 'null instance of number',
	'null instance of Null',
	'null instance of Any', '[1, 2] instance of list<number>', '[1, "a"] instance of list<number>',
	'[] instance of list<string>',
	'[1] instance of list', '{a: 1} instance of context<a: number>', '{a: 1, b: 2} instance of context<a: number>',
	'{} instance of context<a: number>', '[1..2] instance of range<number>',
	'@"P1D" instance of days and time duration',
	'@"P1Y" instance of years and months duration',
	'(function(a: number) a) instance of function<number> -> number',
	'(function(a: number) a) instance of function<string> -> number', '1 instance of nonsense');
