// SPDX-License-Identifier: GPL-2.0-only

/*
Kapilint checks the contracts of Linux kernel interfaces against the code.

A contract says what a system call or function takes and returns: ranges, masks
and lists of values for parameters, the errors and when they come. It is written
in the kernel's own notations, kernel-doc tags above a function or
DEFINE_KERNEL_API_SPEC macros, or kept outside the source. Kapilint computes the
same from the C code, and says where the two differ, with the way through the
code that shows it.

# Usage

	kapilint [COMMAND] [flags] NAME...

The first word that is a command's is the command; without one, the names are
files to lint. Flags take one dash or two and stand before or after the names; a
value follows after = or a space. The commands, each with its own flags, come at
the end of this page; `kapilint help COMMAND` prints one.

# The kernel tree

Kapilint reads a source tree that has been configured and prepared:

	make defconfig prepare                in the source, or
	make O=../obj defconfig prepare       in a directory of its own

It never runs make or a compiler. How a file is compiled comes from the command
line that make gives to CHECK=, from compile_commands.json, from the .cmd files
of an earlier build, or else from the makefiles of the tree; --verbose says which.

Under make, one unit at a time, findings go to standard error, as the compiler's
do, and do not fail the build unless --fail is given:

	make C=1 CHECK=kapilint fs/eventpoll.o
	make C=1 CHECK="kapilint --fail" fs/

# Output

A finding is a line in gcc's form, and below it the evidence, the way from the
entry to the statement that decides:

	fs/eventpoll.c:103:17: warning: MESSAGE [RULE]
	  fs/eventpoll.c:71:7: note: ...

Standard output holds results only; progress, units that could not be analysed
whole, and the summary go to standard error. The JSON forms carry a schema name;
their paths are relative to the tree. SARIF is version 2.1.0, one run.

# Whole trees

kapilint ./... looks at everything that the configuration builds, in a few minutes
the first time and in seconds when little has changed. On a terminal a line says
how far it is; in a log there is one every half a minute. Ctrl-C ends it with
status 2, and the same command goes on from there. docs/scale.md tells how to split a tree over
machines.

# Exit status

	0   nothing found
	1   lint found something, or diff a change that --fail-on names; or review
	    one, or a finding that the change causes
	2   what was asked could not be done: bad usage, no such file, a tree that is
	    not prepared, a unit that could not be analysed; or nothing was found, but
	    a unit could not be analysed whole

# Commands

# kapilint lint

	kapilint lint [flags] PATH...

Lint compares the contracts of the units that PATH names with the code, and
reports where the two differ, with the way through the code that shows it. The
word lint may be left out.

A PATH is a .c file, a directory (everything below it that the configuration
builds; DIR/... says the same), or a pattern: fs/*.c, fs/**, {fs,mm}/*.c. One
with ! in front takes files away. Paths are looked up from the current
directory, then from the root of the tree.

Flags:

	-C DIR          kernel source tree; default: found upward from the first path,
	                or from the current directory
	-O DIR          object directory, where it is not the source; give several to
	                look at several configurations and report once what all of them
	                say
	--arch ARCH     architecture, as make's ARCH; default: that of the
	                configuration
	-j N            analyse N units at once; default: one for each processor
	--cache DIR     where results are kept from run to run, at most 4 GB; default:
	                below the user's cache directory
	--no-cache      keep nothing, and use nothing that was kept
	--shard I/N     analyse the I-th of N parts of the units, keep what becomes of
	                it and report nothing; see docs/scale.md
	--spec SOURCE   contracts kept outside the source, by name of the function: a
	                .c, .h or .json file or a directory (--fix changes these, too);
	                may be given more than once
	--checks LIST   checks to run, separated by commas: a name, a rule
	                (paramrange/accepted) or a glob; -NAME takes away; default: all
	--NAME.OPT=V    option of a check; `kapilint explain NAME` lists them
	--format FORM   text, json, jsonl or sarif
	-o FILE         write the result to FILE instead of standard output
	--fix           change the files: make every fix that conflicts with no other,
	                and report what is left
	--diff          show what --fix would change, as a unified diff
	--fail          findings make exit status 1; on by default, off where make
	                calls
	--verbose       show all steps of the evidence, what was left out of a unit and
	                why, and which flags a file is compiled with
	-q              no summary and no progress

Examples:

	kapilint fs/eventpoll.c
	    check the contracts of one file
	kapilint --checks errunlisted --diff fs '!fs/exec.c'
	    show the fixes of one check for a directory without one file

# kapilint infer

	kapilint infer [flags] PATH|NAME...

Infer computes from the code what interfaces take and return, whether somebody
wrote a contract or not: accepted values of parameters, errors, when they come
and from where.

A PATH gives all system calls that it defines; kapilint help lint says what a
PATH is. A NAME is a function or a system call, wherever it is defined. It may
also be a member that is called through, a security hook or a static call: then
infer lists what the files of PATH put there and what that returns, see
docs/callbacks.md.

Flags:

	-C DIR          kernel source tree; default: found upward from the first path,
	                or from the current directory
	-O DIR          object directory, where it is not the source
	--arch ARCH     architecture, as make's ARCH; default: that of the
	                configuration
	-j N            analyse N units at once; default: one for each processor
	--cache DIR     where results are kept from run to run, at most 4 GB; default:
	                below the user's cache directory
	--no-cache      keep nothing, and use nothing that was kept
	--shard I/N     analyse the I-th of N parts of the units, keep what becomes of
	                it and report nothing; see docs/scale.md
	--callbacks     also list the errors of functions that are called through
	                pointers, as far as the files of PATH put them there
	--stats         print, instead of contracts, how many are closed, and what
	                keeps the others open, the most frequent reason first
	--format FORM   text, plain, json, rst, man, kerneldoc, macro, macro-r2 or
	                shall
	-o FILE         write the result to FILE instead of standard output; rst and
	                man write a file for each contract if it is a directory or ends
	                in /
	--verbose       show all steps of the evidence, all reasons, and which flags a
	                file is compiled with
	-q              no notes and no progress

Examples:

	kapilint infer epoll_create1
	    the contract of a system call
	kapilint infer --stats fs
	    how many contracts below fs are complete, and what keeps the others open

# kapilint spec

	kapilint spec [flags] list|show|export [NAME...] SOURCE...

Spec reads declared contracts. list prints one line for each, show prints those
that are named, export prints all as JSON, for --spec, or in any other form.

A SOURCE is a .c, .h or .json file, a directory, a built kernel or object file,
or the kapi directory of debugfs. A NAME may be a pattern: 'epoll_*'.

Flags:

	-C DIR          kernel source tree; default: found upward from the first path,
	                or from the current directory
	-O DIR          object directory, where it is not the source
	--arch ARCH     architecture, as make's ARCH; default: that of the
	                configuration
	--spec SOURCE   another SOURCE
	--kind LIST     only contracts of these kinds: function, ioctl, syscall, sysfs,
	                callback
	--format FORM   text, plain, json, rst, man, kerneldoc, macro, macro-r2 or
	                shall
	-o FILE         write the result to FILE instead of standard output; rst and
	                man write a file for each contract if it is a directory or ends
	                in /
	--verbose       show all steps of evidence
	-q              no notes on what a form does not carry

Examples:

	kapilint spec list fs
	    the contracts below fs
	kapilint spec show 'epoll_*' fs
	    some of them, for people to read

# kapilint checks

	kapilint checks [flags]

Checks lists what lint can report: each check with its severity, and the rules
that it has.

Flags:

	--format FORM   text or json
	-o FILE         write the result to FILE instead of standard output

Examples:

	kapilint checks
	    the list

# kapilint explain

	kapilint explain [flags] CHECK...

Explain prints the page of a check: what it reports, an example before and
after, its limits and its options.

Flags:

	--format FORM   text or markdown
	-o FILE         write the result to FILE instead of standard output

Examples:

	kapilint explain errunlisted
	    the page of one check

# kapilint diff

	kapilint diff [flags] OLD NEW

Diff compares contracts, declared or inferred, and says for each change whether
it breaks user space, and for whom.

OLD and NEW are each a .c, .h or .json file, a directory, a built kernel, or a
revision: git:REV or git:REV:PATH, of the tree that -C names, else of the
current directory. docs/diff.md lists the rules.

Flags:

	-C DIR          kernel source tree; default: found upward from the first path,
	                or from the current directory
	--fail-on HOW   what makes exit status 1: breaking (the default), warning, info
	                (each with those before it) or none
	--accepted FILE changes to leave out, see docs/diff.md
	--format FORM   text, json, sarif or markdown
	-o FILE         write the result to FILE instead of standard output
	--verbose       show all steps of the evidence
	-q              no summary

Examples:

	kapilint diff --fail-on warning fs/eventpoll.c mm/mlock.c
	    what two files declare differently
	kapilint diff --format markdown --fail-on none fs mm
	    the same for directories, as a page

# kapilint review

	kapilint review [flags] [PATCH|REV|REV..REV|-]...

Review analyses the tree before and after a change, as far as the change can
reach, and says what becomes different for user space, which findings the change
causes, and which it repairs. The change is made in memory; no file is touched.

A PATCH is a file: a plain diff, what git format-patch prints, a mail or a file
of mails; - is standard input. Of git, REV is a commit and REV..REV the commits
of a range. Without a name, the change is what the work tree has that HEAD has
not. docs/review.md explains the report.

Flags:

	-C DIR          kernel source tree; default: found upward from the first path,
	                or from the current directory
	-O DIR          object directory, where it is not the source
	--arch ARCH     architecture, as make's ARCH; default: that of the
	                configuration
	--base REV      the tree before the patches is that of a revision; default: the
	                files as they are
	--staged        the change is what git's index has that HEAD has not
	--fail-on HOW   what makes exit status 1, beside findings that the change
	                causes: breaking (the default), warning, info (each with those
	                before it), or none, also no findings
	--checks LIST   checks to run, as for lint; default: all
	-j N            analyse N units at once; default: one for each processor
	--cache DIR     where results are kept from run to run, at most 4 GB; default:
	                below the user's cache directory
	--no-cache      keep nothing, and use nothing that was kept
	--spec SOURCE   contracts kept outside the source; may be given more than once
	--NAME.OPT=V    option of a check; `kapilint explain NAME` lists them
	--format FORM   text, json, markdown, mail or sarif
	-o FILE         write the result to FILE instead of standard output
	--verbose       show also changes of words only, and all steps of the evidence
	-q              no summary and no progress

Examples:

	kapilint review --format mail too-big.patch
	    an answer to a patch, with its hunks quoted
	kapilint review --format markdown v6.12..
	    the commits since v6.12, as a page

# kapilint merge

	kapilint merge [flags] CACHE...

Merge copies what other cache directories hold into this run's own, so that a
run over the whole tree finds the work of all shards done. docs/scale.md tells
how to split a tree over machines.

Flags:

	--cache DIR     where results are kept from run to run, at most 4 GB; default:
	                below the user's cache directory
	-q              no summary

Examples:

	kapilint merge --cache all part1 part2
	    join the caches of two shards

# kapilint help

	kapilint help [flags] [COMMAND|CHECK|manual]

Help prints the commands, or the flags and examples of one command, or the page
of a check, or the manual.

Flags:

	-o FILE         write the result to FILE instead of standard output

Examples:

	kapilint help infer
	    the flags of a command, with examples

# kapilint version

	kapilint version [flags]

Version prints the version of the program, the commit it was built from, the
version of Go and the platform. kapilint --version does the same.

Flags:

	-o FILE         write the result to FILE instead of standard output

Examples:

	kapilint version
	    one line
*/
package main
