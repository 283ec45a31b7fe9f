/*
 * Linked into sanitised commands: which leaks are a library's own. A file of suppressions could not
 * be read at the end of a run, when a command is restrained.
 */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_options(void);

const char *
__lsan_default_suppressions(void)
{
	return "leak:libxlsxwriter\n"  /* 1.1.4 forgets its copies of the formulas of drop-downs */
	       "leak:libfontconfig\n"; /* 2.14 forgets a pattern while it reads its configuration */
}

const char *
__lsan_default_options(void)
{
	return "print_suppressions=0";
}
