-- Lists, contexts, filters, paths, loops and functions.
\a\t
CREATE FUNCTION pg_temp.feel(VARIADIC expressions text[]) RETURNS TABLE (expression text, value jsonb) AS
$$ SELECT e, bpm.feel(e) FROM unnest(expressions) WITH ORDINALITY u(e, n) ORDER BY n $$ LANGUAGE sql;

-- An index counts from 1, or from the end.
SELECT * FROM pg_temp.feel('[1, 2, 3][1]', '[1, 2, 3][-1]', '[1, 2, 3][0]', '[1, 2, 3][4]', '[1, 2, 3][1.5]',
	'5[1]', '5[2]', 'null[1]');
-- A condition keeps what passes; null drops, anything else spoils.
SELECT * FROM pg_temp.feel('[1, 2, 3, 4][item > 2]', '[{a: 1}, {a: 2}][a = 2]', '[{a: 1}, {b: 2}][a > 0]',
	'[{item: 1}, {item: 2}][item = 2]',
	'[1, 2][true]', '[1, 2][false]', '5[true]', '5[item > 9]', '[1, 2]["a"]', '[][item > 1]',
	'[[1], [2, 3]][item[1] = 2]',
	'{limit: 2, r: [1, 2, 3][item >= limit]}.r', '{a: 1, r: [{a: 5}, {b: 1}][a = 1]}.r',
	'[{x: [1, 2]}, {x: [3]}][x[1] = 3].x');
-- A path runs over the items of a list.
SELECT * FROM pg_temp.feel('{a: {b: 1}}.a.b', '{a: 1}.b', '{a: 1}.b.c', '[{a: 1}, {b: 2}].a', '[[{a: 1}]].a',
	'null.a', '1.a',
	'@"2021-05-06".year', '@"2021-05-06".weekday', '@"2021-05-06T07:08:09@Europe/Zurich".timezone',
	'@"2021-05-06T07:08:09+02:00".time offset', '@"P1Y2M".months', '@"P1DT2H".hours', '@"P1Y".days',
	'[1..5).end included');
-- Entries see the ones before; keys may be any name or string.
SELECT * FROM pg_temp.feel('{a: 1, b: a + 1}', '{"a b": 1, c: a b + 1}', '{a-b: 1, c: a-b * 2}', '{"": 1}',
	'{a: 1, "b": {c: a}}.b.c', '{}',
	'{b: a, a: 1}', '{a b: {c d: 1}, e: a b.c d}.e');
-- Loops.
SELECT * FROM pg_temp.feel('for i in 1..3 return i * i', 'for i in 3..1 return i',
	'for i in [1, 2], j in [10, 20] return i + j',
	'for i in [[1, 2], [3]], j in i return j',
	'for i in 1..5 return if i < 3 then 1 else partial[-1] + partial[-2]', 'for i in [] return i',
	'for i in null return i', 'for i in 1 return i', 'for d in @"2021-01-30"..@"2021-02-01" return d',
	'for i in [1..3] return i',
	'for i in (1..3) return i', 'for i in 1..2.5 return i', 'for my item in [1, 2] return my item * 2');
SELECT * FROM pg_temp.feel('some x in [1, 2] satisfies x > 1', 'every x in [1, 2] satisfies x > 1',
	'some x in [] satisfies true',
	'every x in [] satisfies false', 'some x in [1, null] satisfies x > 5', 'some x in [null, 9] satisfies x > 5',
	'every x in [1, null] satisfies x > 0', 'some x in [1, 2], y in [2, 3] satisfies x = y',
	'every x in [1, 2] satisfies "a"');
-- Functions close over what they see, are values, and are called by position or by name.
SELECT * FROM pg_temp.feel('(function(x, y) x - y)(5, 3)', '(function(x, y) x - y)(y: 5, x: 3)',
	'(function(x) x)()', '(function(x) x)(y: 1)',
	'{add: function(n) function(m) n + m, add two: add(2), r: add two(3)}.r',
	'[for i in 1..3 return function() i][1][2]()',
	'{f: function(x: number) x, r: [f(1), f("a"), f([1])]}.r', '(function(a b, c) a b * c)(2, 3)', '123(1)',
	'"abs"(-1)',
	'{fact: function(f, n) if n <= 1 then 1 else n * f(f, n - 1), r: fact(fact, 20)}.r',
	'{not: function(x) 1, r: not(true)}.r',
	'function(a, b c) a', 'function(a) external {java: {class: "C"}}',
	'(function(a) external {java: {class: "C"}})(1)');
-- Ranges are values.
SELECT * FROM pg_temp.feel('[1..5]', ']1..5[', '(< 5)', '(>= @"2021-01-01")', '(!= "a")', '[1.."a"]',
	'{r: [1..5], ok: 3 in r}.ok', '[5..1]',
	'[true..false]', '{from: 1, to: 3, r: [from..to]}.r');
-- Text: escapes, any character of Unicode, comments.
SELECT * FROM pg_temp.feel('"a\"b\\c\n"', '"\u00e4\u20AC\uD83D\uDE00\U01F600"', '"\d+\s"',
	E'1 /* one */ + // two\n2', '"/* no comment */"', '{étoile: 1, 日本: étoile + 1, 🐎: 3}', E'1\u00a0+\u30001');
