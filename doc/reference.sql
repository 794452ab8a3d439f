-- Writes doc/reference.md, from the catalog: make -s reference >doc/reference.md
\pset format unaligned
\pset tuples_only on
\pset pager off
\pset recordsep '\n'

\qecho '# Reference'
\qecho
\qecho 'Every function, table and setting of `bpm`. This page is made from the `COMMENT`s of the SQL objects, so `\\df+ bpm.*`'
\qecho 'and `\\d+ bpm.*` say the same; a test compares. What the functions do together is in the [guide](guide.md).'
\qecho
\qecho '## Functions'
\qecho
\qecho 'All of them run in the caller''s transaction. Arguments may be named: `bpm.start(process => ''order'')`.'

SELECT CASE WHEN lag(p.proname) OVER all_functions IS DISTINCT FROM p.proname
			THEN format(E'\n### %s', p.proname) ELSE '' END ||
		format(E'\n```sql\nbpm.%s(%s)\n```\n→ %s\n\n%s', p.proname,
			regexp_replace(regexp_replace(pg_get_function_arguments(p.oid), ', (OUT|TABLE) .*|^OUT .*', ''),
				'(DEFAULT (''[^'']*''|NULL))::\w+( \w+)*', '\1', 'g'),
			replace(pg_get_function_result(p.oid), 'timestamp with time zone', 'timestamptz'),
			coalesce(obj_description(p.oid, 'pg_proc'), 'no comment'))
	FROM pg_proc p
	WHERE p.pronamespace = 'bpm'::regnamespace AND p.prokind = 'f'
	WINDOW all_functions AS (ORDER BY p.proname COLLATE "C", pg_get_function_arguments(p.oid) COLLATE "C")
	ORDER BY p.proname COLLATE "C", pg_get_function_arguments(p.oid) COLLATE "C";

\qecho
\qecho '## Tables'
\qecho
\qecho 'Read them by plain SQL where you were granted it; only the functions write.'

SELECT E'\n' || format('### `%s`', c.relname) || E'\n\n' || coalesce(obj_description(c.oid, 'pg_class'), 'no comment') ||
		E'\n\n| column | type | |\n| --- | --- | --- |\n' ||
		(SELECT string_agg(format('| `%s` | %s%s | %s |', a.attname,
					replace(format_type(a.atttypid, a.atttypmod), 'timestamp with time zone', 'timestamptz'),
					CASE WHEN a.attnotnull OR c.relkind = 'v' THEN '' ELSE ', may be NULL' END,
					coalesce(col_description(c.oid, a.attnum), '')), E'\n' ORDER BY a.attnum)
			FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped)
	FROM pg_class c
	WHERE c.relnamespace = 'bpm'::regnamespace AND c.relkind IN ('r', 'p', 'v') AND NOT c.relispartition
		AND c.relname NOT LIKE 'event\_%'
	ORDER BY c.relkind = 'v', c.relname COLLATE "C";

\qecho
\qecho '## Settings'
\qecho
\qecho '| setting | default | changed | |'
\qecho '| --- | --- | --- | --- |'
SELECT format('| `%s` | `%s%s` | %s | %s |', name, boot_val, unit,
		CASE context WHEN 'postmaster' THEN 'at server start' WHEN 'sighup' THEN 'by reload'
			WHEN 'superuser' THEN 'by superusers' ELSE 'by anybody' END,
		short_desc)
	FROM pg_settings WHERE name LIKE 'bpm.%' ORDER BY name COLLATE "C";

\qecho
\qecho '## Errors'
\qecho
\qecho '| SQLSTATE | |'
\qecho '| --- | --- |'
\qecho '| `WF001` | model refused; all findings are in the detail |'
\qecho '| `WF002` | no such process, instance, job, task, … |'
\qecho '| `WF003` | wrong state: already done, suspended, locked by another worker |'
\qecho '| `WF004` | not permitted |'
\qecho '| `WF005` | bad argument |'
\qecho '| `WF006` | expression failed |'
\qecho '| `WF007` | limit reached |'
