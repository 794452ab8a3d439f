-- The engine's side of the property test: a whole walk in one call, and how an
-- instance stands after each step as text that the oracle can produce as well.
CREATE SCHEMA property;

-- The n-th, in the order in which they came to be, of what is open at an element.
CREATE FUNCTION property.nth(root bigint, what text, element text, n int) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE result bigint;
BEGIN
	SELECT o.id INTO result
		FROM (SELECT id, instance, o.element FROM bpm.job o WHERE what = 'job' AND o.element = $3
			UNION ALL SELECT id, instance, o.element FROM bpm.task o WHERE what = 'task' AND o.element = $3
			UNION ALL SELECT id, instance, o.element FROM bpm.incident o
				WHERE what = 'incident' AND o.element = $3 AND resolved_at IS NULL) o
			JOIN bpm.instance i ON i.id = o.instance AND i.root = $1 AND i.state = 'active'
		ORDER BY o.id OFFSET n - 1 LIMIT 1;
	RETURN result;
END $$;

-- Starts the process p, by a call or by an event that nobody else waits for.
CREATE FUNCTION property.begin(event jsonb, variables jsonb) RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
	IF jsonb_typeof(event) = 'null' THEN
		RETURN bpm.start('p', variables);
	ELSIF event->>0 = 'message' THEN
		RETURN bpm.publish(event->>1, NULL, variables);
	END IF;
	PERFORM bpm.signal(event->>1, variables);
	RETURN (SELECT max(id) FROM bpm.instance WHERE process = 'p');
END $$;

-- Does one thing that may happen to an instance from outside.
CREATE FUNCTION property.act(root bigint, a jsonb) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	CASE a->>0
		WHEN 'job' THEN PERFORM bpm.complete_job(property.nth(root, 'job', a->>1, (a->2)::int), a->3);
		WHEN 'task' THEN PERFORM bpm.complete_task(property.nth(root, 'task', a->>1, (a->2)::int), a->3);
		WHEN 'job_error' THEN PERFORM bpm.throw_error(property.nth(root, 'job', a->>1, (a->2)::int), a->>4, NULL, a->3);
		WHEN 'task_error' THEN
			PERFORM bpm.throw_task_error(property.nth(root, 'task', a->>1, (a->2)::int), a->>4, NULL, a->3);
		WHEN 'job_escalation' THEN
			PERFORM bpm.throw_escalation(property.nth(root, 'job', a->>1, (a->2)::int), a->>4, a->3);
		WHEN 'task_escalation' THEN
			PERFORM bpm.throw_task_escalation(property.nth(root, 'task', a->>1, (a->2)::int), a->>4, a->3);
		WHEN 'resolve' THEN PERFORM bpm.resolve(property.nth(root, 'incident', a->>1, (a->2)::int));
		WHEN 'message' THEN PERFORM bpm.publish(a->>1, NULL, a->3);
		WHEN 'signal' THEN PERFORM bpm.signal(a->>1, a->3);
		WHEN 'set' THEN PERFORM bpm.set_variables(root, a->3);
		WHEN 'tick' THEN
			PERFORM bpm.set_clock(timestamptz '2030-01-01 00:00+00' + (a->>1)::int * interval '1 second');
			PERFORM bpm.tick();
		WHEN 'cancel' THEN PERFORM bpm.cancel(root);
	END CASE;
END $$;

-- One line for each thing there is, sorted; Property::Game's describe() gives the same.
CREATE FUNCTION property.state(root bigint) RETURNS text LANGUAGE plpgsql AS $$
DECLARE result text; tree bigint[];
BEGIN
	tree := ARRAY(SELECT i.id FROM bpm.instance i WHERE i.root = $1);
	SELECT string_agg(line, E'\n' ORDER BY line COLLATE "C") INTO result FROM (
		SELECT concat_ws(' ', 'instance', i.process, i.state, i.error_code, i.variables)
			FROM bpm.instance i WHERE i.id = ANY (tree)
		UNION ALL SELECT concat_ws(' ', 'job', j.element, nullif(j.state, 'ready'))
			FROM bpm.job j WHERE j.instance = ANY (tree)
		UNION ALL SELECT concat_ws(' ', 'task', k.element) FROM bpm.task k WHERE k.instance = ANY (tree)
		UNION ALL SELECT concat_ws(' ', 'timer', t.element,
				extract(epoch FROM t.due_at - timestamptz '2030-01-01 00:00+00')::int)
			FROM bpm.timer t WHERE t.instance = ANY (tree)
		UNION ALL SELECT concat_ws(' ', 'wait', s.element, s.kind, s.name)
			FROM bpm.subscription s WHERE s.instance = ANY (tree)
		UNION ALL SELECT concat_ws(' ', 'join', t.element, array_to_string(bpm.arrivals(t.arrivals), ','))
			FROM bpm.token t WHERE t.instance = ANY (tree) AND t.kind = 'join'
		UNION ALL SELECT concat_ws(' ', 'local', t.element, t.variables)
			FROM bpm.token t WHERE t.instance = ANY (tree) AND t.variables <> '{}' AND t.kind <> 'body'
		UNION ALL SELECT concat_ws(' ', 'parked', t.element)
			FROM bpm.token t WHERE t.instance = ANY (tree) AND t.state = 'ready'
		UNION ALL SELECT concat_ws(' ', 'incident', n.element)
			FROM bpm.incident n WHERE n.instance = ANY (tree) AND n.resolved_at IS NULL
				AND EXISTS (SELECT FROM bpm.instance i WHERE i.id = n.instance AND i.state = 'active')
		UNION ALL SELECT concat_ws(' ', 'saga', s.element, s.state)
			FROM bpm.saga s WHERE s.instance = ANY (tree) AND s.handler IS NOT NULL
		UNION ALL SELECT concat_ws(' ', 'event', e.kind, e.element, count(*))
			FROM bpm.event e WHERE e.instance = ANY (tree)
				AND e.kind IN ('element_entered', 'element_completed', 'element_cancelled', 'flow_taken')
			GROUP BY e.kind, e.element
	) AS lines (line);
	RETURN result;
END $$;

-- Deploys a model, starts its process p and does all the actions: the states in between, then what check() has to say.
CREATE FUNCTION property.walk(model text, event jsonb, variables jsonb, actions jsonb, "check" boolean) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE started bigint; states text[] := '{}'; a jsonb; broken text; detail text;
BEGIN
	PERFORM bpm.set_clock(timestamptz '2030-01-01 00:00+00');
	BEGIN
		PERFORM bpm.deploy(model);
		started := property.begin(event, variables);
		states := states || property.state(started);
		FOR a IN SELECT value FROM jsonb_array_elements(actions) LOOP
			PERFORM property.act(started, a);
			states := states || property.state(started);
		END LOOP;
	EXCEPTION WHEN OTHERS THEN
		GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL;
		RETURN array_to_string(states || format('%s %s %s', SQLSTATE, SQLERRM, detail), E'\n==\n');
	END;
	IF "check" THEN
		SELECT string_agg(format('%s: %s', c.invariant, c.detail), E'\n') INTO broken FROM bpm.check() c;
		states := states || coalesce(broken, 'sound');
	END IF;
	IF EXISTS (SELECT FROM bpm.instance i WHERE i.id = started AND i.state = 'active') THEN
		PERFORM bpm.cancel(started);
	END IF;
	RETURN array_to_string(states, E'\n==\n');
END $$;

-- The same step by step, each in a transaction of its own and, if the caller likes, in a connection of its own.
CREATE TABLE property.walked (root bigint);

CREATE FUNCTION property.step(a jsonb) RETURNS text LANGUAGE plpgsql AS $$
DECLARE started bigint; detail text;
BEGIN
	IF a ? 'model' THEN
		DELETE FROM property.walked;
		PERFORM bpm.set_clock(timestamptz '2030-01-01 00:00+00');
		PERFORM bpm.deploy(a->>'model');
		INSERT INTO property.walked SELECT property.begin(a->'begin', a->'variables');
	END IF;
	SELECT root INTO started FROM property.walked;
	IF jsonb_typeof(a) = 'array' THEN
		PERFORM property.act(started, a);
	END IF;
	RETURN property.state(started);
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL;
	RETURN format('%s %s %s', SQLSTATE, SQLERRM, detail);
END $$;

CREATE FUNCTION property.finish() RETURNS text LANGUAGE plpgsql AS $$
DECLARE broken text;
BEGIN
	SELECT string_agg(format('%s: %s', c.invariant, c.detail), E'\n') INTO broken FROM bpm.check() c;
	PERFORM bpm.cancel(i.id) FROM property.walked w JOIN bpm.instance i ON i.id = w.root WHERE i.state = 'active';
	RETURN coalesce(broken, 'sound');
END $$;

-- Forgets what has ended, so that the tables stay small.
CREATE FUNCTION property.sweep() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	PERFORM bpm.cancel(id) FROM bpm.instance WHERE state = 'active' AND parent IS NULL;
	PERFORM bpm.undeploy(id) FROM bpm.definition;
	TRUNCATE bpm.instance, bpm.log, bpm.incident, bpm.saga, bpm.message, bpm.token, bpm.job, bpm.task, bpm.timer,
		bpm.subscription;
END $$;
