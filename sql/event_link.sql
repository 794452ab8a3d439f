-- Promised: a link event goes on at the catch event of its name in the same scope.
\set ECHO none
\i test/prelude.sql
CREATE FUNCTION pg_temp.link(id text, name text, catch boolean DEFAULT false) RETURNS text LANGUAGE sql AS $$
	SELECT format('<intermediate%sEvent id="%s"><linkEventDefinition name="%s"/></intermediate%1$sEvent>',
		CASE WHEN catch THEN 'Catch' ELSE 'Throw' END, id, name)
$$;

-- From there to here.
SELECT pg_temp.deploy('link', '<startEvent id="s"/>' || pg_temp.link('t', 'x') || pg_temp.link('c', 'x', true)
	|| '<userTask id="z"/>', 's>t; c>z');
SELECT bpm.start('link') AS i \gset
SELECT pg_temp.at(:i);
SELECT what FROM pg_temp.log(:i);

-- From several to one, each token by itself; and backwards.
SELECT pg_temp.deploy('link_many', '<startEvent id="s"/>' || pg_temp.link('t1', 'x') || pg_temp.link('t2', 'x')
	|| pg_temp.link('c', 'x', true) || '<userTask id="z"/>', 's>t1; s>t2; c>z');
SELECT pg_temp.at(bpm.start('link_many'));
SELECT pg_temp.deploy('link_back', '<startEvent id="s"/>' || pg_temp.link('c', 'again', true)
	|| '<exclusiveGateway id="m"/><userTask id="a"/><exclusiveGateway id="g" default="g_z"/>'
	|| pg_temp.link('t', 'again') || '<userTask id="z"/>', 's>m; c>m; m>a; a>g; g>t if again; g>z');
SELECT bpm.start('link_back') AS i \gset
SELECT pg_temp.done(:i, 'a', '{"again": true}');
SELECT pg_temp.done(:i, 'a', '{"again": false}');

-- An inclusive join knows that a token can come over a link.
SELECT pg_temp.deploy('link_join', '<startEvent id="s"/><userTask id="a"/>' || pg_temp.link('t', 'x')
	|| pg_temp.link('c', 'x', true) || '<inclusiveGateway id="j"/><task id="b"/><userTask id="z"/>',
	's>a; s>b; a>t; c>j; b>j; j>z');
SELECT bpm.start('link_join') AS i \gset
SELECT pg_temp.at(:i);
SELECT pg_temp.done(:i, 'a');

-- Each scope has its own names.
SELECT pg_temp.deploy('link_scopes', '<startEvent id="s"/>' || pg_temp.link('t', 'x') || pg_temp.link('c', 'x', true)
	|| '<subProcess id="p"><startEvent id="ps"/>' || pg_temp.link('pt', 'x') || pg_temp.link('pc', 'x', true)
	|| '<userTask id="a"/>' || pg_temp.flows('ps>pt; pc>a') || '</subProcess><userTask id="z"/>', 's>t; c>p; p>z');
SELECT bpm.start('link_scopes') AS i \gset
SELECT pg_temp.at(:i);
SELECT pg_temp.done(:i, 'a');

-- Refused: no partner, two catch events of one name, a partner in another scope, flows where none belong.
SELECT bpm.deploy(pg_temp.model('link_bad', '<startEvent id="s"/>' || pg_temp.link('t', 'x'), 's>t'));
SELECT bpm.deploy(pg_temp.model('link_bad', '<startEvent id="s"/>' || pg_temp.link('t', 'x') || pg_temp.link('c', 'x',
	true) || pg_temp.link('d', 'x', true) || '<task id="z"/>', 's>t; c>z; d>z'));
SELECT bpm.deploy(pg_temp.model('link_bad', '<startEvent id="s"/>' || pg_temp.link('t', 'x') || '<subProcess id="p">'
	|| pg_temp.link('c', 'x', true) || '<task id="z"/>' || pg_temp.flows('c>z') || '</subProcess>', 's>t'));
SELECT bpm.deploy(pg_temp.model('link_bad', '<startEvent id="s"/>' || pg_temp.link('t', 'x') || pg_temp.link('c', 'x',
	true) || '<task id="z"/>', 's>t; t>z; s>c; c>z'));

-- Every invariant holds, with what still lives and without.
SELECT * FROM bpm.check();
SELECT pg_temp.clean();
SELECT * FROM bpm.check();
