-- Unary tests: the cells of decision tables.
\a\t
SELECT tests, input, bpm.feel_unary(tests, input, '{"limit": 10, "list": [1, 2], "flag": true}')
FROM (VALUES ('-', '1'::jsonb), ('5', '5'), ('5', '6'), ('< 10', '5'), ('<= limit', '10'), ('> limit', '10'),
	('[1..5]', '5'), (']1..5[', '5'), ('(1..5)', '2'),
	('1, 2, 3', '3'), ('< 1, > 5', '6'), ('not(1, 2)', '3'), ('not(< 5)', '3'), ('"a", "b"', '"b"'), ('= 5', '5'),
	('!= 5', '5'), ('null', 'null'), ('list', '2'),
	('list', '3'), ('? > limit', '11'), ('? > 1 and ? < 5', '3'), ('true', 'true'), ('true', '1'), ('flag', '1'),
	('flag', 'true'), ('limit > 5', '1'), ('limit > 5', 'true'),
	('[1, 2]', '[1, 2]'), ('[1, 2]', '1'), ('not(limit > ?)', '3'), ('not(?)', 'false'), ('not(true) or ? = 1',
	'1'), ('some x in ? satisfies x > 2', '[1, 3]'),
	('?.a = 1', '{"a": 1}'), ('< "a"', '1'), ('< 1', 'null'), ('5, < "a"', '5'), ('6, < "a"', '5')) t(tests, input);
SELECT bpm.feel_unary('1,', '1');
SELECT bpm.feel_unary('', '1');
SELECT bpm.feel_unary('not(1', '1');
