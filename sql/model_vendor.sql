-- Models of other tools are read as they are: what becomes of their extensions.

CREATE FUNCTION pg_temp.model(content text) RETURNS text LANGUAGE sql AS $$
	SELECT '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:bpm="urn:bpm:postgresql"' ||
		coalesce((SELECT string_agg(format(' xmlns:%s="%s"', prefix, uri), '') FROM (VALUES
			('zeebe', 'http://camunda.org/schema/zeebe/1.0'), ('zenbpm', 'http://zenbpm.pbinitiative.org/1.0'),
			('camunda', 'http://camunda.org/schema/1.0/bpmn'), ('flowable', 'http://flowable.org/bpmn'),
			('activiti', 'http://activiti.org/bpmn')) v(prefix, uri)
			WHERE content LIKE '%' || prefix || ':%'), '') || '>' ||
		CASE WHEN content LIKE '%<process%' THEN content ELSE '<process id="p">' || content || '</process>' END ||
		'</definitions>'
$$;
-- What is understood of the element "t" of a model.
CREATE FUNCTION pg_temp.understood(content text) RETURNS SETOF jsonb LANGUAGE sql AS $$
	SELECT n - '{id,kind,scope,line}'::text[]
	FROM bpm.model_graph(pg_temp.model(content)) g, jsonb_path_query(g, '$.*[*] ? (@.id == "t")') n
$$;
CREATE FUNCTION pg_temp.findings(content text) RETURNS TABLE (severity text, message text) LANGUAGE sql AS $$
	SELECT severity, message FROM bpm.check_model(pg_temp.model(content))
	WHERE message NOT LIKE '%not executed yet'
$$;
CREATE FUNCTION pg_temp.extended(element text, extensions text) RETURNS text LANGUAGE sql AS $$
	SELECT replace(element, '/>', format('><extensionElements>%s</extensionElements></%s>', extensions,
		substring(element, '<(\w+)')))
$$;

-- The tool that a file is of: as it says itself, else by the namespaces that it declares.
SELECT attributes, bpm.model_graph('<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"
	xmlns:modeler="http://camunda.org/schema/modeler/1.0" ' || attributes || '><process id="p"><task id="t"/></process>
	</definitions>') ->> 'platform' AS platform
FROM (VALUES (''), ('modeler:executionPlatform="Camunda Platform"'), ('modeler:executionPlatform="Camunda Cloud"'),
	('xmlns:a="http://camunda.org/schema/zeebe/1.0"'), ('xmlns:a="http://camunda.org/schema/1.0/bpmn"'),
	('xmlns:a="http://zenbpm.pbinitiative.org/1.0"'), ('xmlns:a="http://flowable.org/bpmn"'),
	('xmlns:a="http://activiti.org/bpmn"'), ('xmlns:a="urn:bpm:postgresql"'),
	('modeler:executionPlatform="Camunda Platform" xmlns:a="http://camunda.org/schema/zeebe/1.0"')) v(attributes);

-- JOBS: topics, task definitions, and Java code, whose name becomes the type.
SELECT * FROM pg_temp.understood('<serviceTask id="t" bpm:type="charge" bpm:retries="5"
	bpm:backoff="PT10S,PT1M" bpm:priority="7"/>');
SELECT * FROM pg_temp.understood('<serviceTask id="t" bpm:type="=kind"/>');
SELECT * FROM pg_temp.understood('<serviceTask id="t" camunda:type="external"
	camunda:topic="charge" camunda:taskPriority="50"/>');
SELECT * FROM pg_temp.understood('<serviceTask id="t" flowable:type="external-worker" flowable:topic="charge"/>');
SELECT * FROM pg_temp.understood('<serviceTask id="t" flowable:type="mail"/>');
SELECT * FROM pg_temp.understood('<serviceTask id="t" camunda:class="com.example.Charge"/>');
SELECT * FROM pg_temp.understood('<serviceTask id="t" camunda:delegateExpression="${charge}"/>');
SELECT * FROM pg_temp.understood('<serviceTask id="t" activiti:expression="#{orders.charge(id)}"
	activiti:resultVariable="receipt"/>');
SELECT * FROM pg_temp.understood(pg_temp.extended('<serviceTask id="t"/>',
	'<zeebe:taskDefinition type="charge" retries="=attempts"/><zeebe:taskHeaders><zeebe:header key="a" value="1"/>
	<zeebe:header key="b" value="2"/></zeebe:taskHeaders>'));
SELECT * FROM pg_temp.understood(pg_temp.extended('<serviceTask id="t"/>',
	'<zenbpm:taskDefinition type="charge" retries="2" backoff="PT5S"/>'));
SELECT * FROM pg_temp.understood(pg_temp.extended('<serviceTask id="t"/>',
	'<bpm:taskDefinition type="charge"/><bpm:taskHeaders><bpm:header key="a" value="1"/></bpm:taskHeaders>'));
SELECT * FROM pg_temp.understood(pg_temp.extended('<serviceTask id="t" camunda:class="C"
	camunda:asyncBefore="true"/>',
	'<camunda:failedJobRetryTimeCycle>R3/PT10M</camunda:failedJobRetryTimeCycle>
	<camunda:field name="a" stringValue="1"/>
	<camunda:field name="b"><camunda:expression>${x}</camunda:expression></camunda:field>
	<camunda:properties><camunda:property name="c" value="3"/></camunda:properties>'));
SELECT * FROM pg_temp.understood('<serviceTask id="t"/>');
SELECT * FROM pg_temp.findings('<serviceTask id="t"/>');
SELECT * FROM pg_temp.findings('<serviceTask id="t" camunda:type="external"/>');
SELECT * FROM pg_temp.findings('<serviceTask id="t" bpm:type="x" bpm:retries="many" bpm:backoff="soon"
	bpm:priority="high"/>');

-- MAPPINGS
SELECT * FROM pg_temp.understood(pg_temp.extended('<serviceTask id="t"/>',
	'<zeebe:taskDefinition type="x"/><zeebe:ioMapping>
	<zeebe:input source="=order.total * 2" target="amount"/><zeebe:input source="EUR" target="currency"/>
	<zeebe:output source="=result" target="receipt.id"/></zeebe:ioMapping>'));
SELECT * FROM pg_temp.understood(pg_temp.extended('<serviceTask id="t" camunda:class="x"/>', '<camunda:inputOutput>
	<camunda:inputParameter name="a">plain</camunda:inputParameter>
	<camunda:inputParameter name="b">${order.total > 10 &amp;&amp; !done}</camunda:inputParameter>
	<camunda:inputParameter name="c"><camunda:list><camunda:value>x</camunda:value>
	<camunda:value>${y}</camunda:value></camunda:list></camunda:inputParameter>
	<camunda:inputParameter name="d"><camunda:map><camunda:entry key="k">"v"</camunda:entry></camunda:map>
	</camunda:inputParameter>
	<camunda:inputParameter name="e"><camunda:script scriptFormat="feel">1 + 1</camunda:script>
	</camunda:inputParameter>
	<camunda:inputParameter name="f"/>
	<camunda:outputParameter name="g">${h}</camunda:outputParameter></camunda:inputOutput>'));
SELECT * FROM pg_temp.findings(pg_temp.extended('<serviceTask id="t" bpm:type="x"/>', '<zeebe:ioMapping>
	<zeebe:input source="=1 +" target="a"/><zeebe:input target="b"/><zeebe:output source="=c"/></zeebe:ioMapping>'));
SELECT * FROM pg_temp.findings(pg_temp.extended('<serviceTask id="t" camunda:class="x"/>', '<camunda:inputOutput>
	<camunda:inputParameter name="e"><camunda:script scriptFormat="groovy">1 + 1</camunda:script>
	</camunda:inputParameter>
	</camunda:inputOutput>'));

-- USER TASKS
SELECT * FROM pg_temp.understood('<userTask id="t" camunda:assignee="${boss}"
	camunda:candidateUsers="a,b" camunda:candidateGroups="g"
	camunda:dueDate="P1D" camunda:followUpDate="2030-01-01T00:00:00Z" camunda:priority="70"
	camunda:formKey="form"/>');
SELECT * FROM pg_temp.understood(pg_temp.extended('<userTask id="t"/>', '<zeebe:userTask/>
	<zeebe:assignmentDefinition assignee="=boss" candidateGroups="=[&quot;a&quot;]" candidateUsers="x, y"/>
	<zeebe:taskSchedule dueDate="=now() + duration(&quot;P1D&quot;)" followUpDate="2030-01-01T00:00:00Z"/>
	<zeebe:priorityDefinition priority="80"/><zeebe:formDefinition formId="f"/>'));
SELECT * FROM pg_temp.understood(pg_temp.extended('<userTask id="t"/>', '<camunda:formData>
	<camunda:formField id="amount" label="Amount"
	type="long" defaultValue="1"><camunda:validation><camunda:constraint name="min" config="1"/></camunda:validation>
	</camunda:formField><camunda:formField id="kind" type="enum"><camunda:value id="a" name="A"/>
	</camunda:formField></camunda:formData>'));
SELECT * FROM pg_temp.understood(pg_temp.extended('<userTask id="t"/>',
	'<activiti:formProperty id="x" name="X" required="true"/><activiti:formProperty id="y"/>'));
SELECT * FROM pg_temp.understood('<userTask id="t">
	<potentialOwner><resourceAssignmentExpression>
	<formalExpression>user(kermit), group(frogs), pigs</formalExpression>
	</resourceAssignmentExpression></potentialOwner>
	<humanPerformer><resourceAssignmentExpression><formalExpression>${boss}</formalExpression>
	</resourceAssignmentExpression>
	</humanPerformer></userTask>');
SELECT * FROM pg_temp.findings('<userTask id="t" camunda:dueDate="soon"
	camunda:followUpDate="${a.b()}" camunda:priority="high"/>');

-- SCRIPTS
SELECT * FROM pg_temp.understood('<scriptTask id="t" scriptFormat="feel" bpm:resultVariable="x">
	<script>1 + 1</script></scriptTask>');
SELECT * FROM pg_temp.understood('<scriptTask id="t" scriptFormat="SQL" camunda:resultVariable="x">
	<script>SELECT 1</script></scriptTask>');
SELECT * FROM pg_temp.understood('<scriptTask id="t" scriptFormat="juel" camunda:resultVariable="x">
	<script>${a + 1}</script></scriptTask>');
SELECT * FROM pg_temp.understood(pg_temp.extended('<scriptTask id="t"/>',
	'<zeebe:script expression="= a + 1" resultVariable="x"/>'));
SELECT * FROM pg_temp.understood(pg_temp.extended('<scriptTask id="t"/>', '<zeebe:taskDefinition type="js"/>'));
SELECT * FROM pg_temp.understood('<scriptTask id="t" scriptFormat="groovy"><script>x = 1</script></scriptTask>');
SELECT * FROM pg_temp.findings('<scriptTask id="t" scriptFormat="groovy"><script>x = 1</script></scriptTask>');
SELECT * FROM pg_temp.findings('<scriptTask id="t"><script>x = 1</script></scriptTask>');
SELECT * FROM pg_temp.findings('<scriptTask id="t" scriptFormat="feel"/>');
SELECT * FROM pg_temp.findings('<scriptTask id="t" scriptFormat="feel"><script>1 +</script></scriptTask>');

-- CALLS AND DECISIONS
SELECT * FROM pg_temp.understood('<callActivity id="t" calledElement="x:child"/>');
SELECT * FROM pg_temp.understood(pg_temp.extended('<callActivity id="t" calledElement="child"
	camunda:calledElementBinding="version" camunda:calledElementVersion="3"/>',
	'<camunda:in businessKey="#{execution.processBusinessKey}"/><camunda:in source="a" target="b"/>
	<camunda:in sourceExpression="${a + 1}" target="c"/><camunda:out variables="all"/>'));
SELECT * FROM pg_temp.understood(pg_temp.extended('<callActivity id="t" calledElement="${which}"/>',
	'<camunda:in variables="all"/>'));
SELECT * FROM pg_temp.understood(pg_temp.extended('<callActivity id="t"/>',
	'<zeebe:calledElement processId="=which" propagateAllChildVariables="false"
	bindingType="versionTag" versionTag="v1"/>'));
SELECT * FROM pg_temp.understood(pg_temp.extended('<businessRuleTask id="t"/>',
	'<zeebe:calledDecision decisionId="rate" resultVariable="r"/>'));
SELECT * FROM pg_temp.understood('<businessRuleTask id="t" camunda:decisionRef="rate"
	camunda:resultVariable="r" camunda:mapDecisionResult="singleEntry"/>');
SELECT * FROM pg_temp.understood('<businessRuleTask id="t" camunda:topic="rate" camunda:type="external"/>');
SELECT * FROM pg_temp.findings('<callActivity id="t" camunda:calledElementBinding="version" camunda:caseRef="c"/>');
SELECT * FROM pg_temp.findings('<callActivity id="t" calledElement="a" camunda:calledElementBinding="newest"/>');
SELECT * FROM pg_temp.findings('<callActivity id="t" calledElement="a" camunda:calledElementBinding="version"
	camunda:calledElementVersion="last"/>');

-- LOOPS
SELECT * FROM pg_temp.understood('<task id="t"><standardLoopCharacteristics testBefore="true" loopMaximum="3">
	<loopCondition>x &lt; 3</loopCondition></standardLoopCharacteristics></task>');
SELECT * FROM pg_temp.understood('<task id="t"><multiInstanceLoopCharacteristics isSequential="true">
	<loopCardinality>3</loopCardinality><completionCondition>done</completionCondition>
	</multiInstanceLoopCharacteristics></task>');
SELECT * FROM pg_temp.understood('<task id="t">
	<multiInstanceLoopCharacteristics camunda:collection="items" camunda:elementVariable="item"/></task>');
SELECT * FROM pg_temp.understood('<task id="t">
	<multiInstanceLoopCharacteristics flowable:collection="${items}" flowable:elementVariable="item"/></task>');
SELECT * FROM pg_temp.understood('<task id="t"><multiInstanceLoopCharacteristics><extensionElements>
	<zeebe:loopCharacteristics inputCollection="=items" inputElement="item" outputCollection="results"
	outputElement="=result"/>
	</extensionElements></multiInstanceLoopCharacteristics></task>');
SELECT * FROM pg_temp.understood('<process id="p"><dataObject id="d" name="orders"/>
	<dataObjectReference id="r" dataObjectRef="d"/>
	<task id="t"><ioSpecification><dataInput id="in"/></ioSpecification>
	<dataInputAssociation><sourceRef>r</sourceRef><targetRef>in</targetRef></dataInputAssociation>
	<multiInstanceLoopCharacteristics><loopDataInputRef>in</loopDataInputRef><loopDataOutputRef>d</loopDataOutputRef>
	<inputDataItem id="i" name="order"/><outputDataItem id="o" name="receipt"/>
	</multiInstanceLoopCharacteristics></task></process>');
SELECT jsonb_path_query(bpm.model_graph(pg_temp.model('<signal id="s" name="each"/>
	<signalEventDefinition id="sd" signalRef="s"/>
	<process id="p"><task id="t">
	<multiInstanceLoopCharacteristics behavior="Complex" noneBehaviorEventRef="sd">
	<loopCardinality>3</loopCardinality><complexBehaviorDefinition><condition>loopCounter = 2</condition>
	<event id="e"><signalEventDefinition signalRef="s"/></event></complexBehaviorDefinition>
	</multiInstanceLoopCharacteristics>
	</task></process>')), '$.nodes[*] ? (@.id starts with "t")');
SELECT * FROM pg_temp.findings('<task id="t"><multiInstanceLoopCharacteristics/>
	<standardLoopCharacteristics/></task>');
SELECT * FROM pg_temp.findings('<task id="t" startQuantity="0" completionQuantity="x">
	<standardLoopCharacteristics loopMaximum="0"/></task>');
SELECT * FROM pg_temp.findings('<task id="t"><multiInstanceLoopCharacteristics behavior="One">
	<loopCardinality>1</loopCardinality>
	</multiInstanceLoopCharacteristics></task>');

-- EVENTS
CREATE FUNCTION pg_temp.event(tag text, definition text, root text DEFAULT '', attributes text DEFAULT '',
	extensions text DEFAULT '')
RETURNS SETOF jsonb LANGUAGE sql AS $$
	SELECT pg_temp.understood(format('%s<process id="p"><%s id="t" %s>
	<extensionElements>%s</extensionElements>%s</%s></process>',
		root, tag, attributes, extensions, definition, tag))
$$;
SELECT * FROM pg_temp.event('intermediateCatchEvent', '<messageEventDefinition messageRef="m"/>',
	'<message id="m" name="paid"><extensionElements><zeebe:subscription correlationKey="=orderId"/>
	</extensionElements></message>');
SELECT * FROM pg_temp.event('intermediateCatchEvent',
	'<messageEventDefinition messageRef="m" bpm:correlationKey="=id"/>', '<message id="m" name="=name"/>');
SELECT * FROM pg_temp.event('intermediateThrowEvent', '<messageEventDefinition messageRef="m"/>',
	'<message id="m" name="paid"/>', '',
	'<zeebe:publishMessage correlationKey="=id" messageId="=x" timeToLive="PT1H"/>');
SELECT * FROM pg_temp.event('endEvent', '<messageEventDefinition camunda:type="external" camunda:topic="notify"/>');
SELECT * FROM pg_temp.event('startEvent', '<signalEventDefinition signalRef="s"/>',
	'<signal id="s" name="go" flowable:scope="processInstance"/>');
SELECT * FROM pg_temp.event('endEvent',
	'<errorEventDefinition errorRef="e" camunda:errorCodeVariable="c" camunda:errorMessageVariable="m"/>',
	'<error id="e" errorCode="E1"/>');
SELECT * FROM pg_temp.event('startEvent', '<conditionalEventDefinition camunda:variableName="a, b">
	<condition>${a == 1}</condition></conditionalEventDefinition>');
SELECT * FROM pg_temp.event('startEvent', '<timerEventDefinition/><eventDefinitionRef>x</eventDefinitionRef>',
	'<timerEventDefinition id="x"><timeCycle>=cycle</timeCycle></timerEventDefinition>', 'parallelMultiple="true"');

SELECT * FROM pg_temp.event('intermediateThrowEvent', '<signalEventDefinition signalRef="s"><extensionElements>
	<camunda:in source="a" target="b"/><camunda:in sourceExpression="${c + 1}" target="d"/><camunda:in variables="all"/>
	</extensionElements></signalEventDefinition>', '<signal id="s" name="go"/>');

-- LISTENERS
SELECT * FROM pg_temp.understood(pg_temp.extended('<userTask id="t"/>',
	'<camunda:executionListener event="start" class="L"/>
	<camunda:taskListener event="create" delegateExpression="${l}"/>
	<camunda:executionListener event="end"><camunda:script scriptFormat="feel">1</camunda:script>
	</camunda:executionListener>'));
SELECT * FROM pg_temp.understood(pg_temp.extended('<userTask id="t"/>', '<zeebe:executionListeners>
	<zeebe:executionListener eventType="start" type="log" retries="2"/></zeebe:executionListeners>
	<zeebe:taskListeners><zeebe:taskListener eventType="completing" type="=kind"/></zeebe:taskListeners>'));

-- DATA
SELECT jsonb_path_query(bpm.model_graph(pg_temp.model('<dataStore id="s" name="orders" bpm:table="public.orders"/>
	<process id="p"><dataObject id="d" name="order" bpm:value="={}"/><property id="q" name="note"/>
	<dataStoreReference id="r" dataStoreRef="s"/><task id="t"/></process>')), '$.nodes[*].variables[*]');

-- A LANGUAGE OF ANOTHER WORLD: the subset of ${...} that is translated.
SELECT left(e, 40) AS juel, left(g #>> '{job,type,feel}', 120) AS feel, left(f.message, 110) AS message
FROM unnest(ARRAY['${a}', '#{a.b.c}',
	'${a == 1 && b != null || !c}',
	'${a eq 1 and b ne null or not c}', '${(a + 1) * 2 - b / 3}', '${a mod 2 == 1}', '${a - (b - c)}',
	'${empty a}', '${!empty a.b}',
	'${a > 1 ? "x" : ''y''}', '${a ? b : c ? d : e}', '${a[0].b}', '${a["b"]["c"]}', '${execution.getVariable("a") > 1}',
	'Order ${id} of ${customer.name}!', '${-a}', '${1.5 >= a}', '${"it''s \"x\""}', '${true}',
	'${a.contains("b")}', '${!a.b.startsWith(c) && a.length() > 2}', '${a.isEmpty()}', '${a.get(0)}', '${now()}',
	'${fn:length(a)}', '${S("{}")}', '${JSON(a).b[0]}', '${S()}', '${S(a, b)}', '${S(a',
	'${execution.id}', '${a', '${}', '${a b}', '${a[b]}', '${1a}', '${"x}', '${if}',
	'${a ? b}', '${(a}',
	'${execution.getVariable(a)}', '${a.}', '${' || repeat('(', 1000) || 'a}', '${' || repeat('-', 1000) || 'a}',
	'${' || repeat('empty ', 50) || 'a}']) e
LEFT JOIN LATERAL pg_temp.understood(format('<serviceTask id="t" bpm:type="%s"/>', replace(replace(replace(e,
	'&', '&amp;'), '"', '&quot;'), '<', '&lt;'))) g ON true
LEFT JOIN LATERAL pg_temp.findings(format('<serviceTask id="t" bpm:type="%s"/>', replace(replace(replace(e,
	'&', '&amp;'), '"', '&quot;'), '<', '&lt;'))) f ON true;

SELECT a, bpm.feel(g #>> '{job,type,feel}', jsonb_build_object('a', a)) AS empty
FROM pg_temp.understood('<serviceTask id="t" bpm:type="${empty a}"/>') g,
	unnest('{null,"\"\"","[]","{}",0,"\"x\"","[null]","{\"b\":1}",false}'::jsonb[]) a;

-- XPATH, where a text calls BPMN's functions for it.
SELECT left(e, 60) AS xpath, jsonb_path_query_first(g, '$.**.condition') AS feel, left(f.message, 130) AS message
FROM unnest(ARRAY['bpmn:getDataObject(''approved'')', 'not( getDataObject( "approved" ) )',
	'getDataObject(''order'')/amount >= 2.5 and bpmn:getProcessProperty(''kind'') != "it''s"',
	'count(getDataInput(''items'')) * $n div 2 = 1 or true()', 'starts-with(getDataOutput(''a'')/b/c, ''\"'')',
	'{a: sum(b)}', 'getDataObject(''a b'')', 'getDataObject(a)', 'getDataObject(''a'', ''b'')', 'getDataObject(''a''',
	'getDataObject(''a', 'getDataObject(', 'id(getDataObject(''a''))', '//a = getDataObject(''a'')', '$ = getDataObject(''a'')',
	'a-b = getDataObject(''a'')', 'getDataObject(''a'') mod 2 = 1', 'getDataObject(''' || repeat('a', 10000) || ''')',
	repeat('getDataObject(''a'') = (', 300)]) e
CROSS JOIN LATERAL (SELECT format('<process id="p"><startEvent id="s"/><exclusiveGateway id="g" default="d"/><endEvent id="e"/>
	<sequenceFlow id="c" sourceRef="s" targetRef="g"/><sequenceFlow id="d" sourceRef="g" targetRef="e"/>
	<sequenceFlow id="f" sourceRef="g" targetRef="e"><conditionExpression language="http://www.w3.org/1999/XPath">%s</conditionExpression>
	</sequenceFlow></process>', replace(replace(e, '&', '&amp;'), '<', '&lt;'))) m(model)
LEFT JOIN LATERAL (SELECT message FROM pg_temp.findings(model) WHERE severity = 'error') f ON true
LEFT JOIN LATERAL (SELECT bpm.model_graph(pg_temp.model(model)) WHERE f IS NULL) AS g(g) ON true;

-- WHAT NOBODY READS is refused, with its reason.
SELECT * FROM pg_temp.findings('<task id="t" camunda:unheard="of" zeebe:strange="x" camunda:exclusive="false"/>');
SELECT * FROM pg_temp.findings('<task id="t"
	camunda:skipExpression="${x}" flowable:triggerable="false"/>');
SELECT * FROM pg_temp.findings(pg_temp.extended('<task id="t"/>', '<camunda:connector>
	<camunda:connectorId>x</camunda:connectorId></camunda:connector><zeebe:novelty/>'));
SELECT * FROM pg_temp.findings('<endEvent id="e"><terminateEventDefinition flowable:terminateAll="true"/>
	</endEvent>') WHERE severity = 'error';
SELECT * FROM pg_temp.findings(pg_temp.extended('<callActivity id="t" calledElement="c"/>',
	'<camunda:in source="a" target="b" local="true"/>'));
SELECT * FROM pg_temp.findings(pg_temp.extended('<serviceTask id="t"/>',
	'<zeebe:taskDefinition type="x" retries="3" colour="blue"/>'));
SELECT * FROM pg_temp.findings(pg_temp.extended('<serviceTask id="t" camunda:assignee="me" camunda:collection="x"/>',
	'<camunda:formData/><zeebe:subscription correlationKey="=x"/>'));
