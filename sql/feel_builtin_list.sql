-- Lists, contexts and ranges.
\a\t
CREATE FUNCTION pg_temp.feel(VARIADIC expressions text[]) RETURNS TABLE (expression text, value jsonb) AS
$$ SELECT e, bpm.feel(e) FROM unnest(expressions) WITH ORDINALITY u(e, n) ORDER BY n $$ LANGUAGE sql;

SELECT * FROM pg_temp.feel('list contains([1, 2], 2)', 'list contains([1, null], null)', 'list contains([1], "1")',
	'list contains([[1]], [1])', 'list contains(null, 1)', 'list contains(1, 1)', 'count([1, null])', 'count([])',
	'count(null)', 'count(5)', 'is empty([])', 'is empty([null])', 'is empty(null)');
SELECT * FROM pg_temp.feel('sublist([1, 2, 3], 2)', 'sublist([1, 2, 3], -2)', 'sublist([1, 2, 3], 1, 2)',
	'sublist([1, 2, 3], 3, 9)', 'sublist([1, 2, 3], 0)', 'sublist([1, 2, 3], 4)', 'sublist([1, 2, 3], 1, -1)',
	'sublist([1, 2, 3], 1, 0)', 'sublist([], 1)', 'sublist(null, 1)', 'append([1], 2, [3])', 'append([], null)',
	'append(1, 2)', 'append(null, 2)', 'append([1])', 'concatenate([1], [2, 3], [])', 'concatenate([1], 2)',
	'concatenate([1], null)', 'concatenate()', 'insert before([1, 3], 2, 2)', 'insert before([1, 3], -1, 2)',
	'insert before([1, 3], 3, 2)', 'insert before([], 1, 2)', 'insert before([1], 1, null)', 'remove([1, 2, 3], 1)',
	'remove([1, 2, 3], -1)', 'remove([1, 2, 3], 4)', 'remove([1, 2, 3], 0)', 'remove([1, 2, 3], null)',
	'remove(1, 1)');
SELECT * FROM pg_temp.feel('list replace([1, 2, 3], 2, 9)', 'list replace([1, 2, 3], -1, 9)',
	'list replace([1, 2, 3], 4, 9)', 'list replace([1, 2, 3], 1, null)',
	'list replace([1, 2, 3], function(i, n) i < n, 3)', 'list replace([1, 2], function(i, n) i, 3)',
	'list replace([1, 2], function(i) true, 3)', 'reverse([1, [2, 3]])', 'reverse([])', 'reverse(null)',
	'index of([1, 2, 1, null], 1)', 'index of([1, null], null)', 'index of([], 1)', 'index of(null, 1)',
	'last index of([1, 2, 1], 1)', 'last index of([1], 2)', 'union([1, 2], [2.0, 3])', 'union([null], [null])',
	'union()', 'distinct values([1, "1", 1.0, null, null, [1], [1]])', 'distinct values([])',
	'duplicate values([1, 2, 2, 1, 3])', 'duplicate values([])', 'flatten([1, [2, [3, []]]])', 'flatten(1)',
	'flatten(null)', 'partition([1, 2, 3, 4, 5], 2)', 'partition([], 2)', 'partition([1], 0)',
	'partition([1], 1e30)');
SELECT * FROM pg_temp.feel('sort([3, 1, 2], function(x, y) x < y)',
	'sort([{k: 1, v: "a"}, {k: 0, v: "b"}, {k: 1, v: "c"}, {k: 0, v: "d"}], function(x, y) x.k < y.k).v',
	'sort([], function(x, y) x < y)', 'sort([2, 1])', 'sort(["b", "B", "a", "é"])', 'sort([1, "a"])',
	'sort([2, 1], function(x, y) null)', 'sort([2, 1], function(x) true)', 'sort([2, 1], 5)', 'sort(null)',
	'all([true, true])', 'all([true, null])', 'all([false, null])', 'all([])', 'all([true, 1])', 'all(null)',
	'all(true, false)', 'any([false, true])', 'any([false, null])', 'any([])', 'any([1])', 'any(false)',
	'and([true, false])', 'or(false, true)', 'true and and(true) or or(false)');
-- Long lists: the hash table finds what comparing finds, and sorting is stable.
SELECT bpm.feel('count(distinct values(l))', jsonb_build_object('l', jsonb_agg(i % 1000))),
	bpm.feel('count(duplicate values(l))', jsonb_build_object('l', jsonb_agg((i % 700)::text))),
	bpm.feel('{s: sort(l, function(x, y) x.k < y.k), r: [s[1].n, s[2].n, s[-1].n]}.r', jsonb_build_object('l', jsonb_agg(jsonb_build_object('k', i % 3, 'n', i)))),
	bpm.feel('sort(l) = reverse(l)', jsonb_build_object('l', jsonb_agg(-i))) FROM generate_series(1, 3000) i;

SELECT * FROM pg_temp.feel('get value({a: 1}, "a")', 'get value({a: 1}, "b")', 'get value({a: {b: 2}}, ["a", "b"])',
	'get value({a: 1}, ["a", "b"])', 'get value({a: 1}, [1, 2])', 'get value(null, "a")', 'get value({a: 1}, null)',
	'get entries({a: 1, b: null})', 'get entries({})', 'get entries(null)',
	'context([{key: "a", value: 1}, {key: "b", value: null}])', 'context([])', 'context({key: "a", value: 1})',
	'context([{key: "a"}])', 'context([{key: 1, value: 1}])', 'context([{key: "a", value: 1}, {key: "a", value: 2}])',
	'context([1])', 'context(null)');
SELECT * FROM pg_temp.feel('context put({a: 1}, "b", 2)', 'context put({a: 1}, "a", null)',
	'context put({}, null, 1)', 'context put({a: {b: 1, c: 2}}, ["a", "b"], 3)',
	'context put({a: {}}, ["a", "b"], 3)', 'context put({}, ["a", "b"], 3)', 'context put({a: 1}, ["a", "b"], 3)',
	'context put({}, [], 3)', 'context put({}, [1, "b"], 3)', '{c: {a: 1}, d: context put(c, "a", 2), r: c.a}.r',
	'context merge([{a: 1, b: 2}, {b: 3, c: 4}])', 'context merge({a: 1})', 'context merge([])',
	'context merge([{a: 1}, 2])', 'context merge(null)', 'put({}, "a", 1)', 'put all({a: 1}, {b: 2})',
	'put all([{a: 1}, {a: 2}])');
SELECT * FROM pg_temp.feel('is defined(null)', 'is defined(nothing)', 'is defined(1)', 'get or else(null, 1)',
	'get or else(2, 1)', 'get or else(null, null)', 'not(true)', 'not(null)', 'not(1)', 'assert(1, true)',
	'assert(1, 1 = 2, "no")', 'assert(null, true)', 'fromAi(1, "x", "number", {type: "number"})', 'fromAi()');

-- Points and ranges: open and closed ends where they touch, and no end at all.
SELECT * FROM pg_temp.feel('before(1, 2)', 'before(2, 2)', 'before(1, [1..5])', 'before(1, (1..5])',
	'before([1..5], 5)', 'before([1..5), 5)', 'before([1..5], [5..9])', 'before([1..5), [5..9])', 'before((<5), 5)',
	'before((>=5), 5)', 'after(2, 1)', 'after(5, [1..5])', 'after(5, [1..5))', 'after([5..9], 5)', 'after((5..9], 5)',
	'after([5..9], [1..5])', 'after((5..9], [1..5])', 'before(1, "a")', 'before(1, null)', 'before("a", ["b".."c"])');
SELECT * FROM pg_temp.feel('meets([1..5], [5..9])', 'meets([1..5), [5..9])', 'met by([5..9], [1..5])',
	'met by((5..9], [1..5])', 'meets((<=5), (>=5))', 'overlaps([1..5], [5..9])', 'overlaps([1..5), [5..9])',
	'overlaps([1..9], [3..4])', 'overlaps((<3), (>4))', 'overlaps before([1..5], [3..8])',
	'overlaps before([1..5], [1..8])', 'overlaps before([1..5], (1..8])', 'overlaps before([1..8], [3..8])',
	'overlaps after([3..8], [1..5])', 'overlaps after((1..8], [1..5])', 'overlaps after([3..8], [1..3))');
SELECT * FROM pg_temp.feel('finishes(9, [1..9])', 'finishes(9, [1..9))', 'finishes([5..9], [1..9])',
	'finishes([1..9], (1..9])', 'finished by([1..9], 9)', 'finished by([1..9], [5..9])', 'includes([1..9], 9)',
	'includes([1..9), 9)', 'includes([1..9], (1..9))', 'includes((1..9), [1..9])', 'includes((<10), 3)',
	'includes((<10), [1..9])', 'during(9, [1..9])', 'during([2..3], [1..9])', 'during([1..9], (1..9))',
	'starts(1, [1..9])', 'starts(1, (1..9])', 'starts([1..5], [1..9])', 'starts((1..5], [1..9])',
	'starts([1..9], [1..9])', 'started by([1..9], 1)', 'started by([1..9], [1..5])', 'coincides(5, 5)',
	'coincides(5, 6)', 'coincides([1..5], [1..5])', 'coincides([1..5], [1..5))',
	'coincides(@"2024-01-01", @"2024-01-01")', 'includes([@"2024-01-01"..@"2024-12-31"], @"2024-05-05")',
	'includes([1..9], "a")', 'includes([1..9], null)', 'includes(5, [1..9])');
