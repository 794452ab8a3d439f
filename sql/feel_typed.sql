-- Declared scope, types, and the encoding that loses nothing.
\a\t
CREATE FUNCTION pg_temp.typed(expression text, context jsonb DEFAULT '{}', types jsonb DEFAULT '{}',
	rest jsonb DEFAULT '{}') RETURNS jsonb AS
$$ SELECT bpm.feel_typed(jsonb_build_object('expression', expression, 'context', context, 'types',
	types) || rest) $$ LANGUAGE sql;

-- Every kind of value goes in and comes out as it is.
SELECT v, pg_temp.typed('v', jsonb_build_object('v', v)) -> 'value' = v FROM (VALUES ('null'::jsonb), ('true'),
	('"text"'), ('{"number": "-12.5"}'),
	('{"number": "1234567890123456789012345678901234"}'), ('{"date": "2021-01-31"}'),
	('{"date": "-999999999-01-01"}'), ('{"time": "10:15:00.123456789+01:00"}'),
	('{"time": "10:15:00@Europe/Paris"}'), ('{"dateTime": "2021-01-31T10:15:00@Europe/Paris"}'),
	('{"dtDuration": "-P1DT2H3.5S"}'), ('{"ymDuration": "P1Y2M"}'),
	('[{"number": "1"}, [null]]'), ('{"context": {"a": {"number": "1"}, "b c": {"context": {}}}}'),
	('{"range": {"start": {"number": "1"}, "startIncluded": true, "end": null, "endIncluded": false}}')) t(v);
SELECT pg_temp.typed('function(a, b) a + b'), pg_temp.typed('(< 5)'), pg_temp.typed('{a: 1/3}');
-- What is not in the encoding.
SELECT pg_temp.typed('v', '{"v": 1}');
SELECT pg_temp.typed('v', '{"v": {"number": "x"}}');
SELECT pg_temp.typed('v', '{"v": {"a": "x", "b": "y"}}');
SELECT bpm.feel_typed('{}');
SELECT bpm.feel_typed('[]');
SELECT bpm.feel_typed('{"expression": 1}');
-- Names with blanks and operators: the longest in scope wins, however it is spaced.
SELECT e, pg_temp.typed(e,
	'{"a": {"number": "10"}, "b": {"number": "3"}, "a-b": {"number": "100"}, "first name": "A",
	"Profit and loss": {"number": "7"},
	"x": {"context": {"last name": "B", "last": {"context": {"name": "C"}}, "p/q": {"number": "5"}}},
	"what if?": true, "string": {"number": "8"},
	"list": [{"context": {"unit price": {"number": "4"}, "n": {"number": "2"}}},
	{"context": {"unit price": {"number": "9"}, "n": {"number": "1"}}}]}')
FROM unnest(ARRAY['a-b', 'a - b', '(a)-(b)', 'a -b', 'first   name', 'Profit and loss + 1', 'Profit and lossy',
	'x.last name', 'x.p/q * 2', 'what if?', 'string + 1', 'unknown',
	'list[unit price > 5].n', 'list.unit price', 'for first name in [1] return first name',
	'{first name: 2, r: first name + a-b}.r', 'a*unit price', 'x.last  name',
	'{a-b: 1}.a-b', 'if a-b > 50 then "big" else "small"']) WITH ORDINALITY u(e, n) ORDER BY n;
-- Results and variables are converted to their declared types.
SELECT e, r, pg_temp.typed(e, '{}',
	'{"tList": {"isCollection": true, "typeRef": "number"},
	"tPerson": {"components": {"name": {"typeRef": "string"}, "age": {"typeRef": "number"}}},
	"tGrade": {"typeRef": "string", "allowedValues": "\"A\", \"B\""}, "tGrades": {"isCollection": true,
	"typeRef": "tGrade"}, "tSmall": {"typeRef": "number", "typeConstraint": "< 10"},
	"tShort": {"isCollection": true, "typeRef": "number", "typeConstraint": "count(?) < 3"},
	"tLoop": {"components": {"next": {"typeRef": "tLoop"}}}}', jsonb_build_object('resultType', r))
FROM (VALUES ('1', 'number'), ('1', 'string'), ('[1]', 'number'), ('[1, 2]', 'number'), ('1', 'tList'),
	('[1, 2]', 'tList'), ('[1, "a"]', 'tList'), ('null', 'tList'), ('[null]', 'tList'),
	('{name: "a", age: 1, more: 2}', 'tPerson'), ('{name: "a"}', 'tPerson'), ('{name: "a", age: "b"}', 'tPerson'),
	('"A"', 'tGrade'), ('"C"', 'tGrade'), ('["A", "B"]', 'tGrades'),
	('["A", "C"]', 'tGrades'), ('5', 'tSmall'), ('50', 'tSmall'), ('[1, 2]', 'tShort'), ('[1, 2, 3]', 'tShort'),
	('date("2021-01-31")', 'date and time'), ('1', 'Any'), ('1', 'feel:number'),
	('1', 'tNothing'), ('{next: null}', 'tLoop')) t(e, r);
SELECT pg_temp.typed('v + 1', '{"v": "a"}', '{}', '{"contextTypes": {"v": "number"}}'), pg_temp.typed('v + 1',
	'{"v": [{"number": "1"}]}', '{}', '{"contextTypes": {"v": "number"}}');
SELECT pg_temp.typed('1 instance of tSmall'), pg_temp.typed('[1 instance of tSmall, 11 instance of tSmall]', '{}',
	'{"tSmall": {"typeRef": "number", "typeConstraint": "< 10"}}');
-- Text that does not parse is an error among the others.
SELECT pg_temp.typed('1 +'), pg_temp.typed('1 + "a"'), pg_temp.typed('1 / 0');
-- The methods of Java that models name.
SELECT pg_temp.typed(format('{f: function(a, b) external {java: {class: "%s", method signature: "%s"}}, r: f(%s)}.r',
	c, m, a))
FROM (VALUES ('java.lang.Math', 'max(double, double)', '1.5, 2.5'), ('java.lang.Math', 'max(int,int)', '1, 2'),
	('java.lang.Math', 'max(int,int)', '1, 3000000000'),
	('java.lang.Math', 'nothing(int,int)', '1, 2'), ('java.lang.String',
	'format(java.lang.String, [Ljava.lang.Object;)', '"%s!", 1'), ('java.lang.String', 'format(int, int)', '1, 1'),
	('java.lang.Runtime', 'exec(java.lang.String)', '"ls"'), ('', '', '1, 2'), ('x', '(', '1, 2')) t(c, m, a);
-- An evaluation that used up all it may hold still tells so.
SELECT pg_temp.typed('for i in 1..20000 return partial'), pg_temp.typed('for i in 1..10**9 return i');
