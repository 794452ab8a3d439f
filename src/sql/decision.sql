-- DECISIONS

CREATE FUNCTION bpm.dmn_typed(models text[], request jsonb) RETURNS jsonb
AS 'MODULE_PATHNAME', 'bpm_dmn_typed_sql' LANGUAGE c STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION bpm.dmn_typed(text[], jsonb) IS
'Evaluates decisions of the first model, which may import the others; nothing is deployed. request: {"kind": "decision" or '
'"decisionService", "invocable", "inputs", "inputNamespaces", "results": [name…]}; the answer is {"results": {name: {"value": …, '
'"errors": [text…]}}}, values in an encoding in which no FEEL value is lost. NULL gives NULL.';
