#!/bin/sh
# Runs a command in this tree as an ordinary user.
#
#   sh test/unprivileged.sh COMMAND…
#
# Root, whom PostgreSQL refuses, gets a copy of the tree and runs the command
# there as the user postgres.  So does, under his own name, a user who may not
# write everywhere in the tree (it is somebody else's, or root has built in it),
# or whose tree has a blank in its path, which make cannot bear.
# The copy goes away with the command.
cd "$(dirname "$0")/.." || exit
user=${TEST_USER:-postgres}
unset CDPATH

in_place() {
	case $PWD in *[[:space:]]*) return 1 ;; esac
	[ "$(id -u)" != 0 ] && [ -z "$(find . -path ./.git -prune -o ! -writable -print -quit)" ]
}
in_place && exec "$@"

copy=$(mktemp -d /tmp/bpm.XXXXXX) || exit
trap 'rm -rf "$copy"' EXIT
trap 'exit 143' TERM HUP
trap : INT						# psql answers it; whoever else gets it is gone, and we follow
tar -c --exclude=./.git --exclude='./tmp_[cir]*' --exclude=./log --exclude=./results --exclude=./output_iso \
	--exclude=./regression.* . | tar -x -C "$copy" || exit
cd "$copy" || exit
if [ "$(id -u)" != 0 ]; then
	"$@"
else
	chown -R "$user" "$copy" && runuser -u "$user" -- "$@"
fi
