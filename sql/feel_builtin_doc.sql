-- Every example in doc/feel-functions.md is true, and every built-in function has one.
\getenv abs_srcdir PG_ABS_SRCDIR
SELECT pg_read_file(:'abs_srcdir' || '/doc/feel-functions.md') AS doc \gset
CREATE TEMP TABLE example AS
SELECT row_number() OVER () AS n, found[1] AS expression, found[2] AS result
FROM regexp_matches(:'doc', '^\| \| `(.*)` → `(.*)` \|$', 'gn') AS found;

-- What does not answer as it says.  An answer of null must be told apart from an error in the text.
SELECT expression, result, bpm.feel(expression) AS actual
FROM example
WHERE bpm.feel(CASE result WHEN 'null' THEN '(' || expression || ') = null'
			   ELSE 'is(' || expression || ', ' || result || ')' END) IS DISTINCT FROM 'true'
ORDER BY n;

-- Signatures without an example behind them.
SELECT found[1] AS signature
FROM regexp_matches(:'doc', '^\| `([^`]*)`[^\n]*\n(?!\| \| `)', 'gn') AS found;

-- What is in the tables of the source but not in the document, or the other way round.
CREATE TEMP TABLE source AS
SELECT DISTINCT found[1] AS name
FROM pg_ls_dir(:'abs_srcdir' || '/src/feel') AS file,
	pg_read_file(:'abs_srcdir' || '/src/feel/' || file) AS code,
	regexp_matches(code, '^\t\{"([^"]+)", \w+, [^"\n]*\d,', 'gn') AS found
WHERE file ~ '^builtin_\w+\.c$';
CREATE TEMP TABLE documented AS
SELECT DISTINCT found[1] AS name FROM regexp_matches(:'doc', '^\| `([\w ]+)\(', 'gn') AS found;
SELECT name AS undocumented FROM source EXCEPT SELECT name FROM documented ORDER BY 1;
SELECT name AS unknown FROM documented EXCEPT SELECT name FROM source ORDER BY 1;
SELECT (SELECT count(*) FROM source) AS functions, (SELECT count(*) FROM example) AS examples;
