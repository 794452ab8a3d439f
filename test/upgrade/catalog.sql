-- All that an extension has made, one line for each property: what an upgrade must end with, too.
WITH member AS (
	SELECT d.classid, d.objid, i.type, i.identity,
		(pg_identify_object(d.classid, d.objid, 0)).schema AS schema
	FROM pg_depend d, pg_identify_object(d.classid, d.objid, 0) i
	WHERE d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e'
	AND d.refobjid = (SELECT oid FROM pg_extension WHERE extname = 'bpm')),
relation AS (
	SELECT c.*, m.identity FROM member m JOIN pg_class c ON m.classid = 'pg_class'::regclass AND m.objid = c.oid)
SELECT replace(line, E'\n', ' ') AS line FROM (
SELECT format('%s %s', type, identity) AS line FROM member
UNION ALL
SELECT format('comment on %s %s: %s', type, identity, obj_description(objid, classid::regclass::name)) FROM member
UNION ALL
SELECT format('column %s of %s: %s %s %s%s%s, default %s, comment %s', a.attnum, r.identity, a.attname,
	format_type(a.atttypid, a.atttypmod), a.attnotnull, concat(a.attidentity, a.attgenerated), a.attcompression,
	pg_get_expr(d.adbin, d.adrelid), col_description(r.oid, a.attnum))
FROM relation r JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped
	LEFT JOIN pg_attrdef d ON d.adrelid = r.oid AND d.adnum = a.attnum
UNION ALL
SELECT format('relation %s: %s %s %s %s', identity, relkind, relpersistence, reloptions,
	(SELECT array_agg(g ORDER BY g::text) FROM unnest(coalesce(relacl,
		acldefault(CASE relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", relowner))) g))
FROM relation
UNION ALL
SELECT format('constraint of %s: %s %s', r.identity, c.conname, pg_get_constraintdef(c.oid))
FROM relation r JOIN pg_constraint c ON c.conrelid = r.oid
UNION ALL
SELECT format('index of %s: %s', r.identity, pg_get_indexdef(i.indexrelid))
FROM relation r JOIN pg_index i ON i.indrelid = r.oid
UNION ALL
SELECT format('trigger of %s: %s', r.identity, pg_get_triggerdef(t.oid))
FROM relation r JOIN pg_trigger t ON t.tgrelid = r.oid AND NOT t.tgisinternal
UNION ALL
SELECT format('partition of %s: %s', i.inhparent::regclass, pg_get_expr(r.relpartbound, r.oid))
FROM relation r JOIN pg_inherits i ON i.inhrelid = r.oid
UNION ALL
SELECT format('sequence %s: %s', r.identity, to_jsonb(s) - 'seqrelid')
FROM relation r JOIN pg_sequence s ON s.seqrelid = r.oid
UNION ALL
SELECT format('view %s: %s', r.identity, pg_get_viewdef(r.oid)) FROM relation r WHERE relkind = 'v'
UNION ALL
SELECT format('function %s: %s %s', m.identity, pg_get_functiondef(p.oid), (SELECT array_agg(g ORDER BY g::text)
	FROM unnest(coalesce(p.proacl, acldefault('f', p.proowner))) g))
FROM member m JOIN pg_proc p ON m.classid = 'pg_proc'::regclass AND m.objid = p.oid
UNION ALL
SELECT format('dumped: %s where %s', c::regclass, x) FROM pg_extension e, unnest(e.extconfig, e.extcondition) AS t(c, x)
WHERE extname = 'bpm') AS all_lines ORDER BY line COLLATE "C";
