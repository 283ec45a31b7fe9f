# oq: online insurance-eligibility verification as Unix commands. README.md says what for.
#
#	make demo	installs what is missing, builds, shows the main jobs
#	make check	installs what is missing, builds, tests; SANITIZE=1 under ASan and UBSan
#	make lint	format, static analysis, the house (DESIGN 6), pages, links, shell scripts
#	make install	PREFIX, DESTDIR; make uninstall takes away the same files
#	make bench fuzz faults torture valgrind		longer looks, none of them part of check
#	make pages completions				option lists anew, from the commands' tables

PREFIX    = /usr/local
BINDIR    = $(PREFIX)/bin
LIBEXECDIR = $(PREFIX)/libexec
SHAREDIR  = $(PREFIX)/share
MANDIR    = $(SHAREDIR)/man
DATADIR   = $(SHAREDIR)/oq
CC        = cc
WERROR    =
SANITIZE  =
BUILD     = $(if $(SANITIZE),build/sanitized,build/plain)

WARN      = -Wall -Wextra -Wpedantic -Wshadow -Wconversion $(WERROR)
# gcc takes what the sanitisers put in for paths that do not exist.
SAN       = -fsanitize=address,undefined -fno-sanitize-recover=undefined \
	-fno-omit-frame-pointer -Wno-maybe-uninitialized -Wno-format-truncation
HARDEN    = -D_FORTIFY_SOURCE=2 -fstack-protector-strong -fstack-clash-protection
# Less to load at a start: what a command does not use of its rooms is not in it, and where its
# tables lie is written down in a tenth of the room.
APART     = -ffunction-sections -fdata-sections
LEAN      = -Wl,--gc-sections,-z,pack-relative-relocs
OPTIMISE  = $(if $(SANITIZE),-O1 $(SAN),-O2 $(HARDEN) $(APART))
CFLAGS    = -g
BASICS    = -std=c11 -D_GNU_SOURCE -fPIE $(WARN) -Ilib -I$(BUILD) -isystem /usr/include/PCSC
ALLCFLAGS = $(BASICS) $(OPTIMISE) $(CFLAGS)
LDFLAGS   =
ALLLDFLAGS = -pie -Wl,-z,relro,-z,now,-z,noexecstack,--as-needed \
	$(if $(SANITIZE),$(SAN),$(LEAN)) $(LDFLAGS)

# What is installed, by name, when it is missing: to build and to show, to test, to lint, ...
PACKAGES  = gcc libc6-dev make libjansson-dev libcurl4-openssl-dev libssl-dev libevent-dev \
	libsqlite3-dev liblz4-dev libcsv-dev libseccomp-dev libxml2-dev libarchive-dev gettext jq curl openssl sqlite3 ca-certificates \
	libpcsclite-dev libxlsxwriter-dev libpango1.0-dev libcairo2-dev fonts-ipaexfont-gothic
DEMO_PACKAGES = pcscd vsmartcard-vpcd unzip
TEST_PACKAGES = $(DEMO_PACKAGES) bats bats-assert bats-file bats-support faketime expect tmux procps \
	python3-minimal zsh fish bash-completion binutils bsdextrautils mandoc strace time \
	libxml2-utils jose opensc xxd shellcheck poppler-utils fonts-vlgothic libreoffice-calc-nogui \
	parallel systemd
LINT_PACKAGES = clang-format clang-tidy cppcheck mandoc shellcheck codespell
BENCH_PACKAGES = nginx-light miller
FUZZ_PACKAGES = clang libclang-rt-14-dev
VALGRIND_PACKAGES = valgrind

ROOMS     = base pipe options table model trust oqs store route ask consent terminal hub csv keys card subsidy view list fee adoption readiness
COMMANDS  = oq-adoption oq-ask oq-consent oq-fee oq-from-csv oq-hub oq-list oq-message oq-query oq-read-card oq-readiness oq-reference oq-subsidy-report oq-terminal oq-verify
# Those that go on in libexec, linked with more, where that is asked for (beside_become()).
LARGER    = oq-query oq-reference oq-subsidy-report oq-verify

# The rooms and libraries that each command is linked with: a room comes before those it uses.
rooms_oq-adoption = adoption view model table options pipe base
libs_oq-adoption  = -lcsv -ljansson
rooms_oq-ask      = keys model options pipe base
libs_oq-ask       = -ljansson
rooms_oq-consent  = consent route trust model table options pipe base
libs_oq-consent   = -lcurl -lssl -lcrypto -lcsv -ljansson
rooms_oq-fee      = fee store view model table options pipe base
libs_oq-fee       = -lcsv -ljansson
rooms_oq-from-csv = csv model table options pipe base
libs_oq-from-csv  = -lcsv -ljansson
rooms_oq-hub      = hub store trust model table options pipe base
libs_oq-hub       = -levent_openssl -levent_pthreads -levent -lsqlite3 -lssl -lcrypto -lcsv \
	-ljansson -lpthread
rooms_oq-list     = list view model table options pipe base
libs_oq-list      = -lcsv -ljansson
rooms_oq-message  = oqs model options pipe base
libs_oq-message   = -lxml2 -larchive -ljansson
rooms_oq-read-card = card trust oqs model table options pipe base
libs_oq-read-card = -lpcsclite -lcrypto -lxml2 -larchive -lsqlite3 -lcsv -ljansson
rooms_oq-readiness = readiness csv route card oqs store trust view model table options pipe base
libs_oq-readiness = -lpcsclite -lcurl -lssl -lcrypto -lsqlite3 -lxml2 -larchive -lcsv -ljansson
rooms_oq-subsidy-report = subsidy view model table options pipe base
libs_oq-subsidy-report = -lxlsxwriter -lcsv -ljansson
rooms_oq-terminal = terminal ask route trust oqs model options pipe base
libs_oq-terminal  = -lcurl -lssl -lcrypto -lxml2 -larchive -ljansson
rooms_oq-query    = ask route store model options pipe base
libs_oq-query     = -lcurl -lsqlite3 -llz4 -lssl -lcrypto -ljansson
rooms_oq-reference = ask route store model options pipe base
libs_oq-reference = -lcurl -lsqlite3 -llz4 -lssl -lcrypto -ljansson
rooms_oq-verify   = ask route store model options pipe base
libs_oq-verify    = -lcurl -lsqlite3 -llz4 -lssl -lcrypto -ljansson
# The same commands in libexec: with the way through a terminal's folder (lib/route/route.h), with
# forms on paper (lib/subsidy/forms.h). What they have more is held by a symbol that is weak in bin.
held_oq-query     = terminal_scheme
held_oq-reference = terminal_scheme
held_oq-verify    = terminal_scheme
held_oq-subsidy-report = forms_open packaging_open verifier_open
rooms_more_oq-query = $(rooms_oq-query) oqs
rooms_more_oq-reference = $(rooms_oq-reference) oqs
rooms_more_oq-verify = $(rooms_oq-verify) oqs
rooms_more_oq-subsidy-report = $(rooms_oq-subsidy-report) trust
libs_more_oq-query = -lxml2 -larchive
libs_more_oq-reference = -lxml2 -larchive
libs_more_oq-verify = -lxml2 -larchive
libs_more_oq-subsidy-report = -larchive -lcrypto -lpangocairo-1.0 -lpango-1.0 -lgobject-2.0 -lcairo -lfontconfig

# Test programs, one file each: tests/NAME.c becomes $(BUILD)/tests/NAME, run by a bats file.
# Their rooms and libraries, as above: rooms_test-NAME, libs_test-NAME.
TESTS     = base model cputime load card trust vcard vreader prompt options pipe splice table oqs-same oqs-torture badhub journal hub folder ledger readiness
rooms_test-base = base
rooms_test-options = options base
rooms_test-pipe = pipe base
libs_test-pipe = -ljansson
rooms_test-splice = pipe base
libs_test-splice = -ljansson
rooms_test-table = table base
libs_test-table = -lcsv
rooms_test-model = model base
libs_test-model = -ljansson
rooms_test-prompt = options base
libs_test-prompt = -ljansson
libs_test-oqs-same = -lxml2
rooms_test-oqs-torture = oqs model table options pipe base
libs_test-oqs-torture = -lxml2 -larchive -ljansson -lsqlite3 -lcsv
libs_test-load = -lssl -lcrypto -lpthread
libs_test-badhub = -lssl -lcrypto
rooms_test-hub = hub store model pipe base
libs_test-hub = -lsqlite3 -ljansson -lcrypto
rooms_test-readiness = readiness csv route card oqs store trust view model table options pipe base
libs_test-readiness = $(libs_oq-readiness)
rooms_test-folder = oqs model options pipe base
libs_test-folder = -lxml2 -larchive -ljansson -lsqlite3
rooms_test-journal = store base
libs_test-journal = -lsqlite3 -llz4
libs_test-vcard = -lcrypto
rooms_test-card = card trust model options pipe base
libs_test-card = -lpcsclite -lcrypto -ljansson
rooms_test-ledger = trust model base
libs_test-ledger = -lcrypto -ljansson
rooms_test-trust = trust model base
libs_test-trust = -lcrypto -ljansson

# Parsers that are fed rubbish: tests/fuzz_NAME.c, from the seeds in tests/seeds/NAME.
FUZZ      = record csv mapping text oqs question token answer inquiry consent project package ledger list progress fee history terms calendar facility window
rooms_fuzz-record = pipe base
libs_fuzz-record = -ljansson
rooms_fuzz-csv = csv model table pipe base
libs_fuzz-csv = -lcsv -ljansson
rooms_fuzz-mapping = csv model pipe base
libs_fuzz-mapping = -lcsv -ljansson
rooms_fuzz-calendar = csv table base
libs_fuzz-calendar = -lcsv
rooms_fuzz-question = hub store model pipe base
libs_fuzz-question = -lsqlite3 -ljansson -lcrypto
rooms_fuzz-inquiry = hub store model pipe base
libs_fuzz-inquiry = -lsqlite3 -ljansson -lcrypto
rooms_fuzz-consent = trust model base
libs_fuzz-consent = -lcrypto -ljansson
rooms_fuzz-token = trust model base
libs_fuzz-token = -lcrypto -ljansson
rooms_fuzz-project = subsidy model table options pipe base
libs_fuzz-project = -lcsv -ljansson
rooms_fuzz-package = subsidy view trust model table options pipe base
libs_fuzz-package = -larchive -lcrypto -lcsv -ljansson
rooms_fuzz-ledger = trust model base
libs_fuzz-ledger = -lcrypto -ljansson
rooms_fuzz-answer = ask route model pipe base
libs_fuzz-answer = -ljansson
rooms_fuzz-progress = readiness table base
libs_fuzz-progress = -lcsv -ljansson
rooms_fuzz-list = list view model table options pipe base
libs_fuzz-list = -lcsv -ljansson
rooms_fuzz-fee = fee store view model table options pipe base
libs_fuzz-fee = -lcsv -ljansson
rooms_fuzz-window = store base
libs_fuzz-window = -lsqlite3 -llz4
rooms_fuzz-facility = adoption view model table options pipe base
libs_fuzz-facility = -lcsv -ljansson
rooms_fuzz-history = $(rooms_fuzz-fee)
libs_fuzz-history = $(libs_fuzz-fee)
rooms_fuzz-terms = $(rooms_fuzz-fee)
libs_fuzz-terms = $(libs_fuzz-fee)
rooms_fuzz-text = model base
libs_fuzz-text = -ljansson
rooms_fuzz-oqs = oqs model table options pipe base
libs_fuzz-oqs = -lxml2 -larchive -lsqlite3 -lcsv -ljansson

PROGRAMS  = $(COMMANDS:%=$(BUILD)/bin/%) $(LARGER:%=$(BUILD)/libexec/%)
GENERATED = $(BUILD)/gen/names.h $(BUILD)/gen/errors.h
TABLES    = lib/model/records.csv lib/base/errors.csv lib/base/next.csv
GENERATED_PAGES = $(BUILD)/man/oq-records.5 $(BUILD)/man/oq-errors.7 \
	$(BUILD)/gen/oq-record.schema.json
DATA      = $(BUILD)/gen/oq-record.schema.json $(RULES:%=$(BUILD)/share/oq/%.csv) $(BUILD)/share/oq/oq.jq
RULES     = grace next shares wording fee_points $(patsubst lib/subsidy/%.csv,%,$(wildcard lib/subsidy/*.csv)) \
	$(patsubst lib/readiness/%.csv,%,$(wildcard lib/readiness/*.csv)) \
	$(patsubst lib/adoption/%.csv,%,$(wildcard lib/adoption/*.csv))
CATALOGUES = $(patsubst lib/po/%.po,$(BUILD)/share/locale/%/LC_MESSAGES/oq.mo,$(wildcard lib/po/*.po))

PAGES     = $(wildcard man/*.[157]) $(filter %.5 %.7,$(GENERATED_PAGES))

all: $(PROGRAMS) $(GENERATED_PAGES) $(CATALOGUES) $(DATA)
tests: $(TESTS:%=$(BUILD)/tests/%)

# One archive a room, so that a command carries what it uses and no more.
archive   = $(BUILD)/lib/$(1).a
sources   = $(sort $(wildcard lib/$(1)/*.c))
objects   = $(patsubst lib/%.c,$(BUILD)/obj/%.o,$(call sources,$(1))) $(extra_$(1))
extra_base  = $(BUILD)/obj/gen/errors.o $(BUILD)/obj/gen/filters.o
extra_csv   = $(BUILD)/obj/gen/booking-mapping.o
extra_model = $(BUILD)/obj/gen/words.o $(BUILD)/obj/gen/advice.o
# What the sources of one room need beyond that.
cflags_oqs = -isystem /usr/include/libxml2
cflags_view = $(addprefix -isystem ,$(wildcard /usr/include/pango-1.0 /usr/include/cairo \
	/usr/include/glib-2.0 /usr/lib/*/glib-2.0/include /usr/include/harfbuzz))
cflags_oqs-same.c = $(cflags_oqs)
cflags_oqs-torture.c = $(cflags_oqs)
cflags_fuzz_oqs.c = $(cflags_oqs)
compile   = @echo "cc $<"; mkdir -p $(@D); $(CC) $(ALLCFLAGS) $(cflags_$(word 2,$(subst /, ,$<))) -MMD -MP -c -o $@ $<

.SECONDEXPANSION:
.SECONDARY:
$(BUILD)/lib/%.a: $$(call objects,%) | $(BUILD)/lib
	@rm -f $@
	@$(AR) rcs $@ $^

comma     = ,
leaks     = $(if $(SANITIZE),$(BUILD)/obj/tests/leaks.o)
$(BUILD)/bin/%: $(BUILD)/obj/cmd/%.o $(leaks) $$(foreach r,$$(rooms_%),$$(call archive,$$(r))) | $(BUILD)/bin
	@echo "ld $@"
	@$(CC) $(ALLLDFLAGS) -o $@ $^ $(libs_$*)

$(BUILD)/libexec/%: $(BUILD)/obj/cmd/%.o $(leaks) $$(foreach r,$$(rooms_more_%),$$(call archive,$$(r))) | $(BUILD)/libexec
	@echo "ld $@"
	@$(CC) $(ALLLDFLAGS) $(patsubst %,-Wl$(comma)-u$(comma)%,$(held_$*)) -o $@ $(filter %.o,$^) -Wl,--start-group $(filter %.a,$^) -Wl,--end-group \
		$(libs_$*) $(libs_more_$*)

$(BUILD)/tests/%: $(BUILD)/obj/tests/%.o $$(foreach r,$$(rooms_test-%),$$(call archive,$$(r))) | $(BUILD)/tests
	@echo "ld $@"
	@$(CC) $(ALLLDFLAGS) -o $@ $^ $(libs_test-$*)

# The virtual card is three files: the card, its faults, the wire.
$(BUILD)/tests/vcard: $(BUILD)/obj/tests/vcard_card.o $(BUILD)/obj/tests/vcard_fault.o

$(BUILD)/fuzz/%: $(BUILD)/obj/tests/fuzz_%.o $$(foreach r,$$(rooms_fuzz-%),$$(call archive,$$(r))) | $(BUILD)/fuzz
	@echo "ld $@"
	@$(CC) $(ALLLDFLAGS) -fsanitize=fuzzer -o $@ $^ $(libs_fuzz-$*)

$(BUILD)/tests/inject.so: tests/inject.c | $(BUILD)/tests
	@$(CC) -std=c11 -D_GNU_SOURCE -O1 -g $(WARN) -shared -fPIC -o $@ $<

$(BUILD)/obj/cmd/%.o: cmd/%.c | $(GENERATED)
	$(compile)

$(BUILD)/obj/gen/%.o: $(BUILD)/gen/%.c | $(GENERATED)
	$(compile)

$(BUILD)/obj/tests/%.o: tests/%.c | $(GENERATED)
	$(compile)

$(BUILD)/obj/%.o: lib/%.c | $(GENERATED)
	$(compile)

$(BUILD)/lib $(BUILD)/bin $(BUILD)/libexec $(BUILD)/gen $(BUILD)/man $(BUILD)/tests $(BUILD)/fuzz:
	@mkdir -p $@

# Names, words, errors, schemas and pages come from three tables. The generator itself frees
# nothing, so it is never sanitised.
$(BUILD)/generate: $(wildcard lib/model/generate/*.[ch]) | $(BUILD)/gen
	@echo "cc lib/model/generate"
	@$(CC) $(BASICS) $(CFLAGS) -Ilib/model/generate -o $@ $(filter %.c,$^) -lcsv

$(BUILD)/gen/names.h $(BUILD)/gen/words.c: $(BUILD)/generate lib/model/records.csv
	@$(BUILD)/generate $(@F) lib/model/records.csv >$@.part && mv $@.part $@

$(BUILD)/gen/errors.h: $(BUILD)/generate lib/base/errors.csv
	@$(BUILD)/generate $(@F) lib/base/errors.csv >$@.part && mv $@.part $@

$(BUILD)/gen/errors.c: $(BUILD)/generate lib/base/errors.csv lib/base/next.csv
	@$(BUILD)/generate $(@F) lib/base/errors.csv lib/base/next.csv >$@.part && mv $@.part $@

# What a command may still call, for the kernel: worked out here, so that no command has to.
$(BUILD)/generate-filters: lib/base/generate/filters.c lib/base/filters.h lib/base/restrain.h | $(BUILD)/gen $(BUILD)/gen/errors.h
	@echo "cc $<"
	@$(CC) $(BASICS) $(CFLAGS) $(if $(SANITIZE),-DOQ_RESTRAINT_KILL -DOQ_SANITIZED) -o $@ $< -lseccomp

$(BUILD)/gen/filters.c: $(BUILD)/generate-filters
	@$< >$@.part && mv $@.part $@

$(BUILD)/gen/advice.c: $(BUILD)/generate lib/model/next.csv
	@$(BUILD)/generate $(@F) lib/model/next.csv >$@.part && mv $@.part $@

$(BUILD)/gen/oq-record.schema.json: $(BUILD)/generate $(TABLES)
	@$(BUILD)/generate $(@F) $(TABLES) >$@.part && mv $@.part $@

$(BUILD)/man/oq-records.5: $(BUILD)/generate lib/model/records.csv | $(BUILD)/man
	@$(BUILD)/generate $(@F) lib/model/records.csv >$@.part && mv $@.part $@

$(BUILD)/man/oq-errors.7: $(BUILD)/generate lib/base/errors.csv lib/base/next.csv | $(BUILD)/man
	@$(BUILD)/generate $(@F) lib/base/errors.csv lib/base/next.csv >$@.part && mv $@.part $@

# Where a program looks for it: beside its own directory.
# Dated rules, beside the program as they are when installed.
$(BUILD)/share/oq/%.csv: lib/model/%.csv
	@mkdir -p $(@D)
	@cp $< $@

$(BUILD)/share/oq/%.csv: lib/subsidy/%.csv
	@mkdir -p $(@D)
	@cp $< $@

$(BUILD)/share/oq/%.csv: lib/fee/%.csv
	@mkdir -p $(@D)
	@cp $< $@

$(BUILD)/share/oq/%.csv: lib/adoption/%.csv
	@mkdir -p $(@D)
	@cp $< $@

$(BUILD)/share/oq/%.csv: lib/consent/%.csv
	@mkdir -p $(@D)
	@cp $< $@

$(BUILD)/share/oq/%.csv: lib/readiness/%.csv
	@mkdir -p $(@D)
	@cp $< $@

$(BUILD)/share/oq/%.jq: lib/list/%.jq
	@mkdir -p $(@D)
	@cp $< $@

$(BUILD)/share/locale/%/LC_MESSAGES/oq.mo: lib/po/%.po
	@mkdir -p $(@D)
	@msgfmt --check-format -o $@ $<

# The mapping that oq-from-csv carries with it.
$(BUILD)/obj/csv/booking.o: $(BUILD)/gen/booking.inc
$(BUILD)/gen/booking.inc: lib/csv/booking.csv | $(BUILD)/gen
	@od -An -v -tu1 $< | sed 's/[0-9][0-9]*/&,/g' >$@.part && mv $@.part $@

# The same mapping as it is read, worked out here for the same reason as the filters.
reading   = $(patsubst %,$(BUILD)/obj/csv/%.o,mapping booking) $(call archive,model) $(call archive,base)
$(BUILD)/generate-booking: lib/csv/generate/booking.c $(reading)
	@echo "cc $<"
	@$(CC) $(ALLCFLAGS) $(ALLLDFLAGS) -o $@ $^ -lcsv

$(BUILD)/gen/booking-mapping.c: $(BUILD)/generate-booking
	@$< >$@.part && mv $@.part $@

# The check that a package carries with it.
$(BUILD)/obj/subsidy/bag.o: $(BUILD)/gen/check.inc
$(BUILD)/gen/check.inc: lib/subsidy/check.sh | $(BUILD)/gen
	@od -An -v -tu1 $< | sed 's/[0-9][0-9]*/&,/g' >$@.part && mv $@.part $@

# Installs those of the named packages that are missing; says and does nothing when none is.
need = @missing=$$(printf '%s\n' $(1) | grep -vxF -e "$$(dpkg-query -W \
	-f '$${db:Status-Status} $${Package}\n' $(1) 2>/dev/null | sed -n 's/^installed //p')"); \
	test -z "$$missing" || { echo "installing:" $$missing; \
	root=; test "$$(id -u)" = 0 || root=sudo; \
	$$root apt-get -qq update && $$root env DEBIAN_FRONTEND=noninteractive \
	apt-get -qq install --no-install-recommends $$missing >/dev/null; }
# With every core, and after the packages are there.
build = @$(MAKE) -s --no-print-directory -j$$(nproc) $(1)

deps:
	$(call need,$(PACKAGES) $(TEST_PACKAGES) $(LINT_PACKAGES))

demo:
	$(call need,$(PACKAGES) $(DEMO_PACKAGES))
	$(call build,all $(BUILD)/tests/vreader $(BUILD)/tests/vcard)
	@OQ_BUILD=$(BUILD) tests/demo

check:
	$(call need,$(PACKAGES) $(TEST_PACKAGES))
	$(call build,all tests)
	@OQ_BUILD=$(BUILD) tests/run

lint:
	$(call need,$(PACKAGES) $(LINT_PACKAGES) binutils)
	$(call build,all tests)
	@OQ_BUILD=$(BUILD) tests/lint

bench:
	$(call need,$(PACKAGES) $(TEST_PACKAGES) $(BENCH_PACKAGES))
	$(call build,all tests)
	@OQ_BUILD=$(BUILD) tests/bench

# Each has a build of its own: instrumented; without the checked calls of _FORTIFY_SOURCE, which
# the interposer does not know.
fuzz:
	$(call need,$(PACKAGES) $(FUZZ_PACKAGES))
	$(call build,BUILD=build/fuzz CC=clang SANITIZE=1 CFLAGS='-g -fsanitize=fuzzer-no-link' \
		$(FUZZ:%=build/fuzz/fuzz/%))
	@OQ_BUILD=build/fuzz tests/fuzz $(FUZZ)

faults:
	$(call need,$(PACKAGES) $(TEST_PACKAGES))
	$(call build,BUILD=build/faults HARDEN= all build/faults/tests/inject.so)
	@OQ_BUILD=build/faults tests/faults

# The kill loops of make check, with the full number of rounds.
torture:
	$(call need,$(PACKAGES) $(TEST_PACKAGES))
	$(call build,all tests)
	@OQ_BUILD=$(BUILD) OQ_ROUNDS=$${OQ_ROUNDS:-200} BATS_TEST_TIMEOUT=7200 \
		tests/run $$(grep -l OQ_ROUNDS tests/*.bats)

valgrind:
	$(call need,$(PACKAGES) $(TEST_PACKAGES) $(VALGRIND_PACKAGES))
	$(call build,all tests)
	@OQ_BUILD=$(BUILD) tests/valgrind

# Option lists, from the commands' tables into the pages and the completions.
pages: all
	@for c in $(COMMANDS); do tests/option-list $(BUILD)/bin/$$c man/$$c.1 || exit; done

completions: all
	@for c in $(COMMANDS); do for s in bash zsh fish; do \
		$(BUILD)/bin/$$c --help=$$s >completions/$$c.$$s || exit; done; done

# What install lays where, and uninstall takes away: mode:file:place.
PLACES    = $(foreach c,$(LARGER),755:$(BUILD)/libexec/$(c):$(LIBEXECDIR)/$(c)) \
	$(foreach c,$(COMMANDS),755:$(BUILD)/bin/$(c):$(BINDIR)/$(c) \
	644:completions/$(c).bash:$(SHAREDIR)/bash-completion/completions/$(c) \
	644:completions/$(c).zsh:$(SHAREDIR)/zsh/site-functions/_$(c) \
	644:completions/$(c).fish:$(SHAREDIR)/fish/vendor_completions.d/$(c).fish) \
	$(foreach p,$(PAGES),644:$(p):$(MANDIR)/man$(subst .,,$(suffix $(p)))/$(notdir $(p))) \
	$(foreach m,$(CATALOGUES),644:$(m):$(SHAREDIR)/$(m:$(BUILD)/share/%=%)) \
	$(foreach d,$(DATA),644:$(d):$(DATADIR)/$(notdir $(d))) \
	$(foreach u,$(wildcard lib/night/*),644:$(u):$(DATADIR)/night/$(notdir $(u)))

install: all
	@for place in $(PLACES); do rest=$${place#*:}; \
		install -D -m $${place%%:*} $${rest%%:*} "$(DESTDIR)$${rest#*:}" || exit; done

uninstall:
	@for place in $(PLACES); do rm -f "$(DESTDIR)$${place##*:}" || exit; done
	@rmdir "$(DESTDIR)$(DATADIR)/night" "$(DESTDIR)$(DATADIR)" 2>/dev/null || :

clean:
	rm -rf build

.PHONY: all tests deps demo check lint bench fuzz faults torture valgrind pages completions install uninstall clean
.DELETE_ON_ERROR:
-include $(shell find $(BUILD)/obj -name '*.d' 2>/dev/null)
