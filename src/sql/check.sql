-- INVARIANTS: what is always true of the tables, whatever happened to the server.

CREATE FUNCTION bpm.check()
RETURNS TABLE (invariant text, instance bigint, detail text)
LANGUAGE sql STABLE SECURITY DEFINER PARALLEL SAFE
SET search_path = pg_catalog, pg_temp SET jit = off
AS $$
	WITH
	-- all that belongs to an instance
	owned (kind, id, instance, token) AS (
		SELECT 'token', id, instance, NULL FROM bpm.token
		UNION ALL SELECT 'job', id, instance, token FROM bpm.job
		UNION ALL SELECT 'task', id, instance, token FROM bpm.task
		UNION ALL SELECT 'timer', id, instance, token FROM bpm.timer WHERE instance IS NOT NULL
		UNION ALL SELECT 'subscription', id, instance, token FROM bpm.subscription WHERE instance IS NOT NULL
		UNION ALL SELECT 'incident', id, instance, token FROM bpm.incident WHERE resolved_at IS NULL
	),
	-- rows of the log and where each begins and ends
	logged (instance, first, last, before) AS (
		SELECT instance, seq, seq + cardinality(kinds) - 1,
			lag(seq + cardinality(kinds) - 1) OVER (PARTITION BY instance ORDER BY seq)
		FROM bpm.log
	),
	events (instance, count, first, last, gaps) AS (
		SELECT instance, sum(last - first + 1), min(first), max(last), count(*) FILTER (WHERE first <> before + 1)
		FROM logged GROUP BY instance
	)

	-- Rows and their instance

	SELECT 'rows belong to an instance', o.instance, format('%s %s: its instance does not exist', o.kind, o.id)
	FROM owned o
	WHERE NOT EXISTS (SELECT FROM bpm.instance i WHERE i.id = o.instance)
UNION ALL
	SELECT 'rows belong to an instance', s.instance, format('saga %s: its instance does not exist', s.id)
	FROM bpm.saga s
	WHERE NOT EXISTS (SELECT FROM bpm.instance i WHERE i.id = s.instance)
UNION ALL
	SELECT 'rows belong to an instance', e.instance, format('%s events: their instance does not exist', e.count)
	FROM events e
	WHERE NOT EXISTS (SELECT FROM bpm.instance i WHERE i.id = e.instance)
UNION ALL
	SELECT 'an ended instance is at rest', i.id,
		format('%s %s is still there, the instance is %s', o.kind, o.id, i.state)
	FROM bpm.instance i JOIN owned o ON o.instance = i.id
	WHERE i.ended_at IS NOT NULL AND o.kind <> 'incident'
UNION ALL
	SELECT 'rows of a token are of its instance', o.instance, format('%s %s is at token %s, %s', o.kind, o.id, o.token,
		CASE WHEN t.id IS NULL THEN 'which does not live' ELSE format('which is of instance %s', t.instance) END)
	FROM owned o LEFT JOIN bpm.token t ON t.id = o.token
	WHERE o.token IS NOT NULL AND t.instance IS DISTINCT FROM o.instance
	AND (o.kind <> 'incident'
		OR EXISTS (SELECT FROM bpm.instance i WHERE i.id = o.instance AND i.ended_at IS NULL))

	-- Instances

UNION ALL
	SELECT 'an instance is active until it ends', id, format('it is %s and %s', state,
		CASE WHEN ended_at IS NULL THEN 'has no end' ELSE format('ended at %s', ended_at) END)
	FROM bpm.instance
	WHERE state NOT IN ('active', 'completed', 'cancelled', 'failed') OR (state = 'active') <> (ended_at IS NULL)
UNION ALL
	SELECT 'an active instance has its definition', i.id, format('definition %s does not exist', i.definition)
	FROM bpm.instance i
	WHERE i.ended_at IS NULL
	AND NOT EXISTS (SELECT FROM bpm.definition d WHERE d.id = i.definition AND d.kind = 'process')
UNION ALL
	SELECT 'an active instance stands somewhere', i.id, 'it has no token'
	FROM bpm.instance i
	WHERE ended_at IS NULL AND children = 0
	AND NOT EXISTS (SELECT FROM bpm.incident c WHERE c.instance = i.id AND c.token IS NULL AND c.resolved_at IS NULL)
UNION ALL
	SELECT 'a called instance has its caller', i.id, format('parent: %s, token: %s, root: %s',
		coalesce(i.parent::text, 'none'), coalesce(i.parent_token::text, 'none'), i.root)
	FROM bpm.instance i LEFT JOIN bpm.instance p ON p.id = i.parent
	WHERE (i.parent IS NULL) <> (i.parent_token IS NULL)
	OR i.root IS DISTINCT FROM CASE WHEN i.parent IS NULL THEN i.id ELSE p.root END
UNION ALL
	SELECT 'a called instance is waited for', i.id, format('token %s of instance %s does not wait for it',
		i.parent_token, i.parent)
	FROM bpm.instance i
	WHERE i.parent_token IS NOT NULL AND i.ended_at IS NULL
	AND NOT EXISTS (SELECT FROM bpm.token t
		WHERE t.id = i.parent_token AND t.instance = i.parent AND t.state <> 'ready')

	-- Tokens

UNION ALL
	SELECT 'a scope counts its tokens', i.id,
		format('it counts %s in the outermost scope, there are %s', i.children, found.count)
	FROM bpm.instance i,
		LATERAL (SELECT count(*) FROM bpm.token t WHERE t.instance = i.id AND t.parent IS NULL) found
	WHERE i.children <> found.count
UNION ALL
	SELECT 'a scope counts its tokens', s.instance, format('token %s at %s counts %s in its scope, there are %s',
		s.id, s.element, s.children, found.count)
	FROM bpm.token s,
		LATERAL (SELECT count(*) FROM bpm.token t WHERE t.instance = s.instance AND t.parent = s.id) found
	WHERE s.children <> found.count
UNION ALL
	SELECT 'a token is in a scope', t.instance,
		format('token %s at %s: its scope %s does not live', t.id, t.element, t.parent)
	FROM bpm.token t
	WHERE t.parent IS NOT NULL
	AND NOT EXISTS (SELECT FROM bpm.token s WHERE s.id = t.parent AND s.instance = t.instance AND s.id <> t.id)
UNION ALL
	SELECT 'a token is ready, waits or has an incident', instance, format('token %s at %s is %s', id, element, state)
	FROM bpm.token
	WHERE state NOT IN ('ready', 'waiting', 'incident')
UNION ALL
	SELECT 'a waiting token waits for something', t.instance,
		format('token %s at %s (%s) waits for nothing', t.id, t.element, t.kind)
	FROM bpm.token t
	WHERE t.state = 'waiting' AND t.kind NOT IN ('join', 'adhoc') AND t.children = 0
	AND NOT EXISTS (SELECT FROM bpm.job w WHERE w.token = t.id)
	AND NOT EXISTS (SELECT FROM bpm.task w WHERE w.token = t.id)
	AND NOT EXISTS (SELECT FROM bpm.timer w WHERE w.instance = t.instance AND w.token = t.id)
	AND NOT EXISTS (SELECT FROM bpm.subscription w WHERE w.instance = t.instance AND w.token = t.id)
	AND NOT EXISTS (SELECT FROM bpm.saga w WHERE w.instance = t.instance AND w.thrower = t.id AND w.token IS NOT NULL)
	AND NOT EXISTS (SELECT FROM bpm.instance w
		WHERE w.parent IS NOT NULL AND w.parent_token = t.id AND w.ended_at IS NULL)
UNION ALL
	SELECT 'a join knows its arrivals', instance,
		format('token %s at %s: %s', id, element, coalesce(arrivals::text, 'none'))
	FROM bpm.token
	WHERE kind = 'join' AND (position(B'1' IN arrivals) > 0 OR arrivals IS NOT NULL AND data IS NOT NULL) IS NOT TRUE
UNION ALL
	SELECT 'a step is undone by a token', g.instance, format('saga %s (%s) is %s by token %s, which does not live',
		g.id, g.element, g.state, g.token)
	FROM bpm.saga g
	WHERE g.token IS NOT NULL AND NOT EXISTS (SELECT FROM bpm.token t WHERE t.id = g.token AND t.instance = g.instance)
UNION ALL
	SELECT 'items belong to a token', NULL, format('item %s of token %s, which does not live', i.position, i.token)
	FROM bpm.item i
	WHERE NOT EXISTS (SELECT FROM bpm.token t WHERE t.id = i.token)

	-- Jobs, tasks and incidents

UNION ALL
	SELECT 'a job is due as its state says', instance, format('job %s (%s) is %s, worker: %s, lock: %s, due: %s',
		id, type, state, coalesce(worker, 'none'), coalesce(locked_until::text, 'none'),
		coalesce(due_at::text, 'at once'))
	FROM bpm.job
	WHERE CASE state
		WHEN 'ready' THEN due_at IS NULL
		WHEN 'locked' THEN worker IS NOT NULL AND locked_until IS NOT NULL AND due_at = locked_until
		WHEN 'backoff' THEN due_at < 'infinity'
		WHEN 'incident' THEN due_at = 'infinity'
	END IS NOT TRUE
UNION ALL
	SELECT 'a claimed task has an assignee', instance, format('task %s at %s is %s, assignee: %s',
		id, element, state, coalesce(assignee, 'none'))
	FROM bpm.task
	WHERE CASE state WHEN 'claimed' THEN assignee IS NOT NULL WHEN 'open' THEN true END IS NOT TRUE
UNION ALL
	SELECT 'what stands still has an open incident', t.instance, format('token %s at %s has none', t.id, t.element)
	FROM bpm.token t
	WHERE t.state = 'incident'
	AND NOT EXISTS (SELECT FROM bpm.incident i
		WHERE i.instance = t.instance AND i.token = t.id AND i.resolved_at IS NULL)
UNION ALL
	SELECT 'what stands still has an open incident', j.instance, format('job %s (%s) has none', j.id, j.type)
	FROM bpm.job j
	WHERE j.state = 'incident'
	AND NOT EXISTS (SELECT FROM bpm.incident i
		WHERE i.instance = j.instance AND i.job = j.id AND i.resolved_at IS NULL)
UNION ALL
	SELECT 'an open incident holds something up', i.instance, format('job %s of incident %s %s', i.job, i.id,
		CASE WHEN j.id IS NULL THEN 'does not exist' ELSE format('is %s', j.state) END)
	FROM bpm.incident i LEFT JOIN bpm.job j ON j.id = i.job
	WHERE i.resolved_at IS NULL AND i.job IS NOT NULL AND j.state IS DISTINCT FROM 'incident'
	AND EXISTS (SELECT FROM bpm.instance n WHERE n.id = i.instance AND n.ended_at IS NULL)

	-- Timers and subscriptions that start instances

UNION ALL
	SELECT 'what starts instances has its definition', NULL,
		format('%s %s: definition %s does not exist', s.kind, s.id, s.definition)
	FROM (
		SELECT 'timer', id, definition FROM bpm.timer WHERE instance IS NULL
		UNION ALL SELECT 'subscription', id, definition FROM bpm.subscription WHERE instance IS NULL
	) s (kind, id, definition)
	WHERE NOT EXISTS (SELECT FROM bpm.definition d WHERE d.id = s.definition AND d.kind = 'process')
UNION ALL
	SELECT 'a subscription says for what', instance, format('subscription %s at %s (%s) has no name', id, element, kind)
	FROM bpm.subscription
	WHERE kind NOT IN ('message', 'signal', 'condition') OR (kind <> 'condition' AND name IS NULL)

	-- What is under way

UNION ALL
	SELECT 'a delivery says to whom', NULL, format('delivery %s (%s) has neither name nor subscription', id, kind)
	FROM bpm.delivery
	WHERE kind NOT IN ('message', 'signal') OR (name IS NULL AND subscription IS NULL)

	-- The event log

UNION ALL
	SELECT 'events are numbered without gaps', i.id, format('it counts %s; there are %s, from %s to %s', i.events,
		coalesce(e.count, 0), e.first, e.last)
	FROM bpm.instance i LEFT JOIN events e ON e.instance = i.id,
		-- where old events are dropped, the last ones are there
		(SELECT EXISTS (SELECT FROM bpm.segment)) AS h (dropped)
	WHERE NOT (h.dropped AND e.count IS NULL)
	AND (coalesce(e.count, 0) <> i.events - CASE WHEN h.dropped THEN e.first - 1 ELSE 0 END
		OR e.count > 0 AND (e.last <> i.events OR NOT h.dropped AND e.first <> 1
			OR e.gaps > 0))
UNION ALL
	SELECT 'each event has a member in each array', instance, format('from event %s on there are %s', seq,
		concat_ws(', ', format('%s kinds', cardinality(kinds)), cardinality(tokens) || ' tokens',
			cardinality(elements) || ' elements', cardinality(data) || ' data', cardinality(moves) || ' moves'))
	FROM bpm.log
	WHERE cardinality(kinds) <> ANY (ARRAY[cardinality(tokens), cardinality(elements), cardinality(data),
		cardinality(moves)])
$$;
COMMENT ON FUNCTION bpm.check() IS
'Looks for broken invariants: no row is good news. Reads all tables, the whole event log among them. '
'A row means a fault in bpm, or that somebody wrote to its tables.';
