-- What a decision costs: tables of 20 and of 1,000 rules with three inputs, equality and intervals.
-- Run by bench/decide.sh, which sets :library.
\set ON_ERROR_STOP 1
SET client_min_messages = warning;
\pset footer off
CREATE EXTENSION IF NOT EXISTS bpm;
CREATE SCHEMA IF NOT EXISTS bench;
CREATE OR REPLACE FUNCTION bench.decide(xml text, decision text, variables jsonb, turns integer) RETURNS float8
AS :'library', 'bench_decide' LANGUAGE c STRICT;

-- Rule i: segment "sN", amount in an interval, years at least something.
CREATE OR REPLACE FUNCTION bench.model(rules integer) RETURNS text LANGUAGE sql AS $$
	SELECT format('<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" namespace="bench" name="bench">
		<inputData id="i1" name="segment"/><inputData id="i2" name="amount"/><inputData id="i3" name="years"/>
		<decision id="discount" name="Discount">
		<informationRequirement><requiredInput href="#i1"/></informationRequirement>
		<informationRequirement><requiredInput href="#i2"/></informationRequirement>
		<informationRequirement><requiredInput href="#i3"/></informationRequirement>
		<decisionTable hitPolicy="FIRST">
		<input><inputExpression><text>segment</text></inputExpression></input>
		<input><inputExpression><text>amount</text></inputExpression></input>
		<input><inputExpression><text>years</text></inputExpression></input>
		<output/>%s</decisionTable></decision></definitions>',
		string_agg(format('<rule><inputEntry><text>"s%s"</text></inputEntry>'
			'<inputEntry><text>[%s..%s)</text></inputEntry>'
			'<inputEntry><text>&gt;= %s</text></inputEntry><outputEntry><text>%s</text></outputEntry></rule>',
			i % 10, i / 10 * 100, i / 10 * 100 + 100, i % 7, i), '' ORDER BY i))
	FROM generate_series(0, rules - 1) i
$$;

-- Warm up, then measure; the last rule that can match is asked for.
SELECT bench.decide(bench.model(20), 'discount', '{"segment": "s9", "amount": 150, "years": 6}', 1000) > 0 AS warm;
SELECT rules, round(min(bench.decide(bench.model(rules), 'discount',
	jsonb_build_object('segment', 's9', 'amount', rules * 10 - 49.5, 'years', 6), 200000))::numeric)
	AS "ns per decision"
FROM (VALUES (20), (1000)) t(rules), generate_series(1, 5) GROUP BY rules ORDER BY rules;
SELECT round(min(bench.decide(bench.model(20), 'discount', '{"segment": "none", "amount": 150, "years": 6}',
	200000))::numeric) AS "ns when no rule matches"
FROM generate_series(1, 5);
DROP SCHEMA bench CASCADE;
