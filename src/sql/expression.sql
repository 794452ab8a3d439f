-- FEEL: the expression language of conditions, mappings and decision tables, to be called from SQL.

CREATE FUNCTION bpm.feel(expression text, variables jsonb DEFAULT '{}') RETURNS jsonb
AS 'MODULE_PATHNAME', 'bpm_feel' LANGUAGE c STABLE PARALLEL SAFE;
COMMENT ON FUNCTION bpm.feel(text, jsonb) IS
'The value of a FEEL expression over variables, an object. Dates, times and durations become ISO text. An evaluation '
'that fails gives JSON null (why is told at client_min_messages = debug1), a text that does not parse raises WF006. '
'expression NULL gives NULL, variables NULL are none.';

CREATE FUNCTION bpm.feel_unary(tests text, input jsonb, variables jsonb DEFAULT '{}') RETURNS boolean
AS 'MODULE_PATHNAME', 'bpm_feel_unary' LANGUAGE c STABLE PARALLEL SAFE;
COMMENT ON FUNCTION bpm.feel_unary(text, jsonb, jsonb) IS
'Whether input passes the unary tests of a decision table cell, such as ''< 10, [20..30]''; in them ? is the '
'input. NULL when that cannot be said. tests NULL gives NULL, input NULL is FEEL''s null, variables NULL are none.';

CREATE FUNCTION bpm.feel_check(expression text) RETURNS TABLE ("position" int, message text)
AS 'MODULE_PATHNAME', 'bpm_feel_check' LANGUAGE c STABLE STRICT PARALLEL SAFE ROWS 1;
COMMENT ON FUNCTION bpm.feel_check(text) IS
'What is wrong with the text of a FEEL expression, and at which character, from 1. No row: it parses, or it is NULL.';

CREATE FUNCTION bpm.feel_typed(vector jsonb) RETURNS jsonb
AS 'MODULE_PATHNAME', 'bpm_feel_typed_sql' LANGUAGE c STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION bpm.feel_typed(jsonb) IS
'Evaluates the "expression" of a test vector with the "context" of names, of "contextTypes", that it declares, '
'converts to "resultType", all in an encoding in which no FEEL value is lost: {"value": …, "errors": [text…]}. '
'NULL gives NULL.';
