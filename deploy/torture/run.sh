#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Runs whole migrations by real processes that are killed, frozen and cut off meanwhile, and
# compares every table at the end; docs/design/03-fault-points.md says how. Builds nothing.
#
#   deploy/torture/run.sh [--runs N] [--seed N] [--database postgresql|sqlite|both]
#                         [--memories N] [--report FILE] [--work-dir DIR]
#
#   --runs N       runs on each database (20)
#   --seed N       seed of the first run, which decides all that is done to it (1); the next run
#                  takes the next number, so that each can be repeated with --runs 1
#   --database D   leaves the other one out (both)
#   --memories N   memories in the store (20000)
#   --report FILE  keeps the tables that are printed at the end
#   --work-dir DIR where stores and logs go (a new directory below TMPDIR); what failed stays there
#
# Needs Linux and, for PostgreSQL, the server's binaries; a server of its own is started on
# loopback, and stopped at the end. Ends with 1 when a run was not good.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
root=$(CDPATH='' cd -- "$here/../.." && pwd -P)
jar=$root/coordinator/target/whimbrel.jar
runs=20
seed=1
database=both
memories=20000
report=
base_dir=${TMPDIR:-/tmp}

stop() {
  printf '%s\n' "run.sh: $1" >&2
  exit 2
}

while [ $# -gt 0 ]; do
  case $1 in
    -h | --help)
      sed -n '4,21s/^# \{0,1\}//p' "$0"
      exit 0
      ;;
    --runs | --seed | --database | --memories | --report | --work-dir)
      [ $# -ge 2 ] || stop "$1 needs a value"
      ;;
  esac
  case $1 in
    --runs) runs=$2 ;;
    --seed) seed=$2 ;;
    --database) database=$2 ;;
    --memories) memories=$2 ;;
    --report) report=$2 ;;
    --work-dir) base_dir=$2 ;;
    *) stop "unknown option $1; --help lists them" ;;
  esac
  shift 2
done
case $database in both | sqlite | postgresql) ;; *) stop "--database takes sqlite, postgresql or both" ;; esac
for number in "$runs" "$memories"; do
  case $number in '' | 0 | *[!0-9]*) stop "not a number above 0: $number" ;; esac
done
case $seed in '' | *[!0-9]*) stop "not a seed: $seed" ;; esac
for needed in "$jar" "$root/deploy/target/classes" "$root/deploy/target/test-classes" \
  "$root/common/target/test-classes"; do
  [ -e "$needed" ] || stop "there is no $needed; build it with 'mvn package -DskipTests'"
done
if [ -n "${JAVA_HOME:-}" ]; then java=$JAVA_HOME/bin/java; else java=$(command -v java) || stop "no java"; fi

mkdir -p "$base_dir"
work=$(mktemp -d "$base_dir/whimbrel-torture.XXXXXX")
# A server that is started by root belongs to another user, who must reach its directory.
chmod 711 "$work"

# A build meanwhile must not change what is tried.
cp "$jar" "$work/whimbrel.jar"
cp -r "$root/deploy/target/test-classes" "$work/classes"
cp -r "$root/common/target/test-classes/." "$work/classes"
cp -r "$root/deploy/target/classes/." "$work/classes"

set -- --jar "$work/whimbrel.jar" --work "$work" --runs "$runs" --seed "$seed" --memories "$memories" --sqlite false
[ "$database" = postgresql ] || set -- "$@" --sqlite true
[ -z "$report" ] || set -- "$@" --report "$report"
if [ "$database" != sqlite ]; then
  binaries=
  for candidate in /usr/lib/postgresql/*/bin; do
    [ -x "$candidate/initdb" ] && binaries=$candidate
  done
  [ -n "$binaries" ] || stop "no PostgreSQL server binaries here; --database sqlite leaves it out"
  set -- "$@" --postgres-binaries "$binaries"
fi

java_pid=
trap '[ -z "$java_pid" ] || kill "$java_pid"' INT TERM
code=0
"$java" -Xmx768m -XX:+UseSerialGC \
  -cp "$work/classes:$work/whimbrel.jar" \
  io.whimbrel.torture.TortureMain "$@" &
java_pid=$!
wait "$java_pid" || code=$?
if [ "$code" = 0 ]; then
  rm -rf "$work"
else
  printf '%s\n' "run.sh: not all is well; logs and stores are in $work" >&2
fi
exit "$code"
