# bpm: a BPMN 2.0 process engine inside PostgreSQL.
#
#   make            build            make test    every test
#   make install    into the server  make demo    a process runs before your eyes
#   make clean                       make psql    a server of your own to play on
#                                    make bench   what a step costs (BENCH=name for one)
#                                    make fuzz    hostile input for a while
#                                    make memory  does a backend grow?
#
# test, demo, psql, bench, fuzz and memory need no running server, install nothing into the
# system but the Debian packages they lack, and leave nothing but build products.
# So do reference and tour, which write documents, and keep, which writes a dump: doc/testing.md.

PG_CONFIG ?= pg_config

EXTENSION  = bpm
EXTVERSION = $(shell sed -n "s/^default_version *= *'\(.*\)'/\1/p" bpm.control)
MODULE_big = bpm
OBJS       = $(patsubst %.c,%.o,$(wildcard src/*.c src/*/*.c))
PG_CPPFLAGS = -I$(srcdir)/src $(XML_CFLAGS)
# What we call of ourselves need not be looked for in the server and its forty libraries when a session loads us.
SHLIB_LINK  = $(XML_LIBS) $(if $(filter linux,$(PORTNAME)),-Wl$(comma)-Bsymbolic)
comma      := ,
XML_CFLAGS := $(shell (pkg-config --cflags libxml-2.0 || xml2-config --cflags) 2>/dev/null)
XML_LIBS   := $(shell (pkg-config --libs libxml-2.0 || xml2-config --libs) 2>/dev/null)

# The order in which the objects of the extension are created.
INSTALL_SQL = $(wildcard $(addprefix src/sql/, schema.sql table.sql storage.sql comment.sql event.sql function.sql model.sql expression.sql decision.sql check.sql worker.sql stat.sql grant.sql))
DATA_built  = $(EXTENSION)--$(EXTVERSION).sql $(TO_THIS)

# An upgrade script says by hand what becomes of tables.  The one to this version goes on with
# all that can be created again: functions, views, comments.
UPGRADES    = $(wildcard src/sql/upgrade/*.sql)
TO_THIS     = $(notdir $(filter %--$(EXTVERSION).sql,$(UPGRADES)))
DATA        = $(filter-out %--$(EXTVERSION).sql,$(UPGRADES))
AGAIN_SQL   = $(filter-out %/schema.sql %/table.sql %/grant.sql,$(INSTALL_SQL)) src/sql/upgrade.sql

# Each suite starts a server of its own.  The first test creates the extension.
# A spec must not have the name of a regression test: its expected output would be taken.
# (A test without expected output would end the whole run; run.sh names it.)
SERVER         = --temp-config=test/bpm.conf --no-locale --encoding=UTF8
EXPECTED      := $(patsubst expected/%.out,%,$(wildcard expected/*.out))
REGRESS       := $(filter $(EXPECTED),install $(filter-out install,$(patsubst sql/%.sql,%,$(wildcard sql/*.sql))))
REGRESS_OPTS   = --temp-instance=tmp_regress $(SERVER)
ISOLATION     := $(patsubst test/specs/%.spec,%,$(wildcard test/specs/*.spec))
ISOLATION_OPTS = --temp-instance=tmp_isolation $(SERVER) --inputdir=test
PROVE_TESTS   := $(wildcard test/t/*.pl)
TAP_TESTS     := $(if $(PROVE_TESTS),1)
EXTRA_CLEAN    = tmp_* results log output_iso regression.diffs regression.out

# Nothing here is worth inlining into a compiled SQL expression, and bitcode
# doubles the time of a build.
override with_llvm = no

.DEFAULT_GOAL = all
SERVED = demo psql bench fuzz memory reference tour keep
.PHONY: all test $(SERVED) run-test $(SERVED:%=run-%) stage fuzzer

# What is missing is installed first, or named.  Then make goes on as an
# ordinary user, for PostgreSQL refuses to run as root.
test $(SERVED):
	@sh test/prerequisites.sh $(PG_CONFIG)
	@sh test/unprivileged.sh $(MAKE) --no-print-directory run-$@

export DOCUMENT

PGXS := $(wildcard $(shell $(PG_CONFIG) --pgxs 2>/dev/null))
ifneq ($(and $(PGXS),$(XML_LIBS)),)
include $(PGXS)
PROVE_FLAGS = --verbose --norc

$(EXTENSION)--$(EXTVERSION).sql: $(INSTALL_SQL)
	cat /dev/null $^ > $@

$(TO_THIS): %: src/sql/upgrade/% $(AGAIN_SQL)
	sed -E 's/^CREATE (FUNCTION|VIEW)/CREATE OR REPLACE \1/' $^ > $@

# PGXS does not track headers; and what was built for one server must not be
# linked into another.
$(OBJS): $(wildcard src/*/*.h) tmp_version
tmp_version: FORCE
	@echo '$(VERSION) $(pkglibdir) $(COPT)' | cmp -s - $@ || echo '$(VERSION) $(pkglibdir) $(COPT)' > $@
.PHONY: FORCE

# PostgreSQL finds its files relative to its own binary.  So a copy of the
# installation plus our extension is a complete server that touches nothing else.
STAGE = $(CURDIR)/tmp_install
JOBS := $(shell nproc 2>/dev/null || echo 1)
stage:
	@rm -rf $(STAGE)
	@for dir in $(bindir) $(pkglibdir) $(datadir); do \
	  mkdir -p $(STAGE)$$dir && cp -a $$dir/. $(STAGE)$$dir || exit; \
	done
	@$(MAKE) -s $(if $(findstring -j,$(MAKEFLAGS)),,-j$(JOBS)) install DESTDIR=$(STAGE)

# What the fuzzer learns from, and what stops the server where C has no meaning.
fuzz: export COPT ?= -fsanitize-coverage=trace-pc -fsanitize=undefined -fno-sanitize-recover=undefined
fuzzer:
	@$(MAKE) -s -C test/fuzz PG_CONFIG=$(PG_CONFIG) COPT=

run-fuzz: fuzzer
# A library that AddressSanitizer watches needs its runtime in the server from the start.
ifneq ($(findstring address,$(COPT)),)
WATCHED = LD_PRELOAD=$$($(CC) -print-file-name=libasan.so) ASAN_OPTIONS=detect_leaks=0:abort_on_error=1
endif
run-test: stage fuzzer
	@$(WATCHED) sh test/run.sh $(MAKE) -s bindir=$(STAGE)$(bindir)
$(SERVED:%=run-%): run-%: stage
	@$(WATCHED) sh test/server.sh $(STAGE)$(bindir) $*
else
# Nothing to build with yet.
all install:
	@sh test/prerequisites.sh --say $(PG_CONFIG)
clean:
	rm -rf $(OBJS) $(DATA_built) $(MODULE_big).so $(EXTRA_CLEAN)
endif
