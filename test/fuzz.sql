-- Throws mutations of sound texts at whatever reads texts from outside: FEEL, DMN, BPMN, JSON.
--
--	psql -X -v seconds=600 -v seed=0.1 -f test/fuzz.sql		in a database of its own, from the root of the project
--
-- Any answer will do, and so will an error of class WF.  Any other error is a finding, and printed.  A server that dies
-- or hangs is one, too: what it was given last is the last row of fuzz.tried.  A finding becomes a test.
\if :{?seconds} \else \set seconds 60 \endif
\if :{?seed} \else \set seed 0.1 \endif
SET client_min_messages = warning;
SET synchronous_commit = off;
CREATE EXTENSION IF NOT EXISTS bpm;
DROP SCHEMA IF EXISTS fuzz CASCADE;
CREATE SCHEMA fuzz;
CREATE TABLE fuzz.corpus (id int GENERATED ALWAYS AS IDENTITY, kind text, source text);
CREATE TABLE fuzz.tried (id bigint GENERATED ALWAYS AS IDENTITY, kind text, source text);
CREATE TABLE fuzz.finding (state text, message text, kind text, source text);

-- The corpus: the tests and the examples themselves.
\set feel `cat sql/feel_*.sql`
\set functions `cat doc/feel-functions.md`
\set rules `cat sql/dmn_*.sql examples/*/*.dmn`
\set discount `cat examples/discount/discount.dmn`
\set order `cat examples/order/order.bpmn`
\set approval `cat examples/approval/approval.bpmn`
\set json `cat doc/json.md`
INSERT INTO fuzz.corpus (kind, source)
	SELECT 'feel', m[1] FROM regexp_matches(:'feel', $$'([^'\n]{3,200})'$$, 'g') m
	UNION ALL SELECT 'feel', m[1] FROM regexp_matches(:'functions', '`([^`\n]{3,200})`', 'g') m
	UNION ALL SELECT 'cell', m[1] FROM regexp_matches(:'rules', '\\"([^\\\n|]{2,80}) \|', 'g') m
	UNION ALL SELECT 'dmn', :'discount' FROM generate_series(1, 400)
	UNION ALL SELECT 'dmn', format('<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" namespace="t">%s'
		'<decision id="d" name="d">%s</decision></definitions>',
		CASE WHEN n % 2 = 0 THEN m[1] END, CASE WHEN n % 2 = 1 THEN m[1] END)
		FROM regexp_matches(:'rules', '(<[a-zA-Z][^'']{20,})''', 'g') WITH ORDINALITY r(m, n)
	UNION ALL SELECT 'json', m[1] FROM regexp_matches(:'json', '```json\n(.*?)\n```', 'g') m, generate_series(1, 20)
	UNION ALL SELECT 'bpmn', s FROM unnest(ARRAY[:'order', :'approval']) s, generate_series(1, 100);
SELECT kind, count(DISTINCT source) FROM fuzz.corpus GROUP BY kind ORDER BY kind;

-- Words that mean something to one reader or another.
CREATE TABLE fuzz.word AS SELECT w AS word FROM unnest(ARRAY[
	'(', ')', '[', ']', '{', '}', '..', '-', '?', '"', ',', '.', 'null', 'true', 'not(', 'for x in ',
	' return ', 'some x in ', ' satisfies ', 'if ', ' then ', ' else ', 'item', 'function(a) a(a)', 'partial',
	' instance of ', ' between ', ' and ', '@"2024-02-30"', '1e9999', '**', '/0', 'sort(',
	'999999999999999999999999999999', 'duration("P1Y")', 'replace("aaa", "(a*)*b", "")', 'list<', 'external {',
	'`', E'\\', E'\u00e4', E'\U0001F600', '&lt;', '&#0;', '<![CDATA[', ']]>', '<!DOCTYPE a [', '<list>',
	'</list>', '<rule/>', '<context>', '<decisionTable hitPolicy="PRIORITY">', '<invocation>',
	' href="#amount"', ' typeRef="tSegment"', ' isCollection="true"']) w;

-- One to five times: drop a piece, double one, put in a word, copy a piece from elsewhere.
CREATE FUNCTION fuzz.mutate(source text, other text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	at int;
	len int;
BEGIN
	FOR i IN 1 .. 1 + (random() * 4)::int LOOP
		at := (random() * length(source))::int;
		len := (random() ^ 3 * 60)::int;
		source := left(source, at) || CASE (random() * 3)::int
			WHEN 0 THEN ''
			WHEN 1 THEN repeat(substr(source, at + 1, len), 2)
			WHEN 2 THEN (SELECT word FROM fuzz.word ORDER BY random() LIMIT 1) || substr(source, at + 1, len)
			ELSE substr(other, (random() * length(other))::int, len) END || substr(source, at + len + 1);
	END LOOP;
	RETURN source;
END $$;

-- Whatever reads texts of that kind.
CREATE FUNCTION fuzz.try(kind text, source text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	IF kind = 'feel' THEN
		PERFORM bpm.feel(source, '{"a": 1, "b": "x", "list": [1, {"c": null}], "amount": 12.5}');
	ELSIF kind = 'cell' THEN
		PERFORM bpm.feel_unary(source, '5', '{"a": 1, "b": "x"}'), bpm.feel_unary(source, '"x"');
	ELSIF kind = 'dmn' THEN
		PERFORM bpm.dmn_typed(ARRAY[source], '{"results": ["d", "Discount"],
			"inputs": {"points": {"number": "150"}, "amount": {"number": "5"}}}');
		PERFORM count(*) FROM bpm.check_model(source);
		PERFORM bpm.decide(key, '{"points": 5, "a": 1, "b": "x"}') FROM bpm.deploy(source);
	ELSIF kind = 'json' THEN
		PERFORM count(*) FROM bpm.check_model(source);
		PERFORM bpm.to_xml(definition) FROM bpm.deploy(source);
	ELSE
		PERFORM count(*) FROM bpm.check_model(source);
	END IF;
END $$;

CREATE PROCEDURE fuzz.run(seconds float8) LANGUAGE plpgsql AS $$
DECLARE
	began timestamptz := clock_timestamp();
	one int;
	other int;
	chosen fuzz.corpus;
	mutant text;
	n int := (SELECT count(*) FROM fuzz.corpus);
BEGIN
	WHILE clock_timestamp() < began + seconds * interval '1 s' LOOP
		one := 1 + (random() * (n - 1))::int;
		other := 1 + (random() * (n - 1))::int;
		SELECT * INTO chosen FROM fuzz.corpus WHERE id = one;
		mutant := fuzz.mutate(chosen.source, (SELECT source FROM fuzz.corpus WHERE id = other));
		INSERT INTO fuzz.tried (kind, source) VALUES (chosen.kind, mutant);
		DELETE FROM fuzz.tried WHERE id < (SELECT max(id) FROM fuzz.tried) - 100;
		COMMIT;
		DECLARE
			state text;
			message text;
		BEGIN
			PERFORM fuzz.try(chosen.kind, mutant);
			RAISE EXCEPTION SQLSTATE 'WF000';	-- undoes what it did
		EXCEPTION WHEN OTHERS THEN
			GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT;
			IF state NOT LIKE 'WF%' THEN
				INSERT INTO fuzz.finding VALUES (state, message, chosen.kind, mutant);
			END IF;
		END;
		COMMIT;
	END LOOP;
END $$;

CREATE UNIQUE INDEX ON fuzz.corpus (id);
SELECT setseed(:seed) \g /dev/null
CALL fuzz.run(:seconds);
SELECT max(id) AS tried FROM fuzz.tried;
SELECT DISTINCT ON (state, kind) * FROM fuzz.finding;
