#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Gets and prepares the kernel that the real-kernel tests read.
#
#	testdata/linux.sh [DIR]
#
# Debian's package linux-source-6.12 is installed where it is missing, unpacked
# below DIR (default: $KAPILINT_CACHE, or kapilint in the user's cache directory),
# configured with defconfig and prepared. The command line of gcc for each unit
# goes to kapilint-commands.txt in the object directory, which is what tests
# compare our preprocessor and our flags with.
#
# What is done already is not done again. Standard output holds two lines, to be
# read with eval; all else goes to standard error.
set -euo pipefail

version=6.12
dir=${1:-${KAPILINT_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/kapilint}}
mkdir -p "$dir"
dir=$(cd "$dir" && pwd)
src=$dir/linux-source-$version
obj=$dir/obj
tarball=/usr/src/linux-source-$version.tar.xz
jobs=$(nproc 2>/dev/null || echo 2)

say() { echo "linux.sh: $*" >&2; }

as_root() {
	if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

install_packages() {
	local missing=() package
	for package in "linux-source-$version" gcc make flex bison bc libelf-dev libssl-dev xz-utils sparse; do
		dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing+=("$package")
	done
	[ ${#missing[@]} = 0 ] && return
	command -v apt-get >/dev/null || {
		say "this machine has no apt-get; install by hand: ${missing[*]}"
		exit 1
	}
	say "installing ${missing[*]}"
	as_root apt-get update >&2
	as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${missing[@]}" >&2
}

# A stamp is written last, so that what was interrupted is done again.
done_with() { [ -e "$dir/.$1-done" ]; }
finish() { : >"$dir/.$1-done"; }

install_packages

if ! done_with unpack; then
	say "unpacking $tarball to $src"
	rm -rf "$src"
	tar -C "$dir" -xf "$tarball"
	finish unpack
fi

if ! done_with prepare; then
	say "configuring and preparing $obj"
	rm -rf "$obj"
	mkdir -p "$obj"
	make -C "$src" O="$obj" -j"$jobs" defconfig prepare >&2
	finish prepare
fi

# make -n says what a build would run, V=1 in full; of each line that compiles
# a .c file to an object the compiler's part is kept. A file that is compiled
# twice is kept as it is compiled to the object beside it.
if ! done_with commands; then
	say "asking make for the command lines"
	{ make -C "$src" O="$obj" -n -k V=1 vmlinux modules 2>/dev/null || true; } |
		sed -n -E 's/^.*[;[:space:]](gcc [^;]* -c -o [^;[:space:]]+\.o [^;[:space:]]+\.c)([[:space:]]*;.*)?$/\1/p' |
		grep -e '-D__KERNEL__' |
		awk -v src="$src/" '{
			unit = $NF
			sub("^" src, "", unit)
			beside = unit
			sub(/\.c$/, ".o", beside)
			if (!(unit in line) || $(NF - 1) == beside) line[unit] = $0
		} END { for (unit in line) print line[unit] }' |
		sort >"$obj/kapilint-commands.txt.new"
	mv "$obj/kapilint-commands.txt.new" "$obj/kapilint-commands.txt"
	n=$(wc -l <"$obj/kapilint-commands.txt")
	if [ "$n" -lt 2000 ]; then
		say "only $n command lines were found in what make says; expected more than 2000"
		exit 1
	fi
	say "$n command lines in $obj/kapilint-commands.txt"
	finish commands
fi

echo "export KAPILINT_LINUX='$src'"
echo "export KAPILINT_OBJ='$obj'"
