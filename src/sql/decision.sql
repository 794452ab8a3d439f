-- DECISIONS

CREATE FUNCTION bpm.decide(decision text, variables jsonb DEFAULT '{}', version integer DEFAULT NULL) RETURNS jsonb
AS 'MODULE_PATHNAME', 'bpm_decide' LANGUAGE c STABLE PARALLEL UNSAFE;
COMMENT ON FUNCTION bpm.decide(text, jsonb, integer) IS
'The value of a deployed decision, whose inputs are the variables of the same names. version: NULL is the latest. '
'Numbers are JSON numbers, dates, times and durations ISO texts, in both directions. WF002: no such decision or '
'version. WF005: variables are no object. WF006: it failed; the detail says in which decision, rule and cell.';

CREATE FUNCTION bpm.dmn_typed(models text[], request jsonb) RETURNS jsonb
AS 'MODULE_PATHNAME', 'bpm_dmn_typed_sql' LANGUAGE c STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION bpm.dmn_typed(text[], jsonb) IS
'Evaluates decisions of the first model, which may import the others; nothing is deployed. request: {"kind": '
'"decision" or "decisionService", "invocable", "inputs", "inputNamespaces", "results": [name…]}; the answer is '
'{"results": {name: {"value": …, "errors": [text…]}}}, values in an encoding in which no FEEL value is lost. '
'NULL gives NULL.';
