# wireprint: one non-recursive Makefile. `make help` lists the targets.
#
# Objects go to build/<variant>/; `make` leaves the program at build/wireprint. Sources, tests and command-line
# cases are found by glob: to add one is to put it into its folder.

VARIANT ?= release
CC      ?= cc
CXX     ?= c++
PREFIX  ?= /usr/local
DESTDIR ?=
OUT     := build/$(VARIANT)

FLAGS_release := -O3 -g1 -DNDEBUG
FLAGS_debug   := -O0 -g3
FLAGS_check   := -O2 -g1
FLAGS_asan    := -O1 -g1 -fsanitize=address -fno-omit-frame-pointer
FLAGS_ubsan   := -O1 -g1 -fsanitize=undefined -fno-sanitize-recover=all
FLAGS_tsan    := -O1 -g1 -fsanitize=thread
FLAGS_fuzz    := -O1 -g1 -fsanitize=address,undefined,fuzzer-no-link -fno-sanitize-recover=undefined

WARN := -Wall -Wextra -Wshadow -Wpointer-arith -Wvla -Wmissing-prototypes -Wstrict-prototypes
CPPFLAGS_ALL := -Iinclude -Isrc -D_GNU_SOURCE $(CPPFLAGS)
CFLAGS_ALL   := -std=c17 -fPIC -fvisibility=hidden -pthread $(WARN) $(FLAGS_$(VARIANT)) $(CFLAGS)
CXXFLAGS_ALL := -std=c++17 -fPIC -fvisibility=hidden -fno-exceptions -fno-rtti -pthread -Wall -Wextra $(FLAGS_$(VARIANT)) $(CXXFLAGS)
LDFLAGS_ALL  := -pthread $(FLAGS_$(VARIANT)) $(LDFLAGS)
LIBS_CORE := -lxxhash -lzstd -lz -lutf8proc -lpsl -lsimdjson -lstdc++ -lm
LIBS      := $(LIBS_CORE) -luv

# Kernels are compiled for their instruction set by the end of their name.
%_avx2.o:   KERNEL := -mavx2 -mbmi -mbmi2 -mlzcnt -mpopcnt
%_avx512.o: KERNEL := -mavx2 -mbmi -mbmi2 -mlzcnt -mpopcnt -mavx512f -mavx512bw -mavx512vl -mavx512dq -mavx512vbmi -mavx512vbmi2

# The library is everything but the event loop, the generator and the program.
CORE_DIRS := base text input sketch match story index engine report
PROG_DIRS := ingest gen cli
CORE_OBJ := $(patsubst %,$(OUT)/%.o,$(basename $(wildcard $(CORE_DIRS:%=src/%/*.c) $(CORE_DIRS:%=src/%/*.cc))))
CORE_OBJ += $(OUT)/src/text/agencies.o
PROG_OBJ := $(patsubst %,$(OUT)/%.o,$(basename $(wildcard $(PROG_DIRS:%=src/%/*.c))))
PROG_LIB_OBJ := $(filter-out %/cli/main.o,$(PROG_OBJ))

SUPPORT_OBJ := $(patsubst %.c,$(OUT)/%.o,$(filter-out %/fail_alloc.c,$(wildcard tests/support/*.c)))

UNIT  := $(patsubst tests/%.c,$(OUT)/tests/%,$(wildcard tests/unit/test_*.c tests/model/test_*.c))
BENCH := $(patsubst bench/%,$(OUT)/bench/%,$(basename $(wildcard bench/bench_*.c bench/bench_*.cc)))

.PHONY: all help clean
all: build/wireprint ## build the program (build/wireprint) and the static library

help: ## print this list
	@grep -hE '^[a-z][a-z -]*:.*##' Makefile | sed -E 's/:.*## /\t/' | expand -t 16

build/wireprint: $(OUT)/wireprint
	@mkdir -p build && cp -f $< $@

$(OUT)/wireprint: $(PROG_OBJ) $(OUT)/libwireprint.a
	$(CC) $(LDFLAGS_ALL) -o $@ $^ $(LIBS)

$(OUT)/libwireprint.a: $(CORE_OBJ)
	@rm -f $@
	ar rcs $@ $^

# The table of agencies as a string, so that an installed program needs no file.
$(OUT)/src/text/agencies.c: src/text/agencies.tsv Makefile
	@mkdir -p $(@D)
	{ echo '#include "text/agency_table.h"'; echo 'const char wp_agencies_builtin[] ='; \
	  sed -e 's/[\\"]/\\&/g' -e 's/.*/"&\\n"/' $<; echo ';'; \
	  echo 'const size_t wp_agencies_builtin_len = sizeof wp_agencies_builtin - 1;'; } > $@

$(OUT)/src/text/agencies.o: $(OUT)/src/text/agencies.c
	$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) -MMD -MP -c -o $@ $<

$(OUT)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) $(KERNEL) -MMD -MP -c -o $@ $<

$(OUT)/%.o: %.cc
	@mkdir -p $(@D)
	$(CXX) $(CPPFLAGS_ALL) $(CXXFLAGS_ALL) -MMD -MP -c -o $@ $<

# What tests, fuzz targets and bench programs are linked from: of archives a linker takes only what a program uses. There
# are more than a hundred, so a linker that is quick is taken for them where there is one; what is installed has the usual
# one, and so has what clang makes, whose sanitizers have symbols that gold warns of.
$(OUT)/libprogram.a: $(PROG_LIB_OBJ)
	@rm -f $@
	ar rcs $@ $^

$(OUT)/libsupport.a: $(SUPPORT_OBJ)
	@rm -f $@
	ar rcs $@ $^

$(OUT)/tests/%.o: CPPFLAGS_ALL += -Itests

PARTS := $(OUT)/libsupport.a $(OUT)/libprogram.a $(OUT)/libwireprint.a
QUICK_LINKER := $(if $(findstring clang,$(CC)),,$(if $(shell command -v ld.gold),-fuse-ld=gold))
COMPILE_TEST = $(CC) $(CPPFLAGS_ALL) -Itests $(CFLAGS_ALL) -Wno-missing-prototypes -MMD -MP $(LDFLAGS_ALL) $(QUICK_LINKER) -o $@ $<

$(OUT)/tests/%: tests/%.c $(PARTS)
	@mkdir -p $(@D)
	$(COMPILE_TEST) $(PARTS) $(LIBS) -lcmocka

.PHONY: tests
tests: $(UNIT)

clean: ## remove everything built
	rm -rf build

-include $(shell find build/$(VARIANT) -name '*.d' 2>/dev/null)

# ---------------------------------------------------------------------------------------------------------------
# demo

.PHONY: demo
demo: ## install what is missing, build, find the stories of a sample dump
	@tools/install-deps build
	@echo "building ..."
	@$(MAKE) --no-print-directory -s $(PARALLEL) VARIANT=release all
	@tools/demo/run build/wireprint tools/demo/sample.jsonl build/demo

# ---------------------------------------------------------------------------------------------------------------
# check: tests/run finds and counts the tests; `make check-asan` and the like run those a sanitizer can say
# something about. CHECK_ARGS goes to tests/run (CHECK_ARGS='--verbose dates').

# All cores, unless -j was given.
PARALLEL = $(if $(findstring -j,$(MAKEFLAGS))$(findstring jobserver,$(MAKEFLAGS)),,-j$(shell nproc))
REPLAY := $(patsubst tests/fuzz/fuzz_%.c,$(OUT)/tests/fuzz/replay_%,$(wildcard tests/fuzz/fuzz_*.c))
CHECK_BUILD = $(MAKE) --no-print-directory -s $(PARALLEL) check-build
DYNAMIC_KINDS := unit,model,cli,fuzz

.PHONY: check check-corpora check-build check-asan check-ubsan check-tsan check-all lint format
# Bench programs: nothing else would tell that a change has broken one.
check-build: $(OUT)/wireprint $(OUT)/libwireprint.a tests $(REPLAY) $(if $(filter check release,$(VARIANT)),$(OUT)/libwireprint.so $(BENCH))

check: ## build everything and pass every test (1 to 2 minutes on 2 cores)
	@$(CHECK_BUILD) VARIANT=check
	@tests/run --build build/check $(CHECK_ARGS)

check-asan check-ubsan check-tsan: check-%: ## the same under a sanitizer
	@$(CHECK_BUILD) VARIANT=$*
	@tests/run --build build/$* --kinds $(DYNAMIC_KINDS) --timeout 600 $(CHECK_ARGS)

check-all: ## every test with every kernel, then under every sanitizer
	@$(MAKE) --no-print-directory check CHECK_ARGS='--sweep-cpu $(CHECK_ARGS)'
	@$(MAKE) --no-print-directory check-asan
	@$(MAKE) --no-print-directory check-ubsan
	@$(MAKE) --no-print-directory check-tsan

lint: ## layers, formatting, symbols and the like alone
	@$(CHECK_BUILD) VARIANT=check
	@tests/run --build build/check --kinds lint $(CHECK_ARGS)

# One line for each dump. CORPORA is a folder with NAME.jsonl.zst, REFERENCE the folder with exact_join.py.
check-corpora: ## words of real dumps against the reference's [CORPORA= REFERENCE=]
	@[ -d "$(CORPORA)" ] && [ -f "$(REFERENCE)/exact_join.py" ] || \
	    { echo "check-corpora: set CORPORA= and REFERENCE= (the folder with exact_join.py)" >&2; exit 2; }
	@$(MAKE) --no-print-directory -s $(PARALLEL) VARIANT=check build/check/tests/model/test_corpus_tokens
	@status=0; for file in "$(CORPORA)"/*.jsonl.zst; do \
	    name=$$(basename "$$file" .jsonl.zst); printf '%-20s' "$$name"; \
	    said=$$(WIREPRINT_CORPORA="$(CORPORA)" WIREPRINT_CORPUS="$$name" WIREPRINT_REFERENCE="$(REFERENCE)/exact_join.py" \
	        build/check/tests/model/test_corpus_tokens 2>&1) || status=1; \
	    echo "$$said" | grep -E 'articles, |differs at|FAILED|rror' || { echo "$$said"; status=1; }; done; exit $$status

# Programs in which the n-th allocation fails: see tests/support/fail_alloc.h.
FAIL_ALLOC := -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=aligned_alloc
$(filter $(OUT)/tests/unit/test_alloc_%,$(UNIT)): $(OUT)/tests/unit/%: tests/unit/%.c $(OUT)/tests/support/fail_alloc.o $(PARTS)
	@mkdir -p $(@D)
	$(COMPILE_TEST) $(FAIL_ALLOC) $(OUT)/tests/support/fail_alloc.o $(PARTS) $(LIBS) -lcmocka

.PHONY: check-fault
check-fault: ## the index on 10,000 disks that lose what was not synced, every byte repaired, and killed at every call [SEEDS=10000]
	@$(CHECK_BUILD) VARIANT=check
	@WIREPRINT_FAULT_SEEDS=$(or $(SEEDS),10000) tests/run --build build/check --kinds unit,cli --timeout 7200 index_ $(CHECK_ARGS)

# A fuzz target that reads the files of its corpus once, without libFuzzer.
$(REPLAY): $(OUT)/tests/fuzz/replay_%: tests/fuzz/fuzz_%.c $(OUT)/tests/fuzz/replay.o $(PARTS)
	@mkdir -p $(@D)
	$(COMPILE_TEST) $(OUT)/tests/fuzz/replay.o $(PARTS) $(LIBS)

# ---------------------------------------------------------------------------------------------------------------
# fuzz: clang's libFuzzer with the address and undefined behaviour sanitizers. What is found is left in
# build/fuzz/found/; a finding that was fixed goes into tests/fuzz/corpus/NAME/, where `make check` replays it.

FUZZ_SECONDS ?= 20
FUZZ_NAMES := $(patsubst tests/fuzz/fuzz_%.c,%,$(wildcard tests/fuzz/fuzz_*.c))

.PHONY: fuzz fuzz-build
fuzz: ## run each fuzz target for FUZZ_SECONDS [20]
	@$(MAKE) --no-print-directory -s $(PARALLEL) VARIANT=fuzz CC=clang CXX=clang++ fuzz-build
	@tests/fuzz/run build/fuzz $(FUZZ_SECONDS) $(FUZZ_NAMES)

fuzz-build: $(FUZZ_NAMES:%=$(OUT)/tests/fuzz/fuzz_%)

$(OUT)/tests/fuzz/fuzz_%: tests/fuzz/fuzz_%.c $(PARTS)
	@mkdir -p $(@D)
	$(COMPILE_TEST) -fsanitize=fuzzer $(PARTS) $(LIBS)

# ---------------------------------------------------------------------------------------------------------------
# bench: SIZE= of the generated dump (2850M is 1,000,000 articles), RUNS=, BASE= (JSON lines that gen writes like),
# CORPORA= and REFERENCE= (folders with real dumps and with the exact join). bench-index: SIZE= (5700M is 2,000,000
# articles: 15 GB of disk, and the machine for itself for some 20 minutes), BASE=. bench-quality: CORPORA=, GOLD= (a folder
# with labels), VERBOSE=1.

.PHONY: bench bench-build bench-index bench-quality
bench-build: $(if $(filter release,$(VARIANT)),all) $(BENCH)

bench: ## time every stage beside its floor, on a generated dump [SIZE=200M]
	@$(MAKE) --no-print-directory -s $(PARALLEL) VARIANT=release bench-build
	@bench/run $(if $(SIZE),--size $(SIZE)) $(if $(RUNS),--runs $(RUNS)) $(if $(BASE),--base $(BASE)) \
	    $(if $(CORPORA),--corpora $(CORPORA)) $(if $(REFERENCE),--reference $(REFERENCE))

bench-index: ## what adding to an index and finding in it cost, on a generated dump [SIZE=5700M]
	@$(MAKE) --no-print-directory -s $(PARALLEL) VARIANT=release bench-build
	@bench/run --only-index --runs 1 --size $(or $(SIZE),5700M) $(if $(BASE),--base $(BASE))

bench-quality: all ## stories found in real news beside targets and plain rules [CORPORA= GOLD=]
	@bench/quality --corpora "$(CORPORA)" --gold "$(GOLD)" $(if $(RUNS),--runs $(RUNS)) $(if $(VERBOSE),--verbose)

$(OUT)/bench/%: bench/%.c $(PARTS)
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) -MMD -MP $(LDFLAGS_ALL) -o $@ $< $(PARTS) $(LIBS)

$(OUT)/bench/%: bench/%.cc
	@mkdir -p $(@D)
	$(CXX) $(CXXFLAGS_ALL) $(LDFLAGS_ALL) -o $@ $< -lsimdjson

# ---------------------------------------------------------------------------------------------------------------
# install

VERSION := $(shell sed -n 's/^.define WP_VERSION "\(.*\)"/\1/p' include/wireprint.h)
SO_NAME := libwireprint.so.0
SO_FILE := libwireprint.so.$(VERSION)
DEST    := $(DESTDIR)$(PREFIX)

.PHONY: man install uninstall dist
$(OUT)/libwireprint.so: $(CORE_OBJ) tools/libwireprint.map
	$(CC) -shared $(LDFLAGS_ALL) -Wl,-soname,$(SO_NAME) -Wl,--version-script=tools/libwireprint.map -Wl,-z,defs -o $@ $(CORE_OBJ) $(LIBS_CORE)

man: $(OUT)/wireprint ## man pages from --help, into build/man (needs scdoc)
	@tools/make-man $(OUT)/wireprint build/man

install: $(OUT)/wireprint $(OUT)/libwireprint.a $(OUT)/libwireprint.so ## install under DESTDIR and PREFIX [/usr/local]
	install -d $(DEST)/bin $(DEST)/lib/pkgconfig $(DEST)/include $(DEST)/share/man/man1
	install -m 755 $(OUT)/wireprint $(DEST)/bin/wireprint
	install -m 644 $(OUT)/libwireprint.a $(DEST)/lib/libwireprint.a
	install -m 755 $(OUT)/libwireprint.so $(DEST)/lib/$(SO_FILE)
	ln -sf $(SO_FILE) $(DEST)/lib/$(SO_NAME)
	ln -sf $(SO_NAME) $(DEST)/lib/libwireprint.so
	install -m 644 include/wireprint.h $(DEST)/include/wireprint.h
	sed -e 's|@PREFIX@|$(PREFIX)|' -e 's|@VERSION@|$(VERSION)|' tools/wireprint.pc.in > $(DEST)/lib/pkgconfig/wireprint.pc
	@if command -v scdoc >/dev/null; then tools/make-man $(OUT)/wireprint $(DEST)/share/man/man1; else echo "no scdoc: man pages are left out"; fi

uninstall: ## remove what install put there
	rm -f $(DEST)/bin/wireprint $(DEST)/lib/libwireprint.a $(DEST)/lib/libwireprint.so $(DEST)/lib/$(SO_NAME)
	rm -f $(DEST)/lib/libwireprint.so.*.*.* $(DEST)/include/wireprint.h $(DEST)/lib/pkgconfig/wireprint.pc
	rm -f $(DEST)/share/man/man1/wireprint.1 $(DEST)/share/man/man1/wireprint-*.1

dist: ## the sources of HEAD as build/wireprint-VERSION.tar.gz
	@mkdir -p build
	git archive --format=tar.gz --prefix=wireprint-$(VERSION)/ -o build/wireprint-$(VERSION).tar.gz HEAD

# ---------------------------------------------------------------------------------------------------------------
# format

format: ## clang-format on every source
	clang-format -i $$(find src include tests bench \( -name '*.c' -o -name '*.h' -o -name '*.cc' \) -not -path '*/corpus/*')
