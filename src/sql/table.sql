-- TABLES: written by the verbs alone, readable by grant.
--
-- One sequence gives all ids, so an id names one thing in the whole schema.
-- What an index serves is said beside it; columns that change often are in none.

CREATE SEQUENCE bpm.id_seq;
COMMENT ON SEQUENCE bpm.id_seq IS 'ids of all rows';

CREATE TABLE bpm.definition (
	id				bigint PRIMARY KEY,
	kind			text NOT NULL CHECK (kind IN ('process', 'decision')),
	key				text NOT NULL,
	version			integer NOT NULL,
	name			text,
	version_tag		text,
	deployment		bigint NOT NULL,
	source			text NOT NULL,
	search_path		text NOT NULL,
	deployed_at		timestamptz NOT NULL,
	deployed_by		text NOT NULL,
	UNIQUE (kind, key, version)
);
COMMENT ON TABLE bpm.definition IS 'what was deployed; a row never changes';

CREATE TABLE bpm.handler (
	type			text PRIMARY KEY,
	function		regprocedure NOT NULL,
	mode			text NOT NULL CHECK (mode IN ('inline', 'async')),
	registered_by	text NOT NULL
);
COMMENT ON TABLE bpm.handler IS 'stored functions that do the jobs of a type';

CREATE TABLE bpm.job_type (
	type			text PRIMARY KEY,
	retries			integer NOT NULL CHECK (retries >= 0),
	backoff			text,
	notify			boolean NOT NULL
);
COMMENT ON TABLE bpm.job_type IS 'what holds for all jobs of a type, where their elements do not say otherwise';

CREATE TABLE bpm.instance (
	id				bigint PRIMARY KEY,
	definition		bigint NOT NULL,
	process			text NOT NULL,
	version			integer NOT NULL,
	business_key	text,
	state			text NOT NULL,
	suspended		boolean NOT NULL,
	variables		jsonb NOT NULL,
	root			bigint NOT NULL,
	parent			bigint,
	parent_token	bigint,
	children		integer NOT NULL,
	events			bigint NOT NULL,
	started_at		timestamptz NOT NULL,
	ended_at		timestamptz,
	started_by		text NOT NULL,
	error_code		text
) WITH (fillfactor = 80);
COMMENT ON TABLE bpm.instance IS
	'process instances, living and ended; the row of the outermost caller is the lock of its whole tree';
CREATE INDEX instance_business_key ON bpm.instance (business_key, process) WHERE business_key IS NOT NULL;
CREATE INDEX instance_called ON bpm.instance (root) WHERE parent IS NOT NULL;

CREATE TABLE bpm.token (
	id				bigint PRIMARY KEY,
	instance		bigint NOT NULL,
	parent			bigint,
	element			text NOT NULL,
	kind			text NOT NULL,
	state			text NOT NULL,
	variables		jsonb,
	children		integer NOT NULL,
	arrivals		bit varying,
	data			jsonb,
	since			timestamptz NOT NULL
) WITH (fillfactor = 80);
COMMENT ON TABLE bpm.token IS 'where live instances stand';
CREATE INDEX token_scope ON bpm.token (instance, parent);		-- the tokens of an instance, of one scope
CREATE UNIQUE INDEX token_join ON bpm.token (instance, parent, element) NULLS NOT DISTINCT WHERE kind = 'join';
CREATE INDEX token_ready ON bpm.token (id) WHERE state = 'ready';	-- parked for the worker: nearly always empty

CREATE TABLE bpm.job (
	id				bigint PRIMARY KEY,
	instance		bigint NOT NULL,
	token			bigint NOT NULL UNIQUE,
	element			text NOT NULL,
	type			text NOT NULL,
	state			text NOT NULL,
	retries			integer NOT NULL,
	priority		integer NOT NULL,
	worker			text,
	locked_until	timestamptz,
	due_at			timestamptz,
	headers			jsonb,
	error			text,
	backoff			text,
	failures		integer NOT NULL,
	created_at		timestamptz NOT NULL
) WITH (fillfactor = 80);
COMMENT ON TABLE bpm.job IS 'work that waits for a worker or is being done';
-- due_at says when a job may be taken: at once (NULL: ready), when its lock or its backoff ends, never (incident)
CREATE INDEX job_due ON bpm.job (type, due_at NULLS FIRST, priority DESC, id);

CREATE TABLE bpm.task (
	id				bigint PRIMARY KEY,
	instance		bigint NOT NULL,
	token			bigint NOT NULL UNIQUE,
	element			text NOT NULL,
	name			text,
	state			text NOT NULL,
	assignee		text,
	candidate_users	text[],
	candidate_groups text[],
	due_at			timestamptz,
	follow_up_at	timestamptz,
	priority		integer NOT NULL,
	form_key		text,
	form			jsonb,
	created_at		timestamptz NOT NULL
) WITH (fillfactor = 80);
COMMENT ON TABLE bpm.task IS 'work that waits for a person';
CREATE INDEX task_assignee ON bpm.task (assignee) WHERE assignee IS NOT NULL;

CREATE TABLE bpm.timer (
	id				bigint PRIMARY KEY,
	instance		bigint,
	token			bigint,
	definition		bigint NOT NULL,
	element			text NOT NULL,
	due_at			timestamptz NOT NULL,
	repeats_left	integer NOT NULL,
	period			text,
	until			timestamptz
);
COMMENT ON TABLE bpm.timer IS 'moments that something waits for';
CREATE INDEX timer_due ON bpm.timer (due_at, id);
CREATE INDEX timer_definition ON bpm.timer (definition, due_at, id);	-- a share for each when too many are due
CREATE INDEX timer_token ON bpm.timer (instance, token);

CREATE TABLE bpm.subscription (
	id				bigint PRIMARY KEY,
	instance		bigint,
	token			bigint,
	definition		bigint NOT NULL,
	element			text NOT NULL,
	kind			text NOT NULL,
	name			text,
	correlation_key	text,
	armed			boolean NOT NULL,
	since			timestamptz NOT NULL
);
COMMENT ON TABLE bpm.subscription IS 'messages, signals and conditions that something waits for';
CREATE INDEX subscription_name ON bpm.subscription (kind, name, correlation_key, id);
CREATE INDEX subscription_token ON bpm.subscription (instance, token);

CREATE TABLE bpm.message (
	id				bigint PRIMARY KEY,
	name			text NOT NULL,
	correlation_key	text,
	variables		jsonb NOT NULL,
	message_id		text,
	published_at	timestamptz NOT NULL,
	expires_at		timestamptz NOT NULL,
	received_by		bigint
);
COMMENT ON TABLE bpm.message IS 'messages that are kept until somebody waits for them';
CREATE INDEX message_name ON bpm.message (name, correlation_key, id);
CREATE UNIQUE INDEX message_once ON bpm.message (name, correlation_key, message_id) NULLS NOT DISTINCT
	WHERE message_id IS NOT NULL;
CREATE INDEX message_expiry ON bpm.message (expires_at);

CREATE TABLE bpm.incident (
	id				bigint PRIMARY KEY,
	instance		bigint NOT NULL,
	token			bigint,
	job				bigint,
	timer			bigint,
	element			text,
	kind			text NOT NULL,
	message			text NOT NULL,
	detail			text,
	opened_at		timestamptz NOT NULL,
	resolved_at		timestamptz
);
COMMENT ON TABLE bpm.incident IS 'failures that wait for an operator, and those that did';
CREATE INDEX incident_instance ON bpm.incident (instance);
CREATE INDEX incident_open ON bpm.incident (instance, id) WHERE resolved_at IS NULL;

CREATE TABLE bpm.saga (
	id				bigint PRIMARY KEY,
	instance		bigint NOT NULL,
	scope			bigint,
	element			text NOT NULL,
	handler			text,
	seq				bigint NOT NULL,
	state			text NOT NULL CHECK (state IN ('done', 'compensating', 'compensated', 'failed')),
	variables		jsonb,
	"inner"			bigint,
	token			bigint,
	thrower			bigint,
	done_at			timestamptz NOT NULL,
	compensated_at	timestamptz,
	UNIQUE (instance, seq),
	CONSTRAINT saga_undone_once CHECK ((state = 'compensated') = (compensated_at IS NOT NULL)),
	CONSTRAINT saga_at_work CHECK (CASE state
		WHEN 'compensating' THEN token IS NOT NULL WHEN 'failed' THEN true ELSE token IS NULL END)
);
COMMENT ON TABLE bpm.saga IS 'completed steps that can be undone, and what became of them';
CREATE INDEX saga_done ON bpm.saga (instance, scope, seq) WHERE state = 'done';		-- what is to be undone next
CREATE UNIQUE INDEX saga_handler ON bpm.saga (token) WHERE token IS NOT NULL;	-- a handler undoes one step

CREATE TABLE bpm.item (
	token			bigint NOT NULL,
	kind			text NOT NULL CHECK (kind IN ('input', 'output')),
	position		bigint NOT NULL,	-- of the first one in the list
	items			jsonb NOT NULL CHECK (jsonb_typeof(items) = 'array'),
	PRIMARY KEY (token, kind, position)
);
COMMENT ON TABLE bpm.item IS 'what goes into and comes out of the iterations of multi-instance activities';

CREATE TABLE bpm.delivery (
	id				bigint PRIMARY KEY,
	kind			text NOT NULL,
	name			text,
	correlation_key	text,
	subscription	bigint,
	variables		jsonb NOT NULL,
	message_id		text,
	expires_at		timestamptz
);
COMMENT ON TABLE bpm.delivery IS 'what one instance sent to another one that was busy; the worker delivers it';

-- What one call did to an instance is one row: its events are the members of the arrays, which bpm.event shows one by
-- one.  A ring of partitions: rows go into one of them until it is closed, and the one that was closed longest ago is
-- emptied as a whole.  So they are parts by time of writing, whatever the events' own times are, and nobody makes or
-- drops a table.
CREATE TABLE bpm.log (
	instance		bigint NOT NULL,
	seq				bigint NOT NULL,
	at				timestamptz NOT NULL,
	actor			text NOT NULL,
	segment			integer NOT NULL DEFAULT 0,
	kinds			smallint[] NOT NULL,
	tokens			bigint[],
	elements		text[],
	data			jsonb[],
	moves			jsonb[]
) PARTITION BY LIST (segment);
COMMENT ON TABLE bpm.log IS
'the events of bpm.event as they are stored: what one call did to an instance, packed into one row or, if it was much, '
'several; only ever appended to';
CREATE INDEX log_instance ON bpm.log (instance);
CREATE TABLE bpm.log_0 PARTITION OF bpm.log FOR VALUES IN (0);
CREATE TABLE bpm.log_1 PARTITION OF bpm.log FOR VALUES IN (1);
CREATE TABLE bpm.log_2 PARTITION OF bpm.log FOR VALUES IN (2);
CREATE TABLE bpm.log_3 PARTITION OF bpm.log FOR VALUES IN (3);
CREATE TABLE bpm.log_4 PARTITION OF bpm.log FOR VALUES IN (4);
CREATE TABLE bpm.log_5 PARTITION OF bpm.log FOR VALUES IN (5);
CREATE TABLE bpm.log_6 PARTITION OF bpm.log FOR VALUES IN (6);
CREATE TABLE bpm.log_7 PARTITION OF bpm.log FOR VALUES IN (7);

CREATE TABLE bpm.segment (
	number			integer PRIMARY KEY CHECK (number BETWEEN 0 AND 7),
	opened_at		timestamptz NOT NULL,
	closed_at		timestamptz,
	error			text
);
COMMENT ON TABLE bpm.segment IS
'partitions of bpm.log that hold something; events are written to the one that is not closed, or to log_0';
CREATE UNIQUE INDEX segment_open ON bpm.segment ((closed_at IS NULL)) WHERE closed_at IS NULL;

CREATE TABLE bpm.retention (
	process			text UNIQUE NULLS NOT DISTINCT,
	keep			interval NOT NULL CHECK (keep > '0'),
	set_by			text NOT NULL
);
COMMENT ON TABLE bpm.retention IS
'how long history is kept: that of one process, or (NULL) of all others; no row: for ever';

CREATE TABLE bpm.archive (
	singleton		boolean PRIMARY KEY DEFAULT true CHECK (singleton),
	function		regprocedure NOT NULL,
	search_path		text NOT NULL,
	set_by			text NOT NULL
);
COMMENT ON TABLE bpm.archive IS 'the function that gets the events of a partition of bpm.log before it is emptied';

CREATE TABLE bpm.clock (
	singleton		boolean PRIMARY KEY DEFAULT true CHECK (singleton),
	at				timestamptz NOT NULL
);
COMMENT ON TABLE bpm.clock IS 'the test clock: one row while it is set';

-- Room for new versions: at a fillfactor of 80, 999 of 1,000 updates of instances leave the indexes alone (at 90,
-- 940 did), and all of tokens.  A job that is fetched or a task that is claimed moves in an index anyway; with the
-- room, fetching costs 4 % less all the same.

-- What lives briefly must be cleaned soon: dead entries are what makes a queue slow.
ALTER TABLE bpm.token SET (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_cost_delay = 0);
ALTER TABLE bpm.job SET (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_cost_delay = 0);
ALTER TABLE bpm.task SET (autovacuum_vacuum_scale_factor = 0.01);
ALTER TABLE bpm.timer SET (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_cost_delay = 0);
ALTER TABLE bpm.subscription SET (autovacuum_vacuum_scale_factor = 0.01);
ALTER TABLE bpm.message SET (autovacuum_vacuum_scale_factor = 0.01);
ALTER TABLE bpm.instance SET (autovacuum_vacuum_scale_factor = 0.05);

-- All of this is data of the user: pg_dump takes it along.
SELECT pg_catalog.pg_extension_config_dump('bpm.id_seq', '');
SELECT pg_catalog.pg_extension_config_dump('bpm.definition', '');
SELECT pg_catalog.pg_extension_config_dump('bpm.handler', '');
SELECT pg_catalog.pg_extension_config_dump('bpm.job_type', '');
SELECT pg_catalog.pg_extension_config_dump('bpm.instance', '');
SELECT pg_catalog.pg_extension_config_dump('bpm.token', '');
SELECT pg_catalog.pg_extension_config_dump('bpm.job', '');
SELECT pg_catalog.pg_extension_config_dump('bpm.task', '');
SELECT pg_catalog.pg_extension_config_dump('bpm.timer', '');
SELECT pg_catalog.pg_extension_config_dump('bpm.subscription', '');
SELECT pg_catalog.pg_extension_config_dump('bpm.message', '');
SELECT pg_catalog.pg_extension_config_dump('bpm.incident', '');
SELECT pg_catalog.pg_extension_config_dump('bpm.saga', '');
SELECT pg_catalog.pg_extension_config_dump('bpm.item', '');
SELECT pg_catalog.pg_extension_config_dump('bpm.delivery', '');
SELECT pg_catalog.pg_extension_config_dump('bpm.log_0', '');
SELECT pg_catalog.pg_extension_config_dump('bpm.log_1', '');
SELECT pg_catalog.pg_extension_config_dump('bpm.log_2', '');
SELECT pg_catalog.pg_extension_config_dump('bpm.log_3', '');
SELECT pg_catalog.pg_extension_config_dump('bpm.log_4', '');
SELECT pg_catalog.pg_extension_config_dump('bpm.log_5', '');
SELECT pg_catalog.pg_extension_config_dump('bpm.log_6', '');
SELECT pg_catalog.pg_extension_config_dump('bpm.log_7', '');
SELECT pg_catalog.pg_extension_config_dump('bpm.segment', '');
SELECT pg_catalog.pg_extension_config_dump('bpm.retention', '');
SELECT pg_catalog.pg_extension_config_dump('bpm.archive', '');
SELECT pg_catalog.pg_extension_config_dump('bpm.clock', '');
