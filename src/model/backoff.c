/*
 * backoff.c
 *	  How long a job that failed is left alone: plans of retries.
 *
 *	  PT1S,PT10S,PT1M			one duration for each failure, the last one from then on
 *	  R3/PT10M					as Camunda writes it: three attempts, ten minutes apart
 *	  PT1S*2 max PT1H			twice as long each time, up to an hour
 *	  ... jitter 20%			up to a fifth less or more, by chance, so that jobs that failed
 *								together do not come back together
 */
#include "postgres.h"

#include <math.h>

#include "feel/feel.h"
#include "model/model_int.h"

typedef struct Plan
{
	List	   *delays;			/* of Interval */
	int			attempts;		/* 0: the plan does not say */
	double		factor;			/* 1: none */
	double		maximum;		/* in seconds */
	double		jitter;			/* 0.2 for 20% */
} Plan;

/* The longest delay that is multiplied or varied: longer ones would leave the calendar. */
#define MAX_SECONDS (10 * 365.25 * SECS_PER_DAY)

static char *parse(const char *text, Plan *plan);
static char *cut(char *text, const char *word);
static bool read_number(const char *text, double least, double most, double *number);
static char *read_delays(char *text, Plan *plan);
static double seconds_of(const Interval *interval);

/* What is wrong with a plan; NULL: nothing. */
char *
bpm_model_backoff_problem(const char *text)
{
	Plan		plan;

	return parse(text, &plan);
}

/* How often a job is tried by a plan of the form R3/PT10M; 0: the plan does not say. */
int
bpm_model_backoff_attempts(const char *text)
{
	Plan		plan;

	return parse(text, &plan) == NULL ? plan.attempts : 0;
}

/*
 * The delay after that failure (from 1), by a plan without a problem; draw is a
 * random number from 0 to 1.
 */
Interval
bpm_model_backoff(const char *text, int failure, double draw)
{
	Interval	delay = {0};
	Plan		plan;
	double		seconds;

	if (parse(text, &plan) != NULL)
		return delay;			/* somebody wrote it into the table */
	delay = *(Interval *) list_nth(plan.delays, Min(failure, list_length(plan.delays)) - 1);
	if (plan.factor == 1 && plan.jitter == 0)
		return delay;
	seconds = Min(seconds_of(&delay) * pow(plan.factor, Min(failure - 1, 1000)), plan.maximum);
	seconds *= 1 + plan.jitter * (2 * draw - 1);
	memset(&delay, 0, sizeof(delay));
	delay.time = (int64) (Min(seconds, MAX_SECONDS) * USECS_PER_SEC);
	return delay;
}

static double
seconds_of(const Interval *interval)
{
	return (double) interval->time / USECS_PER_SEC + (interval->day + interval->month * 30.0) * SECS_PER_DAY;
}

/* Returns the problem; NULL: none. */
static char *
parse(const char *text, Plan *plan)
{
	char	   *delays = pstrdup(text);
	char	   *jitter = cut(delays, "jitter");
	char	   *maximum = cut(delays, "max");
	char	   *factor = cut(delays, "*");
	Interval	limit;
	int			length;

	memset(plan, 0, sizeof(Plan));
	plan->factor = 1;
	plan->maximum = MAX_SECONDS;
	if (jitter != NULL)
	{
		length = strlen(jitter);
		if (length == 0 || jitter[length - 1] != '%' ||
			!read_number(pnstrdup(jitter, length - 1), 0, 100, &plan->jitter))
			return psprintf("has a jitter that is not from 0%% to 100%%: \"%s\"", bpm_model_clip(jitter));
		plan->jitter /= 100;
	}
	if (maximum != NULL)
	{
		if (!bpm_feel_parse_duration(maximum, &limit))
			return psprintf("is no ISO 8601 duration: \"%s\"", bpm_model_clip(maximum));
		plan->maximum = Min(seconds_of(&limit), MAX_SECONDS);
	}
	if (factor != NULL && !read_number(factor, 1, 1000, &plan->factor))
		return psprintf("has a factor that is not from 1 to 1000: \"%s\"", bpm_model_clip(factor));
	return read_delays(delays, plan);
}

/* Cuts the text before the word and returns what comes after it; NULL: it is not there. */
static char *
cut(char *text, const char *word)
{
	char	   *found = strstr(text, word);

	if (found == NULL)
		return NULL;
	*found = '\0';
	return bpm_model_trim(found + strlen(word));
}

static bool
read_number(const char *text, double least, double most, double *number)
{
	char	   *end;

	*number = strtod(text, &end);
	return end != text && bpm_model_blank(end) && *number >= least && *number <= most;	/* false for NaN */
}

/* Durations by commas; one alone may have R<attempts>/ before it. */
static char *
read_delays(char *text, Plan *plan)
{
	char	   *rest = bpm_model_trim(text);
	double		attempts;

	if (*rest == 'R')
	{
		char	   *slash = strchr(rest, '/');

		if (slash == NULL || !read_number(pnstrdup(rest + 1, slash - rest - 1), 1, 1000000, &attempts) ||
			attempts != floor(attempts))
			return psprintf("has a number of attempts that is none: \"%s\"", bpm_model_clip(rest));
		plan->attempts = (int) attempts;
		rest = slash + 1;
	}
	for (;;)
	{
		int			length = strcspn(rest, ",");
		char	   *item = bpm_model_trim(pnstrdup(rest, length));
		Interval   *delay = palloc(sizeof(Interval));

		if (!bpm_feel_parse_duration(item, delay) || seconds_of(delay) < 0)
			return psprintf("is no ISO 8601 duration: \"%s\"", bpm_model_clip(item));
		plan->delays = lappend(plan->delays, delay);
		if (rest[length] == '\0')
			return NULL;
		rest += length + 1;
	}
}
