# SPDX-License-Identifier: Apache-2.0
#
# rehabd. One Makefile, no recursion; whatever is generated lies under $(B).
#
#   make run            a working service with demonstration data
#   make check          every test
#   make B=/tmp/b ...   another place for what is generated
#   make CC=clang-14    another compiler (gcc 12 and clang 14 are the ones tested)
#
# A room is a folder of src. Its C files are found by wildcard and become one archive, $(B)/lib/ROOM.a.
# A test is tests/ROOM/NAME_test.c; other C files beside it are linked to every test of the room.
# Scripts tests/ROOM/*.sh and *.py are tests too, unless their name begins with an underscore.

VERSION = 0.1.0
B      ?= build
PREFIX ?= /usr/local

ifeq ($(origin CC),default)
CC = gcc
endif
CLANG := $(findstring clang,$(CC))

MAKEFLAGS += --no-builtin-rules --no-print-directory
.SUFFIXES:
.SECONDARY:
.DELETE_ON_ERROR:
.DEFAULT_GOAL := all
.PHONY: FORCE

# what is done is told in a word; V=1 shows the commands
Q    := $(if $(V),,@)
told  = @$(if $(V),:,printf '  %-8s %s\n' $(1) $@)

# ---- how things are compiled -------------------------------------------------------------------

WARN  = -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Wstrict-prototypes \
        -Wmissing-prototypes -Wcast-qual -Wcast-align -Wwrite-strings -Wundef -Wvla -Wformat=2 \
        -Wswitch-enum -Wnull-dereference -Wdouble-promotion -Wfloat-equal -Wimplicit-fallthrough
WARN += $(if $(CLANG),,-Wlogical-op -Wduplicated-cond -Wduplicated-branches)

# Warnings are errors for the compilers this tree is kept clean with, and always under `check`;
# a newer compiler that has learned a new warning must not stop anybody's first `make run`.
KNOWN   = $(filter 12 14,$(firstword $(subst ., ,$(shell $(CC) -dumpversion 2>/dev/null))))
WERROR ?= $(if $(filter check% sanitize coverage lint,$(MAKECMDGOALS))$(KNOWN),-Werror)

OPT      ?= -O2 -g
PG       ?= /usr/include/postgresql
INCLUDE   = -Iinclude -Isrc -I$(B)/gen -isystem $(PG)
CORE      = -std=c2x -ffreestanding -fPIC -fvisibility=hidden -ffunction-sections -fdata-sections -Iinclude
HOSTED    = -std=gnu2x -D_GNU_SOURCE -pthread -fPIE $(INCLUDE)
LINK      = -pthread -pie -Wl,--as-needed -Wl,-z,relro -Wl,-z,now

# ---- the rooms, and the doors between them -----------------------------------------------------

ROOMS         = core base store wire service api http cli
opens_core    = core
opens_base    = base core
opens_store   = store base core
opens_wire    = wire base core
opens_service = service store base core
opens_api     = api wire service store base core
opens_http    = http api wire service store base core
opens_cli     = cli http api wire service store base core

foreign_base  = -lcrypto -linih -ldeflate
foreign_store = -lpq
foreign_wire  = -ljansson
foreign_http  = -lmicrohttpd


# rooms that the tests of a room may open besides
also_core     = wire base
also_service  = wire

# ---- what is generated before anything is compiled ---------------------------------------------

# replace the target only when its content changed, so that nothing is compiled again for nothing
settle = { cmp -s $@.new $@ && rm -f $@.new; } || mv $@.new $@

GEN       = $(B)/gen/statement.def $(B)/gen/embed.def $(B)/gen/version.h
QUERIES   = $(sort $(wildcard sql/query/*.sql))
EMBEDDED  = $(sort $(wildcard sql/migrate/*.sql sql/seed/*.json sql/seed/*/*.json sql/seed/*.sql openapi/*.schema.json))
EMBEDDED += $(if $(wildcard openapi/rehabd.yaml),openapi.json)
embedded_at = $(foreach f,$(1),$(if $(filter openapi.json,$(f)),$(B)/gen/$(f),$(f)))

$(B)/gen/statement.def: $(wildcard src/store/statement.awk) $(QUERIES) $(B)/gen/queries.list
	@mkdir -p $(@D)
	$(Q)awk -f src/store/statement.awk $(QUERIES) > $@.new
	@mv $@.new $@

$(B)/gen/queries.list: FORCE
	@mkdir -p $(@D)
	@printf '%s\n' $(QUERIES) > $@.new; $(settle)

# one row for each file the binary carries: number, name, where its bytes are read from
$(B)/gen/embed.def: FORCE
	@mkdir -p $(@D)
	@n=0; for f in $(EMBEDDED); do p=$$f; [ $$f != openapi.json ] || p=$(B)/gen/$$f; \
	  printf 'EMBED(%d, "%s", "%s")\n' $$n $$f $$p; n=$$((n+1)); done > $@.new; $(settle)

$(B)/gen/embed.S: $(B)/gen/embed.def Makefile
	@{ printf '.section .rodata\n'; sed 's/[(),]/ /g' $< | while read -r _ n name path; do \
	  printf '.balign 16\n.global embed_%d\nembed_%d:\n.incbin %s\n' $$n $$n $$path; \
	  printf '.global embed_%d_end\nembed_%d_end:\n.byte 0\n' $$n $$n; done; \
	  printf '.section .note.GNU-stack,"",@progbits\n'; } > $@

$(B)/gen/openapi.json: openapi/rehabd.yaml | packages-build
	@mkdir -p $(@D)
	$(Q)python3 -c 'import datetime, json, sys, yaml; \
	  json.dump(yaml.safe_load(sys.stdin), sys.stdout, ensure_ascii=False, separators=(",", ":"), default=str)' \
	  < $< > $@.new
	@mv $@.new $@

# the commit and its own date, so that the same commit gives the same bytes wherever it is built
COMMIT = $(shell git rev-parse --short=12 HEAD 2>/dev/null || echo unknown)
BUILT  = $(shell date -u -d "@$${SOURCE_DATE_EPOCH:-$$(git log -1 --format=%ct 2>/dev/null || echo 0)}" +%Y-%m-%dT%H:%M:%SZ)

$(B)/gen/version.h: FORCE
	@mkdir -p $(@D)
	@printf '#define REHABD_%s "%s"\n' VERSION $(VERSION) COMMIT $(COMMIT) BUILT $(BUILT) > $@.new; $(settle)

# ---- one way of compiling: $(call variant,folder,flags) ----------------------------------------
#
# $(B) itself is what runs; $(B)/asan, $(B)/tsan and $(B)/cov are the same tree with other flags.

# A folder compiled with its FLAGS: $(call variant,folder). All is compiled anew when they change.
define variant
$(1)/flags: FORCE
	@mkdir -p $$(@D)
	@echo '$$(CC) $$(CORE) $$(HOSTED) $$(FLAGS) $$(CFLAGS)' > $$@.new; $$(settle)

$(1)/obj/core/%.o: src/core/%.c $(1)/flags | packages-core
	@mkdir -p $$(@D)
	$$(call told,compile)
	$$(Q)$$(CC) $$(CORE) $$(WARN) $$(WERROR) $$(FLAGS) $$(CFLAGS) -MMD -MP -c -o $$@ $$<

$(1)/obj/%.o: src/%.c $(1)/flags | packages-build $$(GEN)
	@mkdir -p $$(@D)
	$$(call told,compile)
	$$(Q)$$(CC) $$(HOSTED) $$(WARN) $$(WERROR) $$(FLAGS) $$(CFLAGS) -MMD -MP -c -o $$@ $$<

$(1)/obj/tests/%.o: tests/%.c $(1)/flags | packages-test $$(GEN)
	@mkdir -p $$(@D)
	$$(call told,compile)
	$$(Q)$$(CC) $$(HOSTED) -Itests $$(WARN) $$(WERROR) $$(FLAGS) $$(CFLAGS) -MMD -MP -c -o $$@ $$<

$(1)/obj/gen/embed.o: $$(B)/gen/embed.S $$(call embedded_at,$$(EMBEDDED)) $(1)/flags
	@mkdir -p $$(@D)
	$$(Q)$$(CC) -c -o $$@ $$<

$(1)/rehabd: $(1)/obj/main.o $$(call archives,$(1),$$(opens_cli))
	$$(call told,link)
	$$(Q)$$(call link,$$(ROOMS))

$$(foreach r,$$(ROOMS),$$(eval $$(call room,$(1),$$(r))))
-include $$(wildcard $(1)/obj/*.d $(1)/obj/*/*.d $(1)/obj/tests/*/*.d)
endef

# One room of a variant: $(call room,folder,room).
define room
$(1)/lib/$(2).a: $$(patsubst src/%.c,$(1)/obj/%.o,$$(wildcard src/$(2)/*.c)) $$(if $$(filter base,$(2)),$(1)/obj/gen/embed.o)
	@mkdir -p $$(@D)
	@rm -f $$@
	$$(Q)$$(AR) rcs $$@ $$^

$(1)/tests/$(2)/%_test: $(1)/obj/tests/$(2)/%_test.o \
    $$(patsubst tests/%.c,$(1)/obj/tests/%.o,$$(filter-out %_test.c,$$(wildcard tests/$(2)/*.c))) \
    $$(call archives,$(1),$$(opens_$(2)) $$(also_$(2)))
	@mkdir -p $$(@D)
	$$(call told,link)
	$$(Q)$$(call link,$$(opens_$(2)) $$(also_$(2))) -lcmocka

$(1)-suites += $$(call suites,$(1),$(2))
$(1)-check-$(2): $$(filter $(1)/%,$$(call suites,$(1),$(2))) $$(if $$(filter api http cli,$(2)),$(1)/rehabd)
endef

archives = $(foreach r,$(2),$(1)/lib/$(r).a)
link     = $(CC) $(FLAGS) $(CFLAGS) $(LINK) $(LDFLAGS) -o $@ $(filter %.o,$^) \
           -Wl,--start-group $(filter %.a,$^) -Wl,--end-group $(sort $(foreach r,$(1),$(foreign_$(r))))
scripts  = $(foreach f,$(wildcard $(1)/*.sh $(1)/*.py),$(if $(filter _% cluster.sh,$(notdir $(f))),,$(f)))
suites   = $(patsubst tests/%.c,$(1)/tests/%,$(wildcard tests/$(2)/*_test.c)) $(call scripts,tests/$(2))

SAFE     = -fstack-protector-strong -D_FORTIFY_SOURCE=2
ADDRESS  = -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer
THREAD   = -fsanitize=thread -fno-omit-frame-pointer

$(B)/%:          FLAGS = $(OPT)
$(B)/obj/%:      FLAGS = $(OPT) $(SAFE)
$(B)/obj/core/%: FLAGS = $(OPT)
$(B)/asan/%:     FLAGS = -O1 -g $(ADDRESS)
$(B)/tsan/%:     FLAGS = -O1 -g $(THREAD)
$(B)/cov/%:      FLAGS = -O0 -g --coverage
$(foreach v,$(B) $(B)/asan $(B)/tsan $(B)/cov,$(eval $(call variant,$(v))))

# the library as others link it
SONAME  = librehab.so.$(firstword $(subst ., ,$(VERSION)))
LIBRARY = $(B)/librehab.a $(B)/librehab.so $(B)/librehab.pc

# ---- what a person may type --------------------------------------------------------------------

all: $(B)/rehabd $(LIBRARY) ## build the service and the library (this is the default)

run: packages-run $(B)/rehabd ## a private database, demonstration data and the service on 127.0.0.1:8080
	@exec $(B)/rehabd run $(ARGS)

# each suite says what it found; tests/run adds up and ends with `N passed, M failed`
TEST    = CMOCKA_MESSAGE_OUTPUT=TAP B=$(1) REHABD=$(1)/rehabd tests/run

# FUZZ_SECONDS=600: so long for each fuzzer, side by side, and so much more for its suite
check: export REHAB_TEST_TIMEOUT ?= $(shell expr $(or $(FUZZ_SECONDS),0) + 300)
check: packages-test $(ROOMS:%=$(B)-check-%) $(B)/rehabd core ## every test, on a throw-away database
	@$(call TEST,$(B)) $(call scripts,tests) $($(B)-suites) $(call scripts,tests/contract) $(call scripts,tests/docker) $(call scripts,tests/fuzz)

check-core: core
$(addprefix check-,$(ROOMS)): check-%: packages-test $(B)-check-% # the tests of one room
	@$(call TEST,$(B)) $(call suites,$(B),$*)

check-house: packages-test $(B)/rehabd core
	@$(call TEST,$(B)) $(call scripts,tests)

check-contract check-docker check-fuzz: check-%: packages-test $(B)/rehabd
	@$(call TEST,$(B)) $(call scripts,tests/$*)

.PHONY: $(ROOMS:%=$(B)-check-%) $(ROOMS:%=check-%) check-house check-contract check-docker check-fuzz

sanitize: packages-test $(ROOMS:%=$(B)/asan-check-%) $(B)/asan/rehabd $(B)/tsan-check-store $(B)/tsan-check-http $(B)/tsan/rehabd ## every test under ASan and UBSan; store and http under TSan, the core under MSan too
	@$(call TEST,$(B)/asan) $($(B)/asan-suites) tests/core/_msan.sh
	@$(call TEST,$(B)/tsan) $(call suites,$(B)/tsan,store) $(call suites,$(B)/tsan,http)

.PHONY: $(ROOMS:%=$(B)/asan-check-%) $(ROOMS:%=$(B)/tsan-check-%)

coverage: packages-test $(B)/cov-check-core ## branches of the rules that their tests never take (there must be none)
	@rm -f $(B)/cov/obj/core/*.gcda
	@$(call TEST,$(B)/cov) $(filter $(B)/cov/%,$(call suites,$(B)/cov,core)) > $(B)/cov/log || { cat $(B)/cov/log; exit 1; }
	@gcov -b -c -t $(B)/cov/obj/core/*.gcda | awk -F: '\
	  $$1 ~ /^ *-$$/ && $$3 == "Source" { file = $$4 } \
	  $$1 !~ /^branch/ && NF > 2 { line = file ":" $$2 + 0; text[line] = $$0; sub(/^[^:]*:[^:]*:/, "", text[line]); n = 0 } \
	  /^branch/ { branch = line " " n++; seen[branch] = line; if (!/taken 0|never executed/) taken[branch] = 1 } \
	  END { for (b in seen) { all++; if (!(b in taken)) { missed++; lines[seen[b]] = 1 } } \
	        for (l in lines) print l ":" text[l]; \
	        printf "%d of %d branches taken\n", all - missed, all; exit missed > 0 || all == 0 }'

# What `make core` gives is a product of its own. The archive holds one object in which only what the headers promise is
# global: a program that links it may call its own functions as it likes (ours take $(B)/lib/core.a). The shared library carries its version in its name, hides all that is not
# REHAB_API and brings no debugging records (the archive does); whoever loads it has a libc, and with it memcpy.
core: $(LIBRARY) $(B)/rehab.wasm ## the rules alone: librehab.a, librehab.so, librehab.pc, rehab.wasm; without libc

OBJCOPY ?= objcopy
$(B)/librehab.a: $(B)/lib/core.a
	$(call told,archive)
	$(Q)$(LD) -r -o $(B)/lib/librehab.o --whole-archive $<
	$(Q)$(OBJCOPY) --localize-hidden $(B)/lib/librehab.o
	@rm -f $@
	$(Q)$(AR) rcs $@ $(B)/lib/librehab.o

$(B)/librehab.so.$(VERSION): $(B)/lib/core.a
	$(call told,link)
	$(Q)$(CC) -shared -nostdlib -Wl,-soname,$(SONAME) -Wl,-Bsymbolic -Wl,--gc-sections -Wl,--strip-all -Wl,-z,relro -Wl,-z,now \
	  -o $@ -Wl,--whole-archive $< -Wl,--no-whole-archive

$(B)/librehab.so: $(B)/librehab.so.$(VERSION)
	@ln -sf $(<F) $(B)/$(SONAME)
	@ln -sf $(SONAME) $@

$(B)/librehab.pc: FORCE
	@mkdir -p $(@D)
	@printf '%s\n' 'prefix=$(PREFIX)' 'Name: librehab' 'Description: Rules of rehabilitation protocols, as arithmetic on their arguments' \
	  'Version: $(VERSION)' 'Cflags: -I$${prefix}/include' 'Libs: -L$${prefix}/lib -lrehab' > $@.new; $(settle)

$(B)/rehab.wasm: src/bind/wasm.sh src/bind/memory.c $(wildcard src/core/* include/rehab/*.h) | packages-product
	@mkdir -p $(@D)
	$(call told,wasm)
	$(Q)src/bind/wasm.sh $@

play: $(B)/tests/core/case_test ## stories of one's own, with their protocols beside them: make play CASES=mine.case
	@$< $(CASES)

vectors: packages-test core $(B)/tests/core/case_test ## tests/core/vectors made anew, for protocols that changed
	@B=$(B) python3 tests/core/_make_vectors.py

.PHONY: vectors

core-identity: packages-test packages-identity core $(B)/tests/core/case_test ## 100,000 cases: the same bytes from gcc, clang, wasm32 and aarch64
	@B=$(B) tests/core/identity.sh all

# clang's other sanitizer: is anything read that nobody wrote? The harness reads every member of every decision.
msan: packages-test ## memory that nobody wrote, read: 10,000 cases under MemorySanitizer
	@B=$(B) tests/core/_msan.sh

.PHONY: core-identity msan

# the core must not allocate: malloc is counted
$(B)/bench/core_bench: tests/bench/core_bench.c $(B)/librehab.a
	$(call told,link)
	@mkdir -p $(@D)
	$(Q)$(CC) -std=gnu2x $(OPT) -Iinclude $^ -Wl,--wrap=malloc -o $@

bench: packages-bench $(B)/rehabd $(B)/bench/core_bench ## how fast, next to pgbench, nginx and json-logic in the same run
	@B=$(B) REHABD=$(B)/rehabd tests/bench/run

# ---- proof of the core, beyond its tests -------------------------------------------------------

mutants: packages-test $(B)-check-core ## plant 2,000 small changes in the core: which do its tests not see?
	@B=$(B) tests/core/_mutants.py $(ARGS)

$(B)/peer/gate: tests/core/peer/gate.c tests/core/chance.c tests/core/sample.c $(B)/lib/core.a
	$(call told,link)
	@mkdir -p $(@D)
	$(Q)$(CC) -std=gnu2x $(OPT) -Iinclude -Itests $^ -lcmocka -o $@

GATES ?= 1000
differential: packages-test packages-bench $(B)/peer/gate ## gates made by chance, judged by the core and by a FHIRPath engine
	@cp tests/core/peer/gate.mjs tests/core/peer/package.json $(B)/peer/
	@cd $(B)/peer && { [ -d node_modules/fhirpath ] || npm install --silent --no-audit --no-fund; }
	@cd $(B)/peer && ./gate $(GATES) 1 | node gate.mjs

mcdc: packages-test $(B)-check-core ## conditions of the core that its tests never saw decide by themselves (there must be none)
	@B=$(B) tests/core/_mcdc.sh

fuzz: packages-test $(GEN) ## an hour of hostile documents, facts, compiled blocks and bodies (SECONDS=3600)
	@B=$(B) tests/fuzz/run.sh $(or $(SECONDS),3600)

.PHONY: mutants differential mcdc fuzz

SOURCES = $(sort $(wildcard src/*.c src/*/*.[ch] include/rehab/*.h tests/*/*.[ch]))
SCRIPTS = $(sort .ci/run $(wildcard tests/run docker/*.sh src/*/*.sh tests/*.sh tests/*/*.sh))
SHELLED = $(foreach f,$(SCRIPTS),$(if $(findstring sh,$(shell head -n 1 $(f) 2>/dev/null)),$(f)))

format: packages-lint ## lay out the C as .clang-format says
	clang-format-14 -i $(SOURCES)

lint: packages-lint $(GEN) $(B)/gen/openapi.json lint-format lint-tidy lint-cppcheck lint-shell lint-openapi ## clang-format, clang-tidy, cppcheck, shellcheck, redocly
lint-format: packages-lint
	clang-format-14 --dry-run --Werror $(SOURCES)
lint-tidy: packages-lint $(GEN)
	clang-tidy-14 --quiet $(filter src/core/%.c,$(SOURCES)) -- $(filter-out -fPIC,$(CORE))
	clang-tidy-14 --quiet $(filter-out src/core/%,$(filter src/%.c,$(SOURCES))) -- $(HOSTED)
# version 2.10 stumbles over `? (struct x){..} : ..` and does not see that a loop fills an array
lint-cppcheck: packages-lint $(GEN)
	cppcheck --quiet --error-exitcode=1 --std=c11 --enable=warning,performance,portability --inline-suppr \
	  --suppress=missingIncludeSystem --suppress=internalAstError --suppress=uninitvar:src/core/gate.c -D_GNU_SOURCE -Iinclude -Isrc -I$(B)/gen src
lint-shell: packages-lint
	shellcheck $(SHELLED)
lint-openapi:
	@if command -v npx > /dev/null; then npx --yes @redocly/cli@2 lint --config openapi/redocly.yaml openapi/rehabd.yaml; \
	else echo 'openapi/rehabd.yaml was not linted: there is no npx here'; fi

.PHONY: lint-format lint-tidy lint-cppcheck lint-shell lint-openapi

install: install-service install-library ## all of it, into $(DESTDIR)$(PREFIX)

install-service: $(B)/rehabd
	install -D -m 755 $(B)/rehabd $(DESTDIR)$(PREFIX)/bin/rehabd

# A page as it is installed: FILE into FOLDER, where UP leads to share/rehab. What it says of the source alone is left out, and
# paths of the source become those of what is installed. $(call page,FILE,FOLDER,UP)
SHARE = $(DESTDIR)$(PREFIX)/share/rehab
page  = sed -e '/^<!-- source -->/,/^<!-- \/source -->/d' -e 's|/usr/local|$(PREFIX)|g' -e 's|sql/seed/|$(3)|g' \
  -e 's|src/bind/|$(3)|g' -e 's|tests/core/\(examples\)|$(3)\1|g' -e 's|tests/core/protocols|protocols|g' $(1) > $(2)/$(notdir $(1)) && chmod 644 $(2)/$(notdir $(1))

install-library: core ## the library alone, with headers, bindings, protocols, vectors and pages
	install -d $(addprefix $(DESTDIR)$(PREFIX)/,lib/pkgconfig include/rehab share/doc/rehab) \
	  $(addprefix $(SHARE)/,protocols examples vectors/protocols)
	install -m 644 include/rehab/*.h $(DESTDIR)$(PREFIX)/include/rehab/
	install -m 644 $(B)/librehab.a $(DESTDIR)$(PREFIX)/lib/
	install -m 644 $(B)/librehab.pc $(DESTDIR)$(PREFIX)/lib/pkgconfig/
	install -m 755 $(B)/librehab.so.$(VERSION) $(DESTDIR)$(PREFIX)/lib/
	ln -sf librehab.so.$(VERSION) $(DESTDIR)$(PREFIX)/lib/$(SONAME)
	ln -sf $(SONAME) $(DESTDIR)$(PREFIX)/lib/librehab.so
	install -m 644 $(wildcard src/bind/*.mjs src/bind/*.py $(B)/rehab.wasm) openapi/protocol.schema.json $(SHARE)/
	install -m 644 sql/seed/measures.json sql/seed/exercises.json $(SHARE)/
	install -m 644 $(wildcard sql/seed/protocols/*.json) $(SHARE)/protocols/
	install -m 644 $(wildcard tests/core/vectors/*.json*) $(SHARE)/vectors/
	install -m 644 $(wildcard tests/core/protocols/*.json) $(SHARE)/vectors/protocols/
	install -m 644 LICENSE $(DESTDIR)$(PREFIX)/share/doc/rehab/
	@$(call page,sql/seed/NOTICE,$(DESTDIR)$(PREFIX)/share/doc/rehab,../../rehab/)
	@$(foreach f,src/bind/README.md openapi/protocol-authors.md,$(call page,$(f),$(SHARE)) && ):
	@$(foreach f,$(wildcard tests/core/examples/*),$(call page,$(f),$(SHARE)/examples,../) && ):
	@$(call page,tests/core/vectors/README.md,$(SHARE)/vectors,../)

clean: ## remove what was generated; the data of `make run` stays
	rm -rf $(B)

help: ## this list
	@awk -F ':.*## ' '/^[a-z][a-z-]*:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

# ---- Debian packages ---------------------------------------------------------------------------

packages-core packages-build packages-run packages-test packages-bench packages-lint packages-identity: packages-%:
	@docker/packages.sh $*

# WebAssembly is left out where these cannot be had
packages-product:
	@docker/packages.sh product || true

.PHONY: all run check sanitize coverage core bench format lint install install-service install-library clean help
.PHONY: packages-core packages-identity packages-product packages-build packages-run packages-test packages-bench packages-lint
