-- What the tests of sagas share, beside test/prelude.sql.

-- An activity with a compensation handler: a user task each, or what is given.
CREATE FUNCTION pg_temp.step(id text, handler text DEFAULT '<userTask id="undo_%1$s" isForCompensation="true"/>',
	activity text DEFAULT '<userTask id="%1$s"/>') RETURNS text LANGUAGE sql AS $$
	SELECT format(activity
		|| '<boundaryEvent id="x_%1$s" attachedToRef="%1$s"><compensateEventDefinition/></boundaryEvent>'
		|| handler || '<association id="as_%1$s" sourceRef="x_%1$s" targetRef="undo_%1$s"/>', id)
$$;
CREATE FUNCTION pg_temp.throw(id text, more text DEFAULT '', kind text DEFAULT 'intermediateThrowEvent') RETURNS text
LANGUAGE sql AS $$
	SELECT format('<%3$s id="%1$s"><compensateEventDefinition %2$s/></%3$s>', id, more, kind)
$$;
CREATE FUNCTION pg_temp.saga(instance bigint) RETURNS TABLE (seq bigint, element text, handler text, state text,
	variables jsonb) LANGUAGE sql AS $$
	SELECT seq, element, handler, state, variables FROM bpm.saga s WHERE s.instance = $1 ORDER BY s.seq
$$;
