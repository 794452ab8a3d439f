-- Promised: deploying makes definitions with versions, or refuses the whole
-- source with everything that is wrong with it; instances stay on their version.
\set ECHO none
\i test/prelude.sql

-- A new key is version 1, the same content again the same definition, other content the next version.
SELECT pg_temp.model('dep', '<startEvent id="s"/><userTask id="a"/><endEvent id="e"/>', 's>a; a>e') AS one,
	pg_temp.model('dep', '<startEvent id="s"/><userTask id="b"/><endEvent id="e"/>', 's>b; b>e') AS two \gset
SELECT definition AS first, kind, key, version, changed FROM bpm.deploy(:'one') \gset
\echo :kind :key :version :changed
SELECT definition = :first AS same, version, changed FROM bpm.deploy(:'one');
SELECT definition = :first AS same, version, changed FROM bpm.deploy(:'two');
SELECT definition = :first AS same, version, changed FROM bpm.deploy(:'two');

-- Same content means the latest version: what an older one said is a new version again.
SELECT definition = :first AS same, version, changed FROM bpm.deploy(:'one');
SELECT key, version, kind, source = :'one' AS one, deployed_by = current_user AS by_me FROM bpm.definition
	ORDER BY version;

-- A running instance stays on the version that it was started with, a new one takes the latest.
SELECT bpm.start('dep', version => 2) AS old \gset
SELECT bpm.start('dep') AS new \gset
SELECT i.version, pg_temp.at(i.id) FROM bpm.instance i WHERE id IN (:old, :new) ORDER BY version;

-- A definition with live instances is not removed, but by cascade, which cancels them.
SELECT id AS second FROM bpm.definition WHERE key = 'dep' AND version = 2 \gset
SELECT bpm.undeploy(:second);
SELECT bpm.undeploy(:second, cascade => true);
SELECT pg_temp.at(:old) AS old, pg_temp.at(:new) AS new;
SELECT version FROM bpm.definition WHERE key = 'dep' ORDER BY version;
SELECT pg_temp.raises(format('SELECT bpm.undeploy(%s)', :second));

-- The number of a version that was removed is not given again while a later one is there.
SELECT version, changed FROM bpm.deploy(:'two');

-- The value may be of type xml.
SELECT key, version, changed FROM bpm.deploy(:'two'::xml);
SELECT key, version, changed FROM bpm.deploy(xmlparse(document :'one'));

-- Any prefix will do, and the XML declaration.
SELECT key, version, changed FROM bpm.deploy('<?xml version="1.0" encoding="UTF-8"?>
<b:definitions xmlns:b="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="urn:test">
	<b:process id="dep_prefix">
		<b:startEvent id="s"/><b:endEvent id="e"/><b:sequenceFlow id="f" sourceRef="s" targetRef="e"/>
	</b:process>
</b:definitions>');
SELECT pg_temp.at(bpm.start('dep_prefix'));

-- Each executable process of a source is a definition; a collaboration around them changes nothing.
SELECT kind, key, version, changed
	FROM bpm.deploy('<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="urn:test">
	<collaboration id="c">
		<participant id="p1" processRef="dep_seller"/><participant id="p2" processRef="dep_buyer"/>
		<participant id="p3" processRef="dep_other"/>
	</collaboration>
	<process id="dep_seller" name="Seller"><startEvent id="s1"/></process>
	<process id="dep_buyer" isExecutable="true"><laneSet id="l"><lane id="l1"><flowNodeRef>s2</flowNodeRef></lane>
	</laneSet><startEvent id="s2"/></process>
	<process id="dep_other" isExecutable="false"><startEvent id="s3"/></process>
</definitions>');
SELECT key, version, name FROM bpm.definition WHERE key IN ('dep_seller', 'dep_buyer', 'dep_other') ORDER BY key;
SELECT pg_temp.at(bpm.start('dep_seller')), pg_temp.at(bpm.start('dep_buyer'));

-- The diagram is kept, though nobody reads it: the source is stored as it came.
SELECT pg_temp.model('dep_di', '<startEvent id="s"/>', '', '<diagram xmlns="urn:tool"><!-- shapes -->
	</diagram>') AS di \gset
SELECT key, version FROM bpm.deploy(:'di');
SELECT source = :'di' AS kept FROM bpm.definition WHERE key = 'dep_di';

-- A refused source is refused whole: the error lists every finding with element and line.
SELECT pg_temp.model('dep_bad', '<startEvent id="s"/>
<serviceTask id="a"/>
<exclusiveGateway id="g"/>
<intermediateCatchEvent id="c"><timerEventDefinition><timeDuration>5 minutes</timeDuration></timerEventDefinition>
	</intermediateCatchEvent>
<magicTask id="m"/>
<task id="i"/>
<endEvent id="e"/>', 's>a; a>g; g>c if amount >; g>nowhere; c>i; i>e') AS bad \gset
SELECT bpm.deploy(:'bad');
SELECT bpm.deploy(:'one' || ' and more');
SELECT count(*) FROM bpm.definition WHERE key = 'dep_bad';

-- check_model says the same as rows, and deploys nothing.
SELECT * FROM bpm.check_model(:'bad');

-- It warns as well: of what cannot be reached, and of a join that can never fire.
SELECT severity, element, message FROM bpm.check_model(pg_temp.model('dep_warn',
	'<startEvent id="s"/><exclusiveGateway id="x"/><task id="a"/><task id="b"/><parallelGateway id="j"/>
	<endEvent id="e"/><task id="lost"/><task id="loop"/>',
	's>x; x>a if a; x>b if b; a>j; b>j; j>e; lost>loop; loop>lost'));
SELECT count(*) FROM bpm.definition WHERE key = 'dep_warn';

-- One bad process refuses its neighbours too.
SELECT key FROM bpm.deploy(replace(pg_temp.model('dep_neighbour', '<startEvent id="s"/>'), '</definitions>',
	'<process id="dep_wrong"><startEvent id="t"/><task id="k" default="none"/>
	<sequenceFlow id="tk" sourceRef="t" targetRef="k"/></process></definitions>'));
SELECT count(*) FROM bpm.definition WHERE key = 'dep_neighbour';

-- A deployment that is rolled back was none.
BEGIN;
SELECT version FROM bpm.deploy(pg_temp.model('dep_undone', '<startEvent id="s"/>'));
SELECT pg_temp.at(bpm.start('dep_undone'));
ROLLBACK;
SELECT bpm.start('dep_undone');

-- Every invariant holds, with what still lives and without.
SELECT * FROM bpm.check();
SELECT pg_temp.clean();
SELECT * FROM bpm.check();
SELECT count(*) FROM bpm.definition;
