/*
 * zone.c
 *	  Time zones: none, a fixed offset, or a region of the IANA database.
 *
 * The rules of the regions are the server's.  Two things are not: which names
 * are accepted (pg_tzset() also takes POSIX rules and any letter case), and what
 * a local time means that a clock shows twice or never.  It shows the earlier
 * instant, or it is moved on by the gap; so does Java, hence most FEEL engines.
 */
#include "postgres.h"

#include "utils/timestamp.h"

#include "feel/temporal.h"

/* Names with digits that are IANA's, besides Etc/GMT±n; others are POSIX rules. */
static const char *const names_with_digits[] = {
	"EST5EDT", "CST6CDT", "MST7MDT", "PST8PDT", "GMT0", "GMT+0", "GMT-0"
};

/* Trees and files of the database's directory that are not zones. */
static const char *const not_zones[] = {"posix/", "right/", "posixrules", "localtime", "Factory"};

static bool
is_gmt_with_offset(const char *name)
{
	static const char prefix[] = "Etc/GMT";

	return strncmp(name, prefix, sizeof(prefix) - 1) == 0;
}

static bool
is_region_name(const char *name)
{
	for (int i = 0; i < lengthof(not_zones); i++)
	{
		if (strncmp(name, not_zones[i], strlen(not_zones[i])) == 0)
			return false;
	}
	if (strpbrk(name, "0123456789") == NULL)
		return name[strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_+-/")] == '\0';
	for (int i = 0; i < lengthof(names_with_digits); i++)
	{
		if (strcmp(name, names_with_digits[i]) == 0)
			return true;
	}
	return is_gmt_with_offset(name);
}

/* Finds a region by its IANA name, in the letter case that it is written there. */
bool
bpm_feel_zone_find(const char *name, int length, FeelZone *result)
{
	char		copy[TZ_STRLEN_MAX + 1];
	pg_tz	   *region;

	if (length <= 0 || length > TZ_STRLEN_MAX || memchr(name, '\0', length) != NULL)
		return false;
	memcpy(copy, name, length);
	copy[length] = '\0';
	if (!is_region_name(copy))
		return false;
	region = pg_tzset(copy);
	if (region == NULL || strcmp(pg_get_timezone_name(region), copy) != 0)
		return false;
	result->kind = FEEL_ZONE_REGION;
	result->offset = 0;
	result->region = region;
	return true;
}

FeelZone
bpm_feel_zone_none(void)
{
	FeelZone	zone = {FEEL_ZONE_NONE, 0, NULL};

	return zone;
}

FeelZone
bpm_feel_zone_offset(int32 seconds)
{
	FeelZone	zone = {FEEL_ZONE_OFFSET, seconds, NULL};

	return zone;
}

/* The session's zone; as its offset of now, where it is a POSIX rule and so has no name FEEL could read. */
FeelZone
bpm_feel_zone_session(void)
{
	FeelZone	zone = {FEEL_ZONE_REGION, 0, session_timezone};
	pg_time_t	now;

	if (is_region_name(pg_get_timezone_name(session_timezone)))
		return zone;
	now = timestamptz_to_time_t(GetCurrentTimestamp());
	return bpm_feel_zone_offset(bpm_feel_zone_offset_at(zone, now));
}

const char *
bpm_feel_zone_name(FeelZone zone)
{
	return zone.kind == FEEL_ZONE_REGION ? pg_get_timezone_name(zone.region) : NULL;
}

bool
bpm_feel_zone_same(FeelZone a, FeelZone b)
{
	return a.kind == b.kind && a.offset == b.offset && a.region == b.region;
}

/* Seconds east of UTC at an instant; a local time has none, and counts as UTC. */
int32
bpm_feel_zone_offset_at(FeelZone zone, int64 utc_seconds)
{
	pg_time_t	instant = utc_seconds;
	struct pg_tm *local;

	if (zone.kind != FEEL_ZONE_REGION)
		return zone.offset;
	local = pg_localtime(&instant, zone.region);
	return local == NULL ? 0 : (int32) local->tm_gmtoff;
}

/*
 * Seconds east of UTC at a local date and time.  Offsets a day before and after
 * bracket any change of the clock.  The offset before it holds when that gives an
 * instant before it (shown twice: the earlier one), and in a gap.
 */
int32
bpm_feel_zone_offset_local(FeelZone zone, int64 local_seconds)
{
	int32		before;
	int32		after;

	if (zone.kind != FEEL_ZONE_REGION)
		return zone.offset;
	before = bpm_feel_zone_offset_at(zone, local_seconds - FEEL_SECONDS_PER_DAY);
	after = bpm_feel_zone_offset_at(zone, local_seconds + FEEL_SECONDS_PER_DAY);
	if (before == after || bpm_feel_zone_offset_at(zone, local_seconds - before) == before)
		return before;
	return bpm_feel_zone_offset_at(zone, local_seconds - after) == after ? after : before;
}
