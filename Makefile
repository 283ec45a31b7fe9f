# oq: online insurance-eligibility verification as Unix commands. README.md says what for.
#
#	make demo	installs what is missing, builds, shows the main jobs
#	make check	installs what is missing, builds, tests; SANITIZE=1 under ASan and UBSan
#	make lint	format, static analysis, the house (DESIGN 6), pages, links, shell scripts
#	make install	PREFIX, DESTDIR

PREFIX    = /usr/local
BINDIR    = $(PREFIX)/bin
MANDIR    = $(PREFIX)/share/man
DATADIR   = $(PREFIX)/share/oq
CC        = cc
WERROR    =
SANITIZE  =
BUILD     = $(if $(SANITIZE),build/sanitized,build/plain)

WARN      = -Wall -Wextra -Wpedantic -Wshadow -Wconversion $(WERROR)
SAN       = -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer
HARDEN    = -D_FORTIFY_SOURCE=2 -fstack-protector-strong -fstack-clash-protection -fPIE
OPTIMISE  = $(if $(SANITIZE),-O1 $(SAN),-O2 $(HARDEN))
CFLAGS    = -g
ALLCFLAGS = -std=c11 -D_GNU_SOURCE $(WARN) $(OPTIMISE) $(CFLAGS) -Ilib -I$(BUILD)
LDFLAGS   =
ALLLDFLAGS = -pie -Wl,-z,relro,-z,now,-z,noexecstack,--as-needed $(if $(SANITIZE),$(SAN)) $(LDFLAGS)

# What make deps installs, by name, when it is missing.
PACKAGES  = gcc libc6-dev make libjansson-dev libcurl4-openssl-dev libssl-dev libevent-dev \
	libsqlite3-dev libcsv-dev libseccomp-dev jq curl openssl sqlite3 ca-certificates
TEST_PACKAGES = bats bats-assert bats-file bats-support faketime expect tmux procps \
	python3-minimal zsh fish bash-completion binutils strace time
LINT_PACKAGES = clang-format clang-tidy cppcheck mandoc shellcheck
BENCH_PACKAGES = nginx-light

ROOMS     = base pipe options table model trust store route ask hub csv
COMMANDS  = oq-ask oq-from-csv oq-hub oq-verify

# The rooms and libraries that each command is linked with: a room comes before those it uses.
rooms_oq-ask      = model options pipe base
libs_oq-ask       = -ljansson -lseccomp
rooms_oq-from-csv = csv model options pipe base
libs_oq-from-csv  = -lcsv -ljansson -lseccomp
rooms_oq-hub      = hub store trust model table options pipe base
libs_oq-hub       = -levent_openssl -levent_pthreads -levent -lsqlite3 -lssl -lcrypto -lcsv \
	-ljansson -lseccomp -lpthread
rooms_oq-verify   = ask route model options pipe base
libs_oq-verify    = -lcurl -lssl -lcrypto -ljansson -lseccomp

PROGRAMS  = $(COMMANDS:%=$(BUILD)/bin/%)
GENERATED = $(BUILD)/gen/names.h $(BUILD)/gen/errors.h

all: $(PROGRAMS)

# One archive a room, so that a command carries what it uses and no more.
archive   = $(BUILD)/lib/$(1).a
sources   = $(sort $(wildcard lib/$(1)/*.c))
objects   = $(patsubst lib/%.c,$(BUILD)/obj/%.o,$(call sources,$(1))) $(extra_$(1))
extra_base  = $(BUILD)/obj/gen/errors.o
extra_model = $(BUILD)/obj/gen/words.o

.SECONDEXPANSION:
$(BUILD)/lib/%.a: $$(call objects,%) | $(BUILD)/lib
	@rm -f $@
	$(AR) rcs $@ $^

$(BUILD)/bin/%: $(BUILD)/obj/cmd/%.o $$(foreach r,$$(rooms_%),$$(call archive,$$(r))) | $(BUILD)/bin
	$(CC) $(ALLLDFLAGS) -o $@ $^ $(libs_$*)

$(BUILD)/obj/cmd/%.o: cmd/%.c | $(GENERATED)
	@mkdir -p $(@D)
	$(CC) $(ALLCFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/obj/gen/%.o: $(BUILD)/gen/%.c | $(GENERATED)
	@mkdir -p $(@D)
	$(CC) $(ALLCFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/obj/%.o: lib/%.c | $(GENERATED)
	@mkdir -p $(@D)
	$(CC) $(ALLCFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/lib $(BUILD)/bin $(BUILD)/gen:
	@mkdir -p $@

# Names, words, errors, schemas and pages come from three tables.
$(BUILD)/generate: $(wildcard lib/model/generate/*.[ch]) | $(BUILD)/gen
	$(CC) $(ALLCFLAGS) -Ilib/model/generate -o $@ $(filter %.c,$^) -lcsv

$(BUILD)/gen/names.h $(BUILD)/gen/words.c: $(BUILD)/generate lib/model/records.csv
	$(BUILD)/generate $(@F) lib/model/records.csv >$@.part && mv $@.part $@

$(BUILD)/gen/errors.h: $(BUILD)/generate lib/base/errors.csv
	$(BUILD)/generate $(@F) lib/base/errors.csv >$@.part && mv $@.part $@

$(BUILD)/gen/errors.c: $(BUILD)/generate lib/base/errors.csv lib/base/next.csv
	$(BUILD)/generate $(@F) lib/base/errors.csv lib/base/next.csv >$@.part && mv $@.part $@

clean:
	rm -rf build

.PHONY: all clean
.DELETE_ON_ERROR:
-include $(shell find $(BUILD)/obj -name '*.d' 2>/dev/null)
