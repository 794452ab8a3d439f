-- Whatever the text and the data, an evaluation ends, soon, and without harm.
\a\t
\set VERBOSITY terse
SET statement_timeout = '20s';
-- Text that is no expression: what is wrong, and where.
SELECT e, c.* FROM unnest(ARRAY['', '1 +', '1 2', 'a b', '(1', '[1, 2', '{a: 1', '{a 1}', '{a: 1, a: 2}', '"open',
	'`open', '/* open', '1 +* 2', 'if 1 then 2',
	'for in x return 1', 'for x return 1', 'some x in [1]', '1 < 2 < 3', 'x between 1 or 2', 'x instance 1',
	'x instance of', '#', 'a ; b', E'ä + #', '"\u0000"', '"\uD83D"', '{if x: 1}',
	'f(a: 1, 2)', '@x', 'a.', 'a[1', ']1, 2]', '1e99999', '[1..]', '{: 1}', 'function(a b',
	'@"x"']) WITH ORDINALITY u(e, n)
	LEFT JOIN LATERAL bpm.feel_check(e) c ON true ORDER BY n;
SELECT bpm.feel('1 +');
-- Depth, of the text and of the evaluation.
SELECT bpm.feel(repeat('(', 300) || '1' || repeat(')', 300));
SELECT message FROM bpm.feel_check(repeat('(', 100000) || '1');
SELECT message FROM bpm.feel_check(repeat('-', 100000) || '1');
SELECT message FROM bpm.feel_check(repeat('[', 100000));
SELECT message FROM bpm.feel_check('1' || repeat(' + a', 100000));
SELECT message FROM bpm.feel_check('a instance of ' || repeat('list<', 100000));
SELECT message FROM bpm.feel_check(repeat('x', 2000000));
SELECT bpm.feel('{f: function(g, n) g(g, n + 1), r: f(f, 1)}.r');
SELECT bpm.feel('a = b', jsonb_build_object('a', deep, 'b', deep)) FROM (SELECT (repeat('[', 2000) || repeat(']',
	2000))::jsonb deep) d;
-- Steps, length, size.
SELECT bpm.feel('for i in 1..10**9 return i');
SELECT bpm.feel('some i in 1..10**12 satisfies i < 0');
SELECT bpm.feel('for i in 1..100000, j in 1..100000 return 1');
SELECT bpm.feel('for i in 1..20000 return partial');
SELECT bpm.feel('{d: function(s) s + s + s + s + s + s + s + s + s + s,
	r: d(d(d(d(d(d(d(d(d("0123456789")))))))))}.r');
SELECT bpm.feel('for i in -9223372036854775808..9223372036854775807 return i');
-- It can be cancelled.
SET statement_timeout = '1ms';
SELECT bpm.feel('for i in 1..1000000 return [i, i, i]') IS NULL;
RESET statement_timeout;
-- The cache of expressions stays within its bounds, and nothing gets lost on the way.
SET bpm.expression_cache = '64kB';
SELECT count(*) FROM generate_series(1, 2000) i WHERE bpm.feel('a + ' || i, '{"a": 1}') = to_jsonb(i + 1);
SELECT count(*) FROM generate_series(1, 200) i, (VALUES ('a + 1', 2), ('a + 2', 3)) t(e, r) WHERE bpm.feel(e,
	'{"a": 1}') = to_jsonb(r);
RESET bpm.expression_cache;
