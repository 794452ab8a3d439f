-- Names: variables from jsonb, quoted names, names that a word of the language or a function has.
\a\t
CREATE FUNCTION pg_temp.feel(variables jsonb, VARIADIC expressions text[]) RETURNS TABLE (expression text,
	value jsonb) AS
$$ SELECT e, bpm.feel(e, variables) FROM unnest(expressions) WITH ORDINALITY u(e, n) ORDER BY n $$ LANGUAGE sql;

SELECT * FROM pg_temp.feel('{"a": 1, "b c": 2, "d-e": 3, "date": "x", "count": 4, "n": null,
	"list": [{"price": 1}, {"price": 9, "count": 2}]}',
	'a', '`b c` + a', '`d-e`', 'd-e', 'date', 'count + 1', 'count(list)', 'n', 'missing', 'missing.a.b',
	'list.price', 'list[price > 5]',
	'list[count = 2].price', 'list[price > a]', 'list[missing = null].price', 'a.b', 'item', '{a: 5, b: a}.b',
	'for a in [7] return a');
-- Large objects are searched, small ones walked; both find everything.
SELECT count(*) FROM (SELECT jsonb_object_agg('key' || i, i) v FROM generate_series(1, 500) i) o,
	generate_series(1, 500) n
	WHERE bpm.feel('key' || n, v) = to_jsonb(n);
SELECT count(*) FROM generate_series(1, 100) size, LATERAL (SELECT jsonb_object_agg(repeat('k', i),
	i) v FROM generate_series(1, size) i) o
	WHERE bpm.feel(repeat('k', size), v) = to_jsonb(size) AND bpm.feel(repeat('k', size + 1), v) = 'null';
-- Every kind of jsonb comes back as it was, however deep and long.
SELECT bpm.feel('v', jsonb_build_object('v', v)) = v, bpm.feel('[v, {a: v}, 1]', jsonb_build_object('v',
	v)) = jsonb_build_array(v, jsonb_build_object('a', v), 1)
FROM (VALUES ('null'::jsonb), ('true'), ('1.50'), ('-12345678901234567890.123'), ('"tëxt"'), ('[]'), ('{}'),
	('[1, [2, [3, {"a": []}]], "x", null, true]'),
	('{"b": 1, "aa": {"c": [1.5, "y"]}, "": null}'), ((SELECT jsonb_agg(i) FROM generate_series(1, 200) i)),
	((SELECT jsonb_object_agg('k' || i, jsonb_build_array(i, repeat('x', i))) FROM generate_series(1,
	200) i))) t(v);
-- Arrays and objects that FEEL made are proper jsonb.
SELECT jsonb_array_length(v), v -> 99, v @> '[{"n": 77}]', v = (SELECT jsonb_agg(jsonb_build_object('n', i,
	'text', 'x' || i)) FROM generate_series(1, 100) i)
FROM (SELECT bpm.feel('for i in 1..100 return {text: "x" + t[i], n: i}', jsonb_build_object('t',
	(SELECT jsonb_agg(i::text) FROM generate_series(1, 100) i)))) r(v);
SELECT bpm.feel('{b: 1, aa: 2, "": 3, c: [], d: {}}') -> 'aa',
	bpm.feel('{b: 1, aa: 2, "": 3, c: [], d: {}}') = '{"b": 1, "aa": 2, "": 3, "c": [], "d": {}}';
-- NULL arguments, and variables that are no object.
SELECT bpm.feel(NULL) IS NULL, bpm.feel('a', NULL) = 'null', bpm.feel_unary(NULL, '1') IS NULL,
	bpm.feel_unary('null', NULL), bpm.feel_unary('a', '1', NULL) IS NULL;
SELECT bpm.feel('1', '[1]');
-- Why a value is null is told to those who listen.
SET client_min_messages = debug1;
SELECT bpm.feel('missing.a + 1', '{}');
RESET client_min_messages;
