#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Measures migrations beside plain copying and beside other tools; docs/benchmarks.md says what is
# counted. Builds nothing. Prints a table and keeps it in deploy/bench/results.
#
#   deploy/bench/run.sh [--only ROW,...] [--memories N] [--large N] [--runs N] [--texts FILE]
#                       [--postgres-url URL] [--work-dir DIR]
#
#   --only ROW,...      of: pg-copy, pg-short, sqlite, peers, workers, ceiling, scaling, ratio,
#                       size, read, memory, start (all)
#   --memories N        memories in the mixed store (300000)
#   --large N           memories in the store of pg-short and in the large store of scaling, which
#                       pg-copy reports too where both rows are run (ten times --memories)
#   --runs N            runs of each kind, alternating (5)
#   --texts FILE        JSON lines with a field "text", which the contents are put together from;
#                       without it WHIMBREL_TEXTS is looked at, and then the demonstration store
#                       serves. The row ratio needs it, with a field "conversation"
#   --postgres-url URL  postgresql://USER@HOST:PORT/DATABASE, by a superuser, its password in
#                       PGPASSWORD; makes and drops databases named whimbrel_bench_*.
#                       Without it a server of this machine's own binaries is started on loopback,
#                       and stopped at the end
#   --work-dir DIR      where the stores go (a new directory below TMPDIR)
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
root=$(CDPATH='' cd -- "$here/../.." && pwd -P)
jar=$root/coordinator/target/whimbrel.jar

stop() {
  printf 'run.sh: %s\n' "$1" >&2
  exit 2
}

case ${1:-} in
  -h | --help)
    sed -n '4,25s/^# \{0,1\}//p' "$0"
    exit 0
    ;;
esac
[ -f "$jar" ] || stop "no jar at $jar; build it with 'mvn package -DskipTests'"
[ -r /proc/self/status ] || stop "this benchmark reads /proc, which only Linux has"
if [ -n "${JAVA_HOME:-}" ]; then java=$JAVA_HOME/bin/java; else java=$(command -v java) || stop "no java"; fi

base=${TMPDIR:-/tmp}
previous=
for argument in "$@"; do
  [ "$previous" != --work-dir ] || base=$argument
  previous=$argument
done
mkdir -p "$base" "$here/results"
work=$(mktemp -d "$base/whimbrel-bench.XXXXXX")
pid=
# The server, which another user may run, works below this directory.
chmod 711 "$work"
trap 'rm -rf "$work"' EXIT
trap '[ -z "$pid" ] || kill "$pid" && wait "$pid"; exit 130' INT TERM

# Compiled before anything is measured; by this way where Java comes without the name javac.
"$java" -m jdk.compiler/com.sun.tools.javac.Main -d "$work/classes" -cp "$jar" "$here"/src/*.java ||
  stop "the benchmark could not be compiled; a full JDK is needed"

"$java" -Xmx512m -XX:+UseSerialGC -cp "$work/classes:$jar" Bench "$root" "$work" "$@" &
pid=$!
wait "$pid"
