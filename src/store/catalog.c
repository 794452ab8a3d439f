/*
 * catalog.c
 *	  Which relations are ours.
 *
 * Their OIDs are looked up when a backend first needs them, and again after any
 * of those that it knows was said to have changed: DROP EXTENSION and CREATE
 * EXTENSION in one session, or REINDEX CONCURRENTLY, give new ones.
 *
 * Rows are read and written past SQL.  So each table is compared with what this
 * library knows of it before it is used; that also catches a library and an
 * extension of different versions.
 */
#include "postgres.h"

#include "base/compat.h"
#include "store/store_int.h"

#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "commands/extension.h"
#include "storage/lmgr.h"
#include "utils/builtins.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

typedef struct IndexName
{
	Table		table;
	const char *name;
} IndexName;

static const IndexName index_names[INDEXES] = {
	[INDEX_DEFINITION_ID] = {TABLE_DEFINITION, "definition_pkey"},
	[INDEX_DEFINITION_VERSION] = {TABLE_DEFINITION, "definition_kind_key_version_key"},
	[INDEX_HANDLER_TYPE] = {TABLE_HANDLER, "handler_pkey"},
	[INDEX_JOB_TYPE] = {TABLE_JOB_TYPE, "job_type_pkey"},
	[INDEX_INSTANCE_ID] = {TABLE_INSTANCE, "instance_pkey"},
	[INDEX_INSTANCE_BUSINESS_KEY] = {TABLE_INSTANCE, "instance_business_key"},
	[INDEX_INSTANCE_CALLED] = {TABLE_INSTANCE, "instance_called"},
	[INDEX_TOKEN_ID] = {TABLE_TOKEN, "token_pkey"},
	[INDEX_TOKEN_SCOPE] = {TABLE_TOKEN, "token_scope"},
	[INDEX_TOKEN_JOIN] = {TABLE_TOKEN, "token_join"},
	[INDEX_TOKEN_READY] = {TABLE_TOKEN, "token_ready"},
	[INDEX_JOB_ID] = {TABLE_JOB, "job_pkey"},
	[INDEX_JOB_TOKEN] = {TABLE_JOB, "job_token_key"},
	[INDEX_JOB_DUE] = {TABLE_JOB, "job_due"},
	[INDEX_TASK_ID] = {TABLE_TASK, "task_pkey"},
	[INDEX_TASK_TOKEN] = {TABLE_TASK, "task_token_key"},
	[INDEX_TIMER_ID] = {TABLE_TIMER, "timer_pkey"},
	[INDEX_TIMER_DUE] = {TABLE_TIMER, "timer_due"},
	[INDEX_TIMER_DEFINITION] = {TABLE_TIMER, "timer_definition"},
	[INDEX_TIMER_TOKEN] = {TABLE_TIMER, "timer_token"},
	[INDEX_SUBSCRIPTION_ID] = {TABLE_SUBSCRIPTION, "subscription_pkey"},
	[INDEX_SUBSCRIPTION_NAME] = {TABLE_SUBSCRIPTION, "subscription_name"},
	[INDEX_SUBSCRIPTION_TOKEN] = {TABLE_SUBSCRIPTION, "subscription_token"},
	[INDEX_MESSAGE_ID] = {TABLE_MESSAGE, "message_pkey"},
	[INDEX_MESSAGE_NAME] = {TABLE_MESSAGE, "message_name"},
	[INDEX_MESSAGE_ONCE] = {TABLE_MESSAGE, "message_once"},
	[INDEX_MESSAGE_EXPIRY] = {TABLE_MESSAGE, "message_expiry"},
	[INDEX_INCIDENT_ID] = {TABLE_INCIDENT, "incident_pkey"},
	[INDEX_INCIDENT_OPEN] = {TABLE_INCIDENT, "incident_open"},
	[INDEX_SAGA_ID] = {TABLE_SAGA, "saga_pkey"},
	[INDEX_SAGA_INSTANCE] = {TABLE_SAGA, "saga_instance_seq_key"},
	[INDEX_SAGA_DONE] = {TABLE_SAGA, "saga_done"},
	[INDEX_SAGA_HANDLER] = {TABLE_SAGA, "saga_handler"},
	[INDEX_ITEM_POSITION] = {TABLE_ITEM, "item_pkey"},
	[INDEX_DELIVERY_ID] = {TABLE_DELIVERY, "delivery_pkey"},
	[INDEX_LOG_INSTANCE] = {TABLE_LOG, "log_instance"},
};

/* The partitions of the log, and their indexes on the instance. */
static const char *const segment_names[SEGMENTS] = {
	"log_0", "log_1", "log_2", "log_3", "log_4", "log_5", "log_6", "log_7"
};
static const char *const segment_index_names[SEGMENTS] = {
	"log_0_instance_idx", "log_1_instance_idx", "log_2_instance_idx", "log_3_instance_idx",
	"log_4_instance_idx", "log_5_instance_idx", "log_6_instance_idx", "log_7_instance_idx"
};

/* All our relations in one array: tables, sequence, indexes, segments and their indexes. */
#define RELATION_SEQUENCE	TABLES
#define RELATION_INDEXES	(TABLES + 1)
#define RELATION_SEGMENTS	(RELATION_INDEXES + INDEXES)
#define RELATION_SEGMENT_INDEXES (RELATION_SEGMENTS + SEGMENTS)
#define RELATIONS			(RELATION_SEGMENT_INDEXES + SEGMENTS)

/* Backends keep rows of the tables up to this one; who changes them announces it. */
#define LAST_CACHED_TABLE	TABLE_SEGMENT

/* What was looked up; of a backend. */
static struct
{
	bool		valid;
	uint64		epoch;			/* counts the changes */
	Oid			relation[RELATIONS];	/* InvalidOid: not known yet */
	bool		checked[TABLES];
	bool		checked_segment[SEGMENTS];
}			catalog;

/* May be called at any time: only marks. */
static void
forget(Datum arg, Oid relation)
{
	bool		ours = relation == InvalidOid;
	int			i;

	for (i = 0; i < RELATIONS && !ours; i++)
		ours = catalog.relation[i] == relation;
	if (!ours)
		return;
	catalog.valid = false;
	catalog.epoch++;
	memset(catalog.checked, 0, sizeof(catalog.checked));
	memset(catalog.checked_segment, 0, sizeof(catalog.checked_segment));
}

static const char *
relation_name(int relation)
{
	if (relation < TABLES)
		return bpm_store_tables[relation].name;
	if (relation == RELATION_SEQUENCE)
		return "id_seq";
	if (relation < RELATION_SEGMENTS)
		return index_names[relation - RELATION_INDEXES].name;
	if (relation < RELATION_SEGMENT_INDEXES)
		return segment_names[relation - RELATION_SEGMENTS];
	return segment_index_names[relation - RELATION_SEGMENT_INDEXES];
}

static Oid
look_up(int relation)
{
	Oid			schema = get_namespace_oid("bpm", true);
	Oid			found = OidIsValid(schema) ? get_relname_relid(relation_name(relation), schema) : InvalidOid;

	if (OidIsValid(found))
		return found;
	if (!OidIsValid(schema) || !OidIsValid(get_extension_oid("bpm", true)))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_OBJECT),
				 errmsg("extension \"bpm\" is not installed in this database"),
				 errhint("Use CREATE EXTENSION bpm.")));
	ereport(ERROR,
			(errcode(ERRCODE_UNDEFINED_OBJECT),
			 errmsg("extension \"bpm\" lacks its relation \"%s\"", relation_name(relation)),
			 errhint("Perhaps extension and library have different versions: use ALTER EXTENSION bpm UPDATE.")));
}

/*
 * Forgets what may have changed, and looks up the tables whose rows are cached:
 * changes of those must be heard of.  If something changes meanwhile, the next
 * one looks again.
 */
static void
make_valid(void)
{
	static bool registered = false;
	uint64		epoch = catalog.epoch;
	int			i;

	if (catalog.valid)
		return;
	if (!registered)
		CacheRegisterRelcacheCallback(forget, (Datum) 0);
	registered = true;
	memset(catalog.relation, 0, sizeof(catalog.relation));
	for (i = 0; i <= LAST_CACHED_TABLE; i++)
		catalog.relation[i] = look_up(i);
	catalog.valid = epoch == catalog.epoch;
}

static Oid
oid_of(int relation)
{
	make_valid();
	if (!OidIsValid(catalog.relation[relation]))
		catalog.relation[relation] = look_up(relation);
	return catalog.relation[relation];
}

/* What would make a write past SQL wrong; NULL: nothing. */
static const char *
find_obstacle(Relation relation, const TableInfo *info)
{
	TriggerDesc *triggers = relation->trigdesc;
	TupleDesc	descriptor = RelationGetDescr(relation);
	bool		partitioned = relation->rd_rel->relkind == RELKIND_PARTITIONED_TABLE;
	int			i;

	if (relation->rd_rel->relkind != RELKIND_RELATION && !partitioned)
		return "It is not a plain table.";
	if (partitioned && triggers != NULL && (triggers->trig_insert_before_statement ||
											triggers->trig_insert_after_statement))
		return "It has statement triggers, which its partitions do not fire.";
	if (relation->rd_rel->relforcerowsecurity)
		return "Row-level security is forced on it.";
	if (relation->rd_rules != NULL && relation->rd_rules->numLocks > 0)
		return "It has rules.";
	if (triggers != NULL && (triggers->trig_insert_new_table || triggers->trig_update_old_table ||
							 triggers->trig_update_new_table || triggers->trig_delete_old_table))
		return "It has triggers with transition tables.";
	if (descriptor->natts < info->columns)
		return "It lacks columns.";
	for (i = 0; i < descriptor->natts; i++)
	{
		Form_pg_attribute attribute = TupleDescAttr(descriptor, i);

		/* what was added and dropped leaves a column that stays NULL */
		if (i >= info->columns && !attribute->attisdropped)
			return "It has more columns.";
		if (i < info->columns && (attribute->attisdropped ||
								  strcmp(NameStr(attribute->attname), info->column[i].name) != 0 ||
								  attribute->atttypid != bpm_store_column_type(info->column[i].kind)))
			return "It has other columns.";
	}
	return NULL;
}

static void
check_table(Relation relation, Table table)
{
	const TableInfo *info = &bpm_store_tables[table];
	const char *obstacle = find_obstacle(relation, info);

	Assert(info->columns <= MAX_COLUMNS);
	if (obstacle != NULL)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("table bpm.%s is not as the extension made it", info->name),
				 errdetail_internal("%s", obstacle),
				 errhint("Undo that, or use ALTER EXTENSION bpm UPDATE if library and extension "
						 "have different versions.")));
}

Relation
bpm_store_open(Table table, LOCKMODE lock)
{
	Relation	relation;

	relation = table_open(oid_of(table), lock);
	if (!catalog.checked[table])
	{
		check_table(relation, table);
		catalog.checked[table] = true;
	}
	return relation;
}

/*
 * Opens a segment, or (-1) the one that the log is written to: if that was
 * closed while we waited for the lock, the one after it.
 */
Relation
bpm_store_open_segment(int *segment, LOCKMODE lock)
{
	for (;;)
	{
		int			number = *segment >= 0 ? *segment : bpm_store_segment();
		Relation	relation;

		relation = table_open(oid_of(RELATION_SEGMENTS + number), lock);
		if (*segment < 0 && number != bpm_store_segment())
		{
			table_close(relation, lock);
			continue;
		}
		make_valid();
		if (!catalog.checked[TABLE_LOG])
			table_close(bpm_store_open(TABLE_LOG, AccessShareLock), AccessShareLock);
		if (!catalog.checked_segment[number])
		{
			check_table(relation, TABLE_LOG);
			catalog.checked_segment[number] = true;
		}
		*segment = number;
		return relation;
	}
}

Oid
bpm_store_table_oid(Table table)
{
	return oid_of(table);
}

Oid
bpm_store_segment_oid(int segment)
{
	return oid_of(RELATION_SEGMENTS + segment);
}

Oid
bpm_store_segment_index(int segment)
{
	return oid_of(RELATION_SEGMENT_INDEXES + segment);
}

Table
bpm_store_table_of(RowIndex index)
{
	return index_names[index].table;
}

Oid
bpm_store_index_oid(RowIndex index)
{
	return oid_of(RELATION_INDEXES + index);
}

Oid
bpm_store_sequence_oid(void)
{
	return oid_of(RELATION_SEQUENCE);
}

void
bpm_store_announce(Table table)
{
	CacheInvalidateRelcacheByRelid(oid_of(table));
}

uint64
bpm_store_epoch(void)
{
	make_valid();
	return catalog.epoch + 1;	/* never 0 */
}

Oid
bpm_store_incarnation(void)
{
	return oid_of(TABLE_DEFINITION);
}

bool
bpm_store_exists(void)
{
	return catalog.valid || OidIsValid(get_extension_oid("bpm", true));
}
