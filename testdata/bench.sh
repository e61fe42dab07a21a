#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Times kapilint beside gcc -fsyntax-only and sparse on one unit of a prepared
# kernel, in turn, and prints the median wall time, CPU time and peak memory of
# each. Needs sparse and GNU time, and what linux.sh has exported.
#
#	testdata/bench.sh [RUNS [FILE]]
set -euo pipefail
runs=${1:-5}
file=${2:-fs/eventpoll.c}
: "${KAPILINT_LINUX:?run eval \"\$(testdata/linux.sh)\" first}" "${KAPILINT_OBJ:?}"
commands=${KAPILINT_COMMANDS:-$KAPILINT_OBJ/kapilint-commands.txt}
cd "$(dirname "$0")/.."
work=$(mktemp -d)
mkdir "$work/results"
trap 'rm -rf "$work"' EXIT
go build -o "$work/kapilint" ./cmd/kapilint

line=$(grep -F -- "/$file" "$commands" | head -n 1)
flags=$(sed -E 's/^[^ ]*gcc //; s/ -o [^ ]+//; s/ -Wp,-M[^ ]+//; s/ [^ ]+\.c *$//; s/ -c / /' <<<"$line")
source=$KAPILINT_LINUX/$file
cat >"$work/spec.c" <<'SPEC'
/**
 * sys_epoll_create1 - Open an epoll file descriptor
 * @flags: EPOLL_CLOEXEC or 0
 *
 * contexts: process, sleepable
 *
 * error: EINVAL, Unknown flags
 */
SYSCALL_DEFINE1(epoll_create1, int, flags)
{
}
SPEC
lint=("$work/kapilint" -q -C "$KAPILINT_LINUX" -O "$KAPILINT_OBJ" "$file")

once() { # NAME COMMAND...: one run of a command
	local name=$1
	shift
	(cd "$KAPILINT_OBJ" && command time -o "$work/t" -f '%e %U %S %M' "$@" >/dev/null 2>&1) || true
	tail -n 1 "$work/t" >>"$work/results/$name"
}

for _ in $(seq "$runs"); do
	once gcc sh -c "exec gcc $flags -fsyntax-only $source"
	once sparse sh -c "exec sparse -D__linux__ -Dlinux -D__STDC__ -Dunix -D__unix__ -D__x86_64__ --arch=x86 -mlittle-endian -m64 $flags $source"
	export XDG_CACHE_HOME=$work/cache
	rm -rf "$work/cache"
	once kapilint "${lint[@]}"
	once kapilint-again "${lint[@]}"
	rm -rf "$work/cache"
	once kapilint-contract "${lint[@]}" --spec "$work/spec.c"
	once kapilint-contract-again "${lint[@]}" --spec "$work/spec.c"
done

printf '%-26s %8s %8s %10s\n' "$file, $runs runs" 'wall s' 'CPU s' 'peak MiB'
for name in gcc sparse kapilint kapilint-again kapilint-contract kapilint-contract-again; do
	awk -v name="$name" '
		function median(a, n,   i, j, t) {
			for (i = 2; i <= n; i++) for (j = i; j > 1 && a[j] < a[j-1]; j--) { t = a[j]; a[j] = a[j-1]; a[j-1] = t }
			return a[int((n + 1) / 2)]
		}
		{ wall[NR] = $1; cpu[NR] = $2 + $3; mem[NR] = $4 / 1024 }
		END { printf "%-26s %8.2f %8.2f %10.0f\n", name, median(wall, NR), median(cpu, NR), median(mem, NR) }
	' "$work/results/$name"
done
