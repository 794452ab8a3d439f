-- Exact decimals, and the functions on numbers, lists of numbers included.
\a\t
CREATE FUNCTION pg_temp.feel(VARIADIC expressions text[]) RETURNS TABLE (expression text, value text) AS
$$ SELECT e, bpm.feel('string(' || e || ')')->>0 FROM unnest(expressions) WITH ORDINALITY u(e, n) ORDER BY n $$ LANGUAGE sql;

-- Sums and products are rounded to 34 digits, half-even, once.
SELECT * FROM pg_temp.feel('1 / 3', '2 / 3', '-1 / 7', '1 / 3 * 3', '10 / 4', '1e30 + 1e-10', '1e30 - 1e-10',
	'9999999999999999999999999999999999 + 0.5', '9999999999999999999999999999999998 + 0.5',
	'1000000000000000000000000000000001 * 1.5', '3000000000000000000000000000000001 * 1.5',
	'1234567890123456789012345678901234 * 9876543210987654321098765432109876', '9223372036854775807 + 1',
	'-9223372036854775807 - 2', '9223372036854775807 * 9223372036854775807',
	'0.000000000000000001 * 0.000000000000000001', '0.1 + 0.2 - 0.3', '1e34 + 0.5', '1e34 + 0.51 - 1e34');
-- The range of numbers ends at 34 nines and 10^6111; what is too small is zero.
SELECT * FROM pg_temp.feel('1e6144 / 10 = 1e6143', '1e6144 * 10', '-1e6144 * 10', '1e-6176 / 10', '1e-6176 * 1e6144',
	'1e-6000 * 1e-6000', '1e6000 * 1e-6000', '1e6000 + 1 = 1e6000', '1e-7000');
-- Whole powers are as exact as products; others are good to the last digit but one.
SELECT * FROM pg_temp.feel('2 ** 100', '1.05 ** 10', '1.05 ** 20', '2 ** -3', '3 ** -40', '(-2) ** 3', '2 ** 0.5',
	'(-2) ** 0.5', '0 ** 0', '0 ** -1', '10 ** 6145', '10 ** -6200', '1.0000000001 ** 10000000000');
SELECT * FROM pg_temp.feel('sqrt(2)', 'sqrt(16)', 'sqrt(0)', 'sqrt(1e-40)', 'sqrt(-1)', 'exp(0)', 'exp(1)',
	'exp(-700)', 'exp(20000)', 'exp(-20000)', 'log(10)', 'log(1)', 'log(1.000000000000000000000000000000001)',
	'log(0)', 'log(-1)', 'log(exp(5))');
-- Rounding: every mode, on both sides of zero.
SELECT * FROM pg_temp.feel(VARIADIC ARRAY(SELECT format(f, n) FROM unnest(ARRAY['decimal(%s, 1)', 'floor(%s, 1)', 'ceiling(%s, 1)',
	'round up(%s, 1)', 'round down(%s, 1)', 'round half up(%s, 1)', 'round half down(%s, 1)']) WITH ORDINALITY x(f, i),
	unnest(ARRAY['1.25', '1.35', '-1.25', '-1.35', '1.2', '1.251']) WITH ORDINALITY y(n, j) ORDER BY i, j));
SELECT * FROM pg_temp.feel('decimal(1250, -2)', 'decimal(1350, -2)', 'decimal(1/3, 2.9)', 'decimal(5.5, 6176)',
	'decimal(5.5, 6177)', 'round up(1, -6111) = 1e6111', 'round up(1, -6112)', 'decimal(1.5, null)',
	'decimal(null, 1)', 'decimal("1", 1)', 'decimal(1.55, 1, "UP")', 'decimal(1.55, 1, "sideways")',
	'decimal(1.55, 2, "unnecessary")', 'decimal(1.55, 1, "UNNECESSARY")', 'floor(1.5)',
	'ceiling(-1.5)', 'floor(n: 7.9)', 'floor(1.5, "1")', 'round up(1.5)');
-- modulo has the sign of the divisor, exactly.
SELECT * FROM pg_temp.feel('modulo(10, 4)', 'modulo(-10, 4)', 'modulo(10, -4)', 'modulo(-10, -4)',
	'modulo(10.1, 4.5)', 'modulo(-10.1, 4.5)', 'modulo(1e6000, 7)', 'modulo(5, 1e30)', 'modulo(-5, 1e30)',
	'modulo(1, 0)', 'modulo(1, null)', 'modulo("a", 1)', 'modulo(0.3, 0.1)');
SELECT * FROM pg_temp.feel('abs(-1.5)', 'abs(@"-P1Y")', 'abs(@"-PT1.5S")', 'abs("x")', 'odd(3)', 'odd(-3)',
	'odd(2.5)', 'even(0)', 'even(-2)', 'even(2.5)', 'odd(null)', 'even(1e30)', 'random number() < 1',
	'random number() >= 0');
-- Many values: a list or the values themselves.
SELECT * FROM pg_temp.feel('sum([1, 2.5])', 'sum(1, 2.5)', 'sum([])', 'sum(null)', 'sum([1, null])', 'sum([1, "2"])',
	'sum(7)', 'sum(list: [1, 2])', 'product([2, 3])', 'product([])', 'product([2, "3"])', 'mean([1, 2])', 'mean([])',
	'mean([1, 2, 2])', 'median([8, 2, 5, 3, 4])', 'median([6, 1, 2, 3])', 'median([])', 'median([1, "a"])',
	'stddev([2, 4, 7, 5])', 'stddev([1])', 'stddev([])', 'mode([6, 3, 9, 6, 6])', 'mode([6, 1, 9, 6, 1])', 'mode([])',
	'mode([1, "a"])', 'mode(3)', 'min([3, 1, 2])', 'min("b", "a")', 'min([])', 'min([1, "a"])', 'min([1, null])',
	'max([@"2024-01-01", @"2023-01-01"])', 'max(null)', 'max([@"P1D"])');

-- Numeric is the judge: what has 34 digits at the most must come out exactly, quotients and roots within half a unit of the 34th digit.
CREATE TEMP TABLE pair AS
SELECT a, b, jsonb_build_object('a', a, 'b', b) AS variables
FROM generate_series(1, 5000) AS i,
	LATERAL (SELECT (i * 7919 % 1000003 - 500000) * 98765432101::numeric + i, i * 104729 % 999983 - 499999.5) AS x (p, q),
	LATERAL (SELECT p * ('1e-' || i % 21)::numeric, q * ('1e' || i % 17 - 9)::numeric) AS y (a, b);
CREATE FUNCTION pg_temp.number(expression text, variables jsonb) RETURNS numeric AS
$$ SELECT (bpm.feel(expression, variables)->>0)::numeric $$ LANGUAGE sql;
CREATE FUNCTION pg_temp.half_unit(n numeric) RETURNS numeric AS
$$ SELECT ('0.5e' || floor(log(abs(n))) - 33)::numeric $$ LANGUAGE sql;
SELECT count(*) FILTER (WHERE pg_temp.number('a + b', variables) IS DISTINCT FROM a + b) AS sum,
	count(*) FILTER (WHERE pg_temp.number('a - b', variables) IS DISTINCT FROM a - b) AS difference,
	count(*) FILTER (WHERE pg_temp.number('a * b', variables) IS DISTINCT FROM a * b) AS product,
	count(*) FILTER (WHERE bpm.feel('a < b', variables) IS DISTINCT FROM to_jsonb(a < b)) AS comparison,
	count(*) FILTER (WHERE pg_temp.number('modulo(a, b)', variables) IS DISTINCT FROM mod(mod(a, b) + b, b)) AS modulo,
	count(*) FILTER (WHERE pg_temp.number('decimal(a, 2, "HALF_UP")', variables) IS DISTINCT FROM round(a, 2)) AS rounding
FROM pair;
SELECT count(*) FILTER (WHERE abs(quotient * b - a) > abs(b) * pg_temp.half_unit(quotient)) AS quotient,
	count(*) FILTER (WHERE abs(root * root - abs(a)) > 2.0000001 * root * pg_temp.half_unit(root)) AS root
FROM pair, pg_temp.number('a / b', variables) AS quotient, pg_temp.number('sqrt(abs(a))', variables) AS root
WHERE a <> 0;
