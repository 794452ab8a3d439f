-- Boxed expressions, functions, knowledge models, services, item definitions, imports.
\a\t
CREATE FUNCTION pg_temp.model(elements text) RETURNS text LANGUAGE sql AS $$
	SELECT format('<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" namespace="urn:t" name="t">%s</definitions>', elements)
$$;
CREATE FUNCTION pg_temp.lit(text) RETURNS text LANGUAGE sql AS $$
	SELECT format('<literalExpression><text><![CDATA[%s]]></text></literalExpression>', $1)
$$;
-- A decision with such logic that requires nothing: its value and its errors.
CREATE FUNCTION pg_temp.value(logic text, elements text DEFAULT '', requires text DEFAULT '', imports text[] DEFAULT '{}',
	variable text DEFAULT '') RETURNS text LANGUAGE sql AS $$
	SELECT concat_ws(' ', r->>'value', 'errors ' || nullif(r->>'errors', '[]')) FROM (
		SELECT bpm.dmn_typed(pg_temp.model(elements || format('<decision id="d" name="d">%s%s%s</decision>', variable, requires, logic)) || imports,
			'{"results": ["d"]}')->'results'->'d' AS r) s
$$;

-- Contexts: entries see those before them; an entry without a name is the result.
SELECT pg_temp.value('<context><contextEntry><variable name="a b"/>' || pg_temp.lit('1') || '</contextEntry><contextEntry><variable name="c"/>' ||
	pg_temp.lit('a b + 1') || '</contextEntry></context>');
SELECT pg_temp.value('<context><contextEntry><variable name="a"/>' || pg_temp.lit('1') || '</contextEntry><contextEntry>' ||
	pg_temp.lit('a + 1') || '</contextEntry></context>');
SELECT pg_temp.value('<context><contextEntry><variable name="a" typeRef="string"/>' || pg_temp.lit('1') || '</contextEntry></context>');
-- Lists and relations.
SELECT pg_temp.value('<list>' || pg_temp.lit('1') || pg_temp.lit('"x"') || '<list>' || pg_temp.lit('null') || '</list></list>');
SELECT pg_temp.value('<relation><column name="n"/><column name="first name"/><row>' || pg_temp.lit('1') || pg_temp.lit('"Ada"') || '</row><row>' ||
	pg_temp.lit('2') || pg_temp.lit('"Bob"') || '</row></relation>');
SELECT pg_temp.value(pg_temp.lit('people[first name = "Bob"].n'),
	'<decision id="p" name="people"><relation><column name="n"/><column name="first name"/><row>' || pg_temp.lit('1') || pg_temp.lit('"Ada"') ||
	'</row><row>' || pg_temp.lit('2') || pg_temp.lit('"Bob"') || '</row></relation></decision>',
	'<informationRequirement><requiredDecision href="#p"/></informationRequirement>');
-- Conditions: stricter than in text.
SELECT pg_temp.value(format('<conditional><if>%s</if><then>%s</then><else>%s</else></conditional>', pg_temp.lit(c), pg_temp.lit('1'), pg_temp.lit('2')))
FROM unnest('{true,false,"null",5}'::text[]) c;
-- Filters, loops, quantifiers.
SELECT pg_temp.value(format('<filter><in>%s</in><match>%s</match></filter>', pg_temp.lit(l), pg_temp.lit(m)))
FROM (VALUES ('[1, 2, 3]', 'item > 1'), ('[{a: 1}, {a: 2}]', 'a = 2'), ('[]', 'item > 1'), ('null', 'item > 1'), ('5', 'item > 1'), ('[1, 2]', '"x"')) t(l, m);
SELECT pg_temp.value(format('<filter><in>%s</in><match><conditional><if>%s</if><then>%s</then><else>%s</else></conditional></match></filter>',
	pg_temp.lit('[1, 2, 3]'), pg_temp.lit('item < 3'), pg_temp.lit('item > 1'), pg_temp.lit('null')));
SELECT pg_temp.value(format('<for iteratorVariable="i"><in>%s</in><return>%s</return></for>', pg_temp.lit(l), pg_temp.lit(r)))
FROM (VALUES ('[1, 2, 3]', 'i * 2'), ('1..4', 'if i = 1 then 1 else i * partial[-1]'), ('[1..3]', 'i'), ('3..1', 'i'), ('[]', 'i'), ('7', 'i'),
	('null', 'i'), ('[1, 2]', 'i + "x"')) t(l, r);
SELECT q, pg_temp.value(format('<%s iteratorVariable="i"><in>%s</in><satisfies>%s</satisfies></%1$s>', q, pg_temp.lit(l), pg_temp.lit(c)))
FROM unnest('{some,every}'::text[]) q, (VALUES ('[1, 2]', 'i > 1'), ('[2, 3]', 'i > 1'), ('[]', 'i > 1'), ('[1, 2]', 'i'), ('1..3', 'i > 0')) t(l, c);
-- Functions: boxed, called in text and by invocation, positional and named; they see what is around them.
SELECT pg_temp.value('<context><contextEntry><variable name="k"/>' || pg_temp.lit('10') || '</contextEntry><contextEntry><variable name="f"/>
	<functionDefinition><formalParameter name="x" typeRef="number"/><formalParameter name="y"/>' || pg_temp.lit('x * k + y') || '</functionDefinition></contextEntry>
	<contextEntry><list>' || pg_temp.lit(c) || '</list></contextEntry></context>')
FROM unnest(ARRAY['f(1, 2)', 'f(y: 1, x: 2)', 'f(1)', 'f("x", 2)', 'f(z: 1, x: 2)', 'for i in [1, 2] return f(i, i)', 'sort([2, 1, 3], function(a, b) f(a, 0) < f(b, 0))']) c;
SELECT pg_temp.value('<invocation>' || pg_temp.lit(f) || '<binding><parameter name="x"/>' || pg_temp.lit('6') || '</binding><binding><parameter name="y"/>' ||
	pg_temp.lit('3') || '</binding></invocation>', '<businessKnowledgeModel id="b" name="ratio of"><variable name="ratio of" typeRef="number"/><encapsulatedLogic>
	<formalParameter name="x" typeRef="number"/><formalParameter name="y" typeRef="number"/>' || pg_temp.lit('x / y') || '</encapsulatedLogic></businessKnowledgeModel>',
	'<knowledgeRequirement><requiredKnowledge href="#b"/></knowledgeRequirement>')
FROM unnest('{ratio of,no such,5}'::text[]) f;
-- A knowledge model may call itself, but not for ever.
SELECT n, left(pg_temp.value(pg_temp.lit(format('sum to(%s)', n)), '<businessKnowledgeModel id="b" name="sum to"><encapsulatedLogic><formalParameter name="n"/>' ||
	pg_temp.lit('if n = 0 then 0 else n + sum to(n - 1)') || '</encapsulatedLogic></businessKnowledgeModel>',
	'<knowledgeRequirement><requiredKnowledge href="#b"/></knowledgeRequirement>'), 100)
FROM unnest('{100,-1}'::int[]) n;
-- Java methods that need no Java.
SELECT pg_temp.value('<context><contextEntry><variable name="f"/><functionDefinition kind="Java"><formalParameter name="a"/><formalParameter name="b"/><context>
	<contextEntry><variable name="class"/>' || pg_temp.lit('"java.lang.Math"') || '</contextEntry><contextEntry><variable name="method signature"/>' ||
	pg_temp.lit(format('"%s(double, double)"', m)) || '</contextEntry></context></functionDefinition></contextEntry><contextEntry>' || pg_temp.lit('f(1, 2)') ||
	'</contextEntry></context>') FROM unnest('{max,exit}'::text[]) m;

-- Item definitions: conversion of results, allowed values, components, collections, recursion, names nobody has.
SELECT t, e, pg_temp.value(pg_temp.lit(e), '<itemDefinition name="small"><typeRef>number</typeRef><allowedValues><text>[0..10]</text></allowedValues></itemDefinition>
	<itemDefinition name="smalls" isCollection="true"><typeRef>small</typeRef></itemDefinition>
	<itemDefinition name="few" isCollection="true"><typeRef>number</typeRef><typeConstraint><text>count(?) &lt; 3</text></typeConstraint></itemDefinition>
	<itemDefinition name="person"><itemComponent name="name"><typeRef>string</typeRef></itemComponent><itemComponent name="age"><typeRef>small</typeRef></itemComponent></itemDefinition>
	<itemDefinition name="tree"><itemComponent name="left"><typeRef>tree</typeRef></itemComponent><itemComponent name="right"><typeRef>tree</typeRef></itemComponent></itemDefinition>
	<itemDefinition name="fn"><functionItem outputTypeRef="number"><parameters name="x" typeRef="number"/></functionItem></itemDefinition>',
	variable => format('<variable name="d" typeRef="%s"/>', t))
FROM (VALUES ('small', '5'), ('small', '11'), ('small', '[5]'), ('small', '"x"'), ('small', 'null'), ('smalls', '[1, 2]'), ('smalls', '[1, 20]'), ('smalls', '1'),
	('few', '[1, 2]'), ('few', '[1, 2, 3]'), ('person', '{name: "A", age: 1, more: true}'), ('person', '{name: "A"}'), ('person', '{name: "A", age: 99}'),
	('tree', '{left: null, right: {left: 1, right: 2}}'), ('dateTime', 'date("2024-01-01")'), ('date', '"2024-01-01"'), ('Any', '"x"'), ('nothing', '1'),
	('fn', 'function(a: number) a'), ('fn', 'function(a, b) a')) v(t, e);

-- Decision services: by position, by name, as the thing asked; inside, only their inputs are known.
CREATE TEMP TABLE served AS SELECT pg_temp.model('<inputData id="i" name="inp"/><inputData id="o" name="other"/>
	<decision id="a" name="given"><variable name="given" typeRef="number"/>' || pg_temp.lit('1') || '</decision>
	<decision id="x" name="x"><informationRequirement><requiredDecision href="#a"/></informationRequirement><informationRequirement><requiredInput href="#i"/></informationRequirement>
	<informationRequirement><requiredInput href="#o"/></informationRequirement>' || pg_temp.lit('[given, inp, other]') || '</decision>
	<decision id="y" name="y">' || pg_temp.lit('"y"') || '</decision>
	<decisionService id="s" name="serve"><outputDecision href="#x"/><inputDecision href="#a"/><inputData href="#i"/></decisionService>
	<decisionService id="m" name="many"><outputDecision href="#x"/><outputDecision href="#y"/></decisionService>
	<decision id="d" name="d"><knowledgeRequirement><requiredKnowledge href="#s"/></knowledgeRequirement><knowledgeRequirement><requiredKnowledge href="#m"/></knowledgeRequirement>
	<informationRequirement><requiredDecision href="#x"/></informationRequirement>' ||
	pg_temp.lit('{positional: serve("I", 5), named: serve(given: 6, inp: "J"), wrong type: serve("I", "x"), missing: serve("I"), unknown: serve(z: 1), many: many(), outside: x}') || '</decision>') AS model;
SELECT jsonb_pretty(bpm.dmn_typed(ARRAY[model], '{"results": ["d"], "inputs": {"inp": "outer", "other": "O"}}')) FROM served;
SELECT bpm.dmn_typed(ARRAY[model], '{"kind": "decisionService", "invocable": "serve", "results": ["x"], "inputs": {"inp": "I", "given": {"number": "7"}}}') FROM served;
SELECT bpm.dmn_typed(ARRAY[model], '{"kind": "decisionService", "invocable": "many", "results": ["x", "y"]}') FROM served;
SELECT bpm.dmn_typed(ARRAY[model], '{"kind": "decisionService", "invocable": "none", "results": ["x"]}') FROM served;

-- A knowledge model as the thing asked; names with blanks and operators, whatever the order of the elements.
SELECT bpm.dmn_typed(ARRAY[pg_temp.model('<businessKnowledgeModel id="b" name="b"><encapsulatedLogic><formalParameter name="x" typeRef="number"/><formalParameter name="y"/>' ||
	pg_temp.lit('[x, y]') || '</encapsulatedLogic></businessKnowledgeModel>')], format('{"kind": "bkm", "invocable": "b", "results": ["b"], "inputs": %s}', i)::jsonb)
FROM unnest('{"{\"y\": \"Y\", \"x\": {\"number\": \"1\"}}","{\"x\": \"X\"}","{\"z\": true}"}'::text[]) i;
SELECT bpm.dmn_typed(ARRAY[pg_temp.model('<decision id="d" name="d"><informationRequirement><requiredDecision href="#c"/></informationRequirement>' ||
	pg_temp.lit('[c[a-b = 2].first name, c.a-b]') || '</decision><decision id="c" name="c"><relation><column name="a-b"/><column name="first name"/><row>' || pg_temp.lit('1') ||
	pg_temp.lit('"one"') || '</row><row>' || pg_temp.lit('2') || pg_temp.lit('"two"') || '</row></relation></decision>')], '{"results": ["d"]}');

-- Imports: decisions, knowledge, types; with a prefix, without one, missing.
SELECT i, pg_temp.value(pg_temp.lit(e), format('<import namespace="urn:lib" name="%s" importType="https://www.omg.org/spec/DMN/20230324/MODEL/"/>', i),
	'<informationRequirement><requiredDecision href="urn:lib#x"/></informationRequirement><knowledgeRequirement><requiredKnowledge href="urn:lib#t"/></knowledgeRequirement>',
	ARRAY['<definitions xmlns="http://www.omg.org/spec/DMN/20180521/MODEL/" namespace="urn:lib" name="lib"><itemDefinition name="pos"><typeRef>number</typeRef>
	<allowedValues><text>&gt; 0</text></allowedValues></itemDefinition><decision id="x" name="the x">' || pg_temp.lit('21') || '</decision>
	<businessKnowledgeModel id="t" name="twice"><encapsulatedLogic><formalParameter name="n"/>' || pg_temp.lit('n * 2') || '</encapsulatedLogic></businessKnowledgeModel></definitions>'])
FROM (VALUES ('lib one', 'lib one.twice(lib one.the x)'), ('', 'twice(the x)'), ('l', '[l.the x instance of l.pos, (-1) instance of l.pos]')) v(i, e);
SELECT pg_temp.value(pg_temp.lit('1'), '<import namespace="urn:lib" name="lib" importType="https://www.omg.org/spec/DMN/20230324/MODEL/"/>',
	'<informationRequirement><requiredDecision href="urn:lib#x"/></informationRequirement>');

-- A decision sees what it requires and nothing else; each is evaluated once.
SELECT bpm.dmn_typed(ARRAY[pg_temp.model('<inputData id="i" name="inp"/><decision id="a" name="a"><informationRequirement><requiredInput href="#i"/></informationRequirement>' ||
	pg_temp.lit('inp + 1') || '</decision><decision id="b" name="b"><informationRequirement><requiredDecision href="#a"/></informationRequirement>' ||
	pg_temp.lit('[a, inp]') || '</decision><decision id="c" name="c"/>')], '{"inputs": {"inp": {"number": "1"}, "c": "told"}, "results": ["a", "b", "c", "none"]}');
