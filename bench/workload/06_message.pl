# Finding the one that waits, among many.

my $waiting = size(100000, 1000000);
my $publish = <<"END";
\\set n random(1, $waiting)
SELECT :schema.publish('paid', 'order-' || :n, '{"amount": 120}');
END

{
	title => "publish a message to one of $waiting that wait; a step is a message",
	setup => <<'END',
SELECT FROM bpm.deploy('{"process": "message", "nodes": [{"id": "wait", "kind": "intermediateCatchEvent",
	"message": {"name": "paid", "key": "=order"}}], "flows": []}'::jsonb);

CREATE OR REPLACE FUNCTION floor.start(process text, variables jsonb) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	i bigint := nextval('floor.id_seq');
	t bigint := nextval('floor.id_seq');
	at timestamptz := now();
BEGIN
	INSERT INTO floor.instance (id, definition, process, version, state, suspended, variables, root, children, events,
			started_at, started_by)
		VALUES (i, 1, process, 1, 'active', false, variables, i, 1, 2, at, current_user);
	INSERT INTO floor.token (id, instance, element, kind, state, children, since)
		VALUES (t, i, 'wait', 'event', 'waiting', 0, at);
	INSERT INTO floor.subscription (id, instance, token, definition, element, kind, name, correlation_key, armed, since)
		VALUES (nextval('floor.id_seq'), i, t, 1, 'wait', 'message', 'paid', variables ->> 'order', false, at);
	INSERT INTO floor.log (instance, seq, at, actor, kinds, tokens, elements, data) VALUES
		(i, 1, at, current_user, '{1,7}', ARRAY[NULL, t], '{NULL,wait}', ARRAY[variables, NULL]);
	RETURN i;
END $$;

CREATE OR REPLACE FUNCTION floor.publish(message text, correlation_key text, variables jsonb) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
	s floor.subscription;
	i floor.instance;
	at timestamptz := now();
BEGIN
	SELECT * INTO s FROM floor.subscription
		WHERE kind = 'message' AND name = message AND subscription.correlation_key = publish.correlation_key
		ORDER BY id LIMIT 1;
	SELECT * INTO i FROM floor.instance WHERE id = s.instance AND state = 'active' FOR NO KEY UPDATE;
	IF NOT FOUND THEN
		RETURN NULL;
	END IF;
	DELETE FROM floor.subscription WHERE id = s.id;
	DELETE FROM floor.token WHERE id = s.token;
	UPDATE floor.instance SET state = 'completed', variables = i.variables || publish.variables,
			children = 0, events = i.events + 4, ended_at = at
		WHERE id = i.id;
	INSERT INTO floor.log (instance, seq, at, actor, kinds, tokens, elements, data) VALUES
		(i.id, i.events + 1, at, current_user, '{19,11,8,2}', ARRAY[s.token, NULL, s.token, NULL],
			'{wait,NULL,wait,NULL}', ARRAY[NULL, variables, NULL, NULL]);
	RETURN i.id;
END $$;
END
	cases => [
		map { {
			name => "$_ client(s)", unit => 'message', clients => $_, script => $publish,
			before => "TRUNCATE :schema.instance, :schema.token, :schema.subscription, :schema.log;\n"
			  . "CALL bench.fill(\$\$:schema.start('message', jsonb_build_object('order', 'order-' || n))\$\$,"
			  . " $waiting);\nANALYZE;" } } 1, 16
	],
};
