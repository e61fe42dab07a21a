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

	kapilint [flags] PATH...              lint (the word lint may stand first)
	kapilint infer [flags] PATH|NAME...   print the contracts that the code has
	kapilint spec list SOURCE...          list contracts that somebody wrote
	kapilint spec show NAME... SOURCE...  print some of them
	kapilint spec export SOURCE...        print all as JSON, for --spec, or in any other form
	kapilint diff [flags] OLD NEW         say what changed between two sources of contracts
	kapilint merge CACHE...               take over what runs with --shard have kept
	kapilint checks                       list the checks
	kapilint explain NAME...              explain a check
	kapilint help, kapilint version

A PATH is a .c file, a directory (everything below it that the configuration
builds; DIR/... says the same), or a pattern: fs/*.c, fs/**, {fs,mm}/*.c. One
with ! in front takes files away: fs '!fs/ext4'. Paths are looked up from the
current directory, then from the root of the tree, so the same command works
anywhere in a tree.

A NAME for infer is a function or a system call, wherever it is defined:
kapilint infer epoll_create1. It may also be a member that is called through, or
a security hook or static call: kapilint infer file_operations.poll fs/ lists
what the files of PATH put there and what that returns, see docs/callbacks.md.
A SOURCE is a .c, .h or .json file, or a directory.
A NAME for spec may be a pattern: kapilint spec show 'epoll_*' fs.

OLD and NEW for diff are each a SOURCE, or git:REV or git:REV:PATH, a revision of
the tree that -C names, else of the current directory:
kapilint diff git:v6.12 . says what this tree breaks.

# The kernel tree

Kapilint reads a source tree that has been configured and prepared:

	make defconfig prepare                in the source, or
	make O=../obj defconfig prepare       in a directory of its own

It never runs make or a compiler. How a file is compiled comes from the command
line that make gives to CHECK=, from compile_commands.json, from the .cmd files
of an earlier build, or else from the makefiles of the tree; --verbose says which.

Under make, one unit at a time, findings do not fail the build unless --fail is
given:

	make C=1 CHECK=kapilint fs/eventpoll.o
	make C=1 CHECK="kapilint --fail" fs/

# Flags

One dash or two, before or after the names; a value follows after = or a space.

	-C DIR          kernel source tree; found upward from the first path, or
	                from the current directory
	-O DIR          object directory, where it is not the source; lint takes
	                several, looks at each configuration, and reports once what
	                is found in all of them
	--arch ARCH     architecture, as make's ARCH; that of the configuration
	-j N            how many units at once; all processors
	--cache DIR     where what can be used again is kept from run to run, at most
	                4 GB of it; below the user's cache directory
	--no-cache      keep nothing, and use nothing that was kept
	--shard I/N     lint, infer: analyse the I-th of N parts of the units, keep what
	                becomes of it and report nothing; see docs/scale.md
	--spec SOURCE   contracts kept outside the source, by name of the function: a
	                .c, .h or .json file or a directory (--fix changes these, too);
	                may be given more than once
	--checks LIST   checks to run, separated by commas. A name, a rule
	                (paramrange/accepted) or a glob; -NAME takes away. Default: all
	--NAME.OPT=V    option of a check, see kapilint explain NAME
	--format FORM   lint: text, json, jsonl (one object a line) or sarif;
	                infer, spec: text (or plain), json, rst, man, kerneldoc, macro,
	                macro-r2 or shall, see docs/spec-show.md; spec list, checks: text
	                or json; explain: text or markdown;
	                diff: text, json, sarif or markdown
	-o FILE         write the result to FILE instead of standard output; rst and man
	                write a file for each contract if it is a directory or ends in /
	--kind LIST     spec: only contracts of these kinds: function, ioctl, syscall,
	                sysfs, callback
	--callbacks     infer: also list the errors of functions that are called
	                through pointers, as far as the files of PATH put them there
	--stats         infer: print, instead of contracts, how many are closed, and
	                what keeps the others open, the most frequent reason first
	--fix           change the files: make every fix that conflicts with no other,
	                and report what is left
	--diff          show what --fix would change, as a unified diff
	--fail          findings make exit status 1: on, off where make calls
	--fail-on HOW   what makes diff end with status 1: breaking (the default),
	                warning, info (each with those before it) or none
	--accepted FILE changes that diff leaves out, see docs/diff.md
	--verbose       all steps of the evidence, what was left out of a unit and
	                why, which flags a file is compiled with, and what kept the
	                tool from saying more
	-q              no summary and no progress

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
	1   lint found something, or diff a change that --fail-on names
	2   what was asked could not be done: bad usage, no such file, a tree that is
	    not prepared, a unit that could not be analysed; or nothing was found, but
	    a unit could not be analysed whole
*/
package main
