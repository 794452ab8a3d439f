-- Decision tables: hit policies, aggregation, input and output values, defaults, and what cells may say.
\a\t
CREATE FUNCTION pg_temp.cell(element text, content text) RETURNS text LANGUAGE sql AS $$
	SELECT format('<%s><text><![CDATA[%s]]></text></%1$s>', element, content)
$$;
-- A table: attributes, inputs, outputs, and rules whose cells are parted by bars.
CREATE FUNCTION pg_temp.tab(attributes text, inputs text[], outputs text[], rules text[], inner_xml text DEFAULT '')
RETURNS text LANGUAGE sql AS $$
	SELECT format('<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" namespace="t" name="t">%s
<decision id="d" name="d"><decisionTable %s>%s%s%s</decisionTable></decision></definitions>', inner_xml, attributes,
		(SELECT string_agg(format('<input>%s%s</input>', pg_temp.cell('inputExpression', split_part(i, '|', 1)),
			CASE WHEN i LIKE '%|%' THEN pg_temp.cell('inputValues', split_part(i, '|', 2)) ELSE '' END), '') FROM unnest(inputs) i),
		(SELECT string_agg(format('<output name="%s">%s%s</output>', split_part(o, '|', 1),
			CASE WHEN split_part(o, '|', 2) <> '' THEN pg_temp.cell('outputValues', split_part(o, '|', 2)) ELSE '' END,
			CASE WHEN split_part(o, '|', 3) <> '' THEN pg_temp.cell('defaultOutputEntry', split_part(o, '|', 3)) ELSE '' END), '')
			FROM unnest(outputs) o),
		(SELECT string_agg('<rule>' || (
			SELECT string_agg(pg_temp.cell(CASE WHEN n <= cardinality(inputs) THEN 'inputEntry' ELSE 'outputEntry' END, c), '' ORDER BY n)
			FROM regexp_split_to_table(r, '\s*\|\s*') WITH ORDINALITY c(c, n)) || '</rule>', '' ORDER BY place)
			FROM unnest(rules) WITH ORDINALITY u(r, place)))
$$;
-- Deploys it, asks for each of some variables, and takes it away.
CREATE FUNCTION pg_temp.ask(model text, VARIADIC variables text[]) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
	v text;
	why text;
BEGIN
	PERFORM bpm.deploy(model);
	FOREACH v IN ARRAY variables LOOP
		BEGIN
			RETURN NEXT format('%s -> %s', v, bpm.decide('d', v::jsonb));
		EXCEPTION WHEN SQLSTATE 'WF006' THEN
			GET STACKED DIAGNOSTICS why = PG_EXCEPTION_DETAIL;
			RETURN NEXT format('%s -> failed: %s', v, why);
		END;
	END LOOP;
	PERFORM bpm.undeploy(id) FROM bpm.definition WHERE key = 'd';
END $$;

-- Unique, with a hole and an overlap.
SELECT * FROM pg_temp.ask(pg_temp.tab('', '{a,b}', '{r}', '{"< 10 | \"x\" | 1","[10..20) | \"x\",\"y\" | 2","[15..30] | \"y\" | 3"}'),
	'{"a": 5, "b": "x"}', '{"a": 10, "b": "y"}', '{"a": 15, "b": "y"}', '{"a": 20, "b": "y"}', '{"a": 31, "b": "y"}', '{"a": "5", "b": "x"}',
	'{"a": null, "b": "x"}', '{"b": "x"}');
-- Any, First, Priority, Rule order, Output order, Collect, over the same rules.
SELECT p, t.* FROM unnest('{ANY,FIRST,PRIORITY,"RULE ORDER","OUTPUT ORDER",COLLECT}'::text[]) p, pg_temp.ask(
	pg_temp.tab(format('hitPolicy="%s"', p), '{a}', ARRAY['r|"high", "low"'], '{"> 1 | \"low\"","> 2 | \"low\"","> 3 | \"high\""}'),
	'{"a": 1}', '{"a": 2}', '{"a": 3}', '{"a": 4}') t;
-- Several outputs: by all of them, from the left; one without output values does not count.
SELECT p, t.* FROM unnest('{PRIORITY,"OUTPUT ORDER"}'::text[]) p, pg_temp.ask(
	pg_temp.tab(format('hitPolicy="%s"', p), '{a}', ARRAY['p|"B", "A"', 'q', 'r|1, 2'],
		'{"- | \"A\" | 1 | 1","- | \"B\" | 9 | 2","- | \"B\" | 8 | 1"}'), '{}') t;
-- Aggregation, also of nothing.
SELECT g, t.* FROM unnest('{SUM,MIN,MAX,COUNT}'::text[]) g, pg_temp.ask(
	pg_temp.tab(format('hitPolicy="COLLECT" aggregation="%s"', g), '{a}', '{r}', '{"> 1 | 1.5","> 2 | 2","> 3 | a"}'),
	'{"a": 9}', '{"a": 3}', '{"a": 0}') t;
SELECT * FROM pg_temp.ask(pg_temp.tab('hitPolicy="COLLECT" aggregation="SUM"', '{a}', '{r}', '{"- | 1","- | \"x\""}'), '{}');
-- Defaults: of one output, of several.
SELECT * FROM pg_temp.ask(pg_temp.tab('', '{a}', ARRAY['r||"none"'], '{"1 | \"one\""}'), '{"a": 1}', '{"a": 2}');
SELECT * FROM pg_temp.ask(pg_temp.tab('', '{a}', ARRAY['r||a + 1', 's'], '{"1 | 1 | 2"}'), '{"a": 1}', '{"a": 2}');
-- Input values: what is none of them matches nothing.
SELECT * FROM pg_temp.ask(pg_temp.tab('hitPolicy="FIRST"', ARRAY['a|"x", "y"'], '{r}', '{"\"x\" | 1","- | 2"}'), '{"a": "x"}', '{"a": "y"}', '{"a": "z"}');
-- Cells: other inputs, the input itself, negation, lists, null, booleans, dates, contexts, functions, an empty one.
SELECT * FROM pg_temp.ask(pg_temp.tab('hitPolicy="COLLECT"', '{a,b}', '{r}',
	'{"b | - | \"equal\"","> b | - | \"more\"","not(b) | | \"other\"","? * 2 = b | - | \"half\"","null | - | \"null\"","true | - | \"true\"",
	"[1, 2], 5 | - | \"listed\"","not(1, 2) | - | \"neither\"","abs(?) > 3 | - | \"far\"","odd(?) | - | \"odd\""}'),
	'{"a": 1, "b": 1}', '{"a": 2, "b": 4}', '{"a": 5, "b": 4}', '{"a": -7, "b": null}', '{"a": null, "b": 1}', '{"a": true, "b": true}',
	'{"a": [1, 2], "b": 0}', '{"a": "s", "b": "r"}');
SELECT * FROM pg_temp.ask(pg_temp.tab('hitPolicy="COLLECT"', '{date(a)}', '{r}',
	'{"< date(\"2024-02-29\") | \"before\"","[date(\"2024-01-01\")..date(\"2024-12-31\")] | \"in 2024\"","? + duration(\"P1D\") = date(\"2024-03-01\") | \"leap day\""}'),
	'{"a": "2024-02-29"}', '{"a": "2024-02-28"}', '{"a": "2025-01-01"}', '{"a": "never"}');
-- Strings in order of their code points, numbers by value.
SELECT * FROM pg_temp.ask(pg_temp.tab('hitPolicy="COLLECT"', '{a}', '{r}', '{"< \"b\" | 1","[\"a\"..\"c\"] | 2","\"Ä\" | 3","1.0 | 4","[1..1] | 5"}'),
	'{"a": "a"}', '{"a": "B"}', '{"a": "Ä"}', '{"a": 1}', '{"a": 1.00}');
-- A rule without inputs, a table without rules.
SELECT * FROM pg_temp.ask(pg_temp.tab('', '{}', '{r}', '{"1"}'), '{}');
SELECT * FROM pg_temp.ask(pg_temp.tab('', '{a}', '{r}', '{}'), '{"a": 1}');
-- More rules than a word has bits: the index agrees with asking each rule.
WITH model AS (
	SELECT pg_temp.tab('hitPolicy="COLLECT"', '{a,b}', '{r}', array_agg(format('%s | %s | %s',
		CASE i % 4 WHEN 0 THEN '-' WHEN 1 THEN format('[%s..%s)', i, i + 50) WHEN 2 THEN format('< %s', i) ELSE format('%s, %s', i, i + 7) END,
		CASE i % 3 WHEN 0 THEN format('"s%s"', i % 5) WHEN 1 THEN 'not("s1")' ELSE '-' END, i) ORDER BY i)) AS xml
	FROM generate_series(0, 299) i
), asked AS (
	SELECT bpm.deploy(xml) FROM model
), answers AS (
	SELECT a, b, bpm.decide('d', jsonb_build_object('a', a, 'b', 's' || b)) AS found
	FROM asked, generate_series(-1, 310, 7) a, generate_series(0, 5) b
), expected AS (
	SELECT a, b, coalesce(jsonb_agg(i ORDER BY i) FILTER (WHERE
		CASE i % 4 WHEN 0 THEN true WHEN 1 THEN a >= i AND a < i + 50 WHEN 2 THEN a < i ELSE a IN (i, i + 7) END AND
		CASE i % 3 WHEN 0 THEN b = i % 5 WHEN 1 THEN b <> 1 ELSE true END), 'null') AS wanted
	FROM answers, generate_series(0, 299) i GROUP BY a, b
)
SELECT count(*), count(*) FILTER (WHERE found = wanted) FROM answers JOIN expected USING (a, b);
SELECT bpm.undeploy(id) FROM bpm.definition WHERE key = 'd';
-- The name that Camunda gives an input.
SELECT * FROM pg_temp.ask(replace(pg_temp.tab('', '{a * 2}', '{r}', '{"? > 5 and double < 9 | double + 1"}'), '<input>',
	'<input xmlns:camunda="http://camunda.org/schema/1.0/dmn" camunda:inputVariable="double">'), '{"a": 4}', '{"a": 5}');
SELECT * FROM pg_temp.ask(replace(pg_temp.tab('', '{a * 2}', '{r}', '{"- | a"}'), '<input>',
	'<input xmlns:camunda="http://camunda.org/schema/1.0/dmn" camunda:inputVariable="a">'), '{"a": 4}', '{}');
-- So many different constants that neighbours share a set.
SELECT count(*) FROM bpm.deploy((SELECT pg_temp.tab('', '{a}', '{r}', array_agg(format('%s | %s', i, i) ORDER BY i)) FROM generate_series(0, 2999) i));
SELECT count(*), count(*) FILTER (WHERE found = CASE WHEN a BETWEEN 0 AND 2999 AND a = floor(a) THEN to_jsonb(a::int) ELSE 'null' END)
FROM (SELECT a, bpm.decide('d', jsonb_build_object('a', a)) AS found FROM generate_series(-1, 3001, 0.5) a) s;
SELECT bpm.undeploy(id) FROM bpm.definition WHERE key = 'd';
