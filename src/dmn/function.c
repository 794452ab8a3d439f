/*
 * function.c
 *	  Functions of a model as FEEL values: boxed functions, business knowledge
 *	  models, decision services.
 */
#include "postgres.h"

#include "dmn/dmn_int.h"

/* What a function value of a model calls. */
typedef struct Closure
{
	FeelForeign foreign;		/* first, so that its address is that of the whole */
	DmnRun	   *run;
	const DmnFunction *function;
	const Drg  *drg;			/* in which it was made */
	FeelValue  *captured;		/* function->base values */
} Closure;

typedef struct ServiceCall
{
	DmnRun	   *run;
	const Drg  *drg;
} ServiceCall;

/* JAVA: what a method gets is in the parameters, what it is called the body says. */
static FeelValue
call_java(Closure *closure, FeelValue *frame, const FeelValue *args, int nargs)
{
	DmnRun	   *run = closure->run;
	FeelValue	what = bpm_dmn_eval(closure->function->body, run, frame);

	return bpm_feel_call_java(run->machine, what, args, nargs);
}

/* Runs the body in a frame of its own. */
static FeelValue
call_closure(FeelMachine *machine, const FeelValue *args, int nargs, void *arg)
{
	Closure    *closure = arg;
	const DmnFunction *function = closure->function;
	DmnRun	   *run = closure->run;
	const Drg  *outer = run->drg;
	DmnTrace   *trace = run->trace;
	FeelValue  *frame = bpm_feel_alloc(machine, sizeof(FeelValue) * (function->frame_size + 1));
	FeelValue	value;

	Assert(nargs == function->nparameters);
	if (bpm_dmn_has_news(run))
		bpm_dmn_place(run, NULL);	/* it is the caller's */
	if (function->base > 0)
		memcpy(frame, closure->captured, sizeof(FeelValue) * function->base);
	if (nargs > 0)
		memcpy(frame + function->base, args, sizeof(FeelValue) * nargs);
	/* a knowledge model sees itself behind what it requires */
	if (function == closure->drg->function)
		frame[function->base - 1] = bpm_dmn_value(run, closure->drg);
	run->drg = closure->drg;
	run->trace = NULL;
	value = function->java ? call_java(closure, frame, args, nargs) : bpm_dmn_eval(function->body, run, frame);
	value = bpm_dmn_convert(run, function->result, value, "the result of a function");
	if (closure->drg->kind == DRG_KNOWLEDGE)
		value = bpm_dmn_convert(run, closure->drg->type, value, "the result of a function");
	run->drg = outer;
	run->trace = trace;
	return value;
}

/* A function value that takes along the frame as it is now. */
FeelValue
bpm_dmn_closure(DmnRun *run, const DmnFunction *function, const Drg *drg, const FeelValue *frame)
{
	Closure    *closure = bpm_feel_alloc(run->machine, sizeof(Closure));

	memset(closure, 0, sizeof(Closure));
	closure->foreign.nparameters = function->nparameters;
	closure->foreign.parameters = function->parameters;
	closure->foreign.types = function->types;
	closure->foreign.call = call_closure;
	closure->foreign.arg = closure;
	closure->run = run;
	closure->function = function;
	closure->drg = drg;
	closure->captured = bpm_feel_alloc(run->machine, sizeof(FeelValue) * (function->base + 1));
	if (function->base > 0)
		memcpy(closure->captured, frame, sizeof(FeelValue) * function->base);
	return bpm_feel_foreign(run->machine, &closure->foreign);
}

/* DECISION SERVICES */

/* The parameters of a service, for good: input data, then input decisions. */
const FeelForeign *
bpm_dmn_service_head(const Drg *drg)
{
	FeelForeign *head = palloc0(sizeof(FeelForeign));
	const char **parameters = palloc(sizeof(char *) * Max(drg->ninputs, 1));
	const FeelType **types = palloc(sizeof(FeelType *) * Max(drg->ninputs, 1));
	int			i;

	for (i = 0; i < drg->ninputs; i++)
	{
		parameters[i] = drg->inputs[i]->name;
		types[i] = drg->inputs[i]->type;
	}
	head->nparameters = drg->ninputs;
	head->parameters = parameters;
	head->types = types;
	return head;
}

/* The values of the output decisions: of the only one, or all of them by name. */
static FeelValue
collect_outputs(DmnRun *run, const Drg *drg)
{
	FeelContext *context;
	int			i;

	if (drg->noutputs == 1)
		return bpm_dmn_value(run, drg->outputs[0]);
	context = bpm_feel_make_context(run->machine, drg->noutputs);
	if (context == NULL)
		return bpm_feel_null();
	for (i = 0; i < drg->noutputs; i++)
	{
		context->entries[i].key = bpm_feel_string(drg->output_names[i], strlen(drg->output_names[i]));
		context->entries[i].value = bpm_dmn_value(run, drg->outputs[i]);
	}
	return bpm_feel_context(context);
}

/* Inside of a service nothing is known but the arguments; outside nothing changes. */
FeelValue
bpm_dmn_call_service(DmnRun *run, const Drg *drg, const FeelValue *args)
{
	DmnRun	   *inside = bpm_feel_alloc(run->machine, sizeof(DmnRun));
	Size		count = run->model->count;
	int			i;

	if (bpm_dmn_has_news(run))
		bpm_dmn_place(run, NULL);	/* it is the caller's */
	/* functions that are made in there may outlive the call */
	*inside = *run;
	inside->values = bpm_feel_alloc(run->machine, sizeof(FeelValue) * count);
	inside->states = bpm_feel_alloc(run->machine, count);
	inside->trace = NULL;
	inside->closed = true;
	memset(inside->states, STATE_UNKNOWN, count);
	for (i = 0; i < drg->ninputs; i++)
		bpm_dmn_supply(inside, drg->inputs[i], args[i]);
	return bpm_dmn_convert(run, drg->type, collect_outputs(inside, drg), "the result of a decision service");
}

static FeelValue
call_service(FeelMachine *machine, const FeelValue *args, int nargs, void *arg)
{
	ServiceCall *call = arg;

	Assert(nargs == call->drg->ninputs);
	return bpm_dmn_call_service(call->run, call->drg, args);
}

/* The service as a function value. */
FeelValue
bpm_dmn_service(DmnRun *run, const Drg *drg)
{
	ServiceCall *call = bpm_feel_alloc(run->machine, sizeof(ServiceCall));
	FeelForeign *foreign = bpm_feel_alloc(run->machine, sizeof(FeelForeign));

	call->run = run;
	call->drg = drg;
	*foreign = *drg->foreign;
	foreign->call = call_service;
	foreign->arg = call;
	return bpm_feel_foreign(run->machine, foreign);
}
