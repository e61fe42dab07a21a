#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Times kapilint beside sparse and gcc -fsyntax-only on the same units of a
# prepared kernel: every STEPth of the build, all of them with STEP 1. Each tool
# gets two processes or workers. Kapilint runs cold, again with nothing changed,
# and once more for each of a changed .c file and a changed header, in a copy of
# the tree if KAPILINT_COPY names one that may be written to. Needs sparse, GNU
# time, and what linux.sh has exported.
#
#	testdata/bench-tree.sh [STEP]
set -euo pipefail
step=${1:-10}
: "${KAPILINT_LINUX:?run eval \"\$(testdata/linux.sh)\" first}" "${KAPILINT_OBJ:?}"
commands=${KAPILINT_COMMANDS:-$KAPILINT_OBJ/kapilint-commands.txt}
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
go build -o "$work/kapilint" ./cmd/kapilint

# What the compiler is told, less what only matters to its output.
grep -oE '^[^ ]*gcc .* [^ ]+\.c *$' "$commands" |
	sed -E 's/^[^ ]*gcc //; s/ -o [^ ]+//; s/ -Wp,-M[^ ]+//; s/ -c / /' |
	awk -v step="$step" 'NR % step == 0' >"$work/lines"
awk '{ print $NF }' "$work/lines" >"$work/files"
units=$(wc -l <"$work/files")

measure() { # NAME COMMAND...
	local name=$1
	shift
	(cd "$KAPILINT_OBJ" && command time -o "$work/t" -f '%e %U %S %M' "$@" >/dev/null 2>&1) || true
	tail -n 1 "$work/t" | awk -v name="$name" '{ printf "%-26s %8.1f %8.1f %10.0f\n", name, $1, $2 + $3, $4 / 1024 }'
}

printf '%-26s %8s %8s %10s\n' "$units units" 'wall s' 'CPU s' 'peak MiB'
measure 'gcc -fsyntax-only' xargs -a "$work/lines" -P2 -d '\n' -I{} sh -c 'exec gcc {} -fsyntax-only'
measure sparse xargs -a "$work/lines" -P2 -d '\n' -I{} sh -c \
	'exec sparse -D__linux__ -Dlinux -D__STDC__ -Dunix -D__unix__ -D__x86_64__ --arch=x86 -mlittle-endian -m64 {}'

lint() { # NAME TREE
	measure "$1" "$work/kapilint" -q -C "$2" -O "$KAPILINT_OBJ" -j 2 --cache "$work/cache" "${files[@]}"
}
mapfile -t files < <(while read -r f; do realpath --relative-to "$KAPILINT_LINUX" "$(cd "$KAPILINT_OBJ" && realpath "$f")"; done <"$work/files")
lint kapilint "$KAPILINT_LINUX"
lint 'kapilint, again' "$KAPILINT_LINUX"
if [ -n "${KAPILINT_COPY:-}" ]; then
	lint 'kapilint, in the copy' "$KAPILINT_COPY"
	echo '/* changed */' >>"$KAPILINT_COPY/${files[0]}"
	lint 'kapilint, a .c changed' "$KAPILINT_COPY"
	echo '/* changed */' >>"$KAPILINT_COPY/include/linux/timerfd.h"
	lint 'kapilint, a .h changed' "$KAPILINT_COPY"
fi
