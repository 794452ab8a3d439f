EXTENSION  = bpm
EXTVERSION = $(shell sed -n "s/^default_version *= *'\(.*\)'/\1/p" bpm.control)
MODULE_big = bpm
OBJS       = $(patsubst %.c,%.o,$(wildcard src/*.c src/*/*.c))
PG_CPPFLAGS = -I$(srcdir)/src $(shell xml2-config --cflags)
SHLIB_LINK  = $(shell xml2-config --libs)

# The order in which the objects of the extension are created.
INSTALL_SQL = $(addprefix src/sql/, schema.sql table.sql function.sql grant.sql)
DATA        = $(wildcard src/sql/upgrade/*.sql)
DATA_built  = $(EXTENSION)--$(EXTVERSION).sql

# Each suite starts a server of its own.
SERVER         = --temp-config=test/bpm.conf --no-locale --encoding=UTF8
REGRESS        = $(sort $(patsubst sql/%.sql,%,$(wildcard sql/*.sql)))
REGRESS_OPTS   = --temp-instance=tmp_check $(SERVER)
ISOLATION      = $(sort $(patsubst test/specs/%.spec,%,$(wildcard test/specs/*.spec)))
ISOLATION_OPTS = --temp-instance=tmp_check_iso $(SERVER) --inputdir=test
TAP_TESTS      = 1
PROVE_TESTS    = test/t/*.pl
EXTRA_CLEAN    = tmp_install

PG_CONFIG ?= pg_config
PGXS := $(shell $(PG_CONFIG) --pgxs)
include $(PGXS)

$(DATA_built): $(INSTALL_SQL)
	cat $^ > $@
