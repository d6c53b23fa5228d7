#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Measures the migration beside a plain loop on the same stores; docs/benchmarks.md says what is
# counted. Builds nothing. Prints a table and keeps it in deploy/bench/results.
#
#   deploy/bench/run.sh [--memories N] [--runs N] [--only sqlite|postgresql]
#                       [--postgres-url URL] [--work-dir DIR]
#
#   --memories N        memories of about 1.3 KB in the store (200000)
#   --runs N            runs of each kind, alternating (3)
#   --only STORE        leaves the other store out
#   --postgres-url URL  postgresql://USER@HOST:PORT/DATABASE, by a superuser, its password in
#                       PGPASSWORD; makes and drops the databases whimbrel_bench_base and _run.
#                       Without it a server of this machine's own binaries is started on loopback,
#                       and stopped at the end
#   --work-dir DIR      where the stores go (a new directory below TMPDIR); needs about ten times
#                       the size of the store: 4 GB for 200000 memories
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
root=$(CDPATH='' cd -- "$here/../.." && pwd -P)
jar=$root/coordinator/target/whimbrel.jar
memories=200000
runs=3
only=
postgres_url=
base_dir=${TMPDIR:-/tmp}

say() { printf '%s\n' "$*" >&2; }

stop() {
  say "run.sh: $1"
  exit 2
}

while [ $# -gt 0 ]; do
  case $1 in
    -h | --help)
      sed -n '4,21s/^# \{0,1\}//p' "$0"
      exit 0
      ;;
    --memories | --runs | --only | --postgres-url | --work-dir)
      [ $# -ge 2 ] || stop "$1 needs a value"
      ;;
  esac
  case $1 in
    --memories) memories=$2 ;;
    --runs) runs=$2 ;;
    --only) only=$2 ;;
    --postgres-url) postgres_url=$2 ;;
    --work-dir) base_dir=$2 ;;
    *) stop "unknown option $1; --help lists them" ;;
  esac
  shift 2
done
case $only in '' | sqlite | postgresql) ;; *) stop "--only takes sqlite or postgresql" ;; esac
for number in "$memories" "$runs"; do
  case $number in '' | 0 | *[!0-9]*) stop "not a number above 0: $number" ;; esac
done
[ -f "$jar" ] || stop "no jar at $jar; build it with 'mvn package -DskipTests'"
[ -r /proc/self/status ] || stop "this benchmark reads /proc, which only Linux has"
if [ -n "${JAVA_HOME:-}" ]; then java=$JAVA_HOME/bin/java; else java=$(command -v java) || stop "no java"; fi

mkdir -p "$base_dir" "$here/results"
work=$(mktemp -d "$base_dir/whimbrel-bench.XXXXXX")
runs_dir=$work/runs
mkdir "$runs_dir"
postgres_pid=
clean_up() {
  drop_databases
  stop_postgres
  rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 130' INT TERM

# The loop gets the collector and the heap of the launcher.
loop_java="-Xms32m -Xmx640m -XX:+UseSerialGC"

# Compiled before it is measured; by this way where Java comes without the name javac.
"$java" -m jdk.compiler/com.sun.tools.javac.Main -d "$work/classes" -cp "$jar" "$here"/src/*.java ||
  stop "the loop could not be compiled; a full JDK is needed"
classes=$work/classes:$jar

# shellcheck source=postgres.sh
. "$here/postgres.sh"

now_millis() { date +%s%3N; }

# measure NAME COMMAND...: runs it alone and writes NAME/measured; its output goes to NAME/output.
measure() {
  run=$runs_dir/$1
  mkdir -p "$run"
  shift
  # What was written before must not be flushed on this run's account.
  sync
  started=$(now_millis)
  if /usr/bin/time -v true 2>/dev/null; then
    /usr/bin/time -v -o "$run/time" "$@" >"$run/output" 2>&1 || failed "$run"
    ended=$(now_millis)
    awk -F': ' '
      /Maximum resident set size/ { printf "residentMegabytes=%.1f\n", $2 / 1000 }
      /User time|System time/ { seconds += $2 }
      END { printf "processorSeconds=%.2f\n", seconds }' "$run/time" >"$run/measured"
  else
    "$@" >"$run/output" 2>&1 &
    watch_memory $! >"$run/measured"
    wait $! || failed "$run"
    ended=$(now_millis)
  fi
  echo "commandMillis=$((ended - started))" >>"$run/measured"
  grep -E '^[a-zA-Z]+=[0-9]+$' "$run/output" >>"$run/measured" || true
}

failed() {
  cat "$1/output" >&2
  stop "a measured command failed, see above"
}

# The peak is in the last look before the end, give or take a fifth of a second.
watch_memory() {
  kilobytes=0
  while peak=$(awk '/^VmHWM/ { print $2 }' "/proc/$1/status" 2>/dev/null) && [ -n "$peak" ]; do
    kilobytes=$peak
    sleep 0.2
  done
  awk -v kb="$kilobytes" 'BEGIN { printf "residentMegabytes=%.1f\n", kb / 1000 }'
}

whimbrel() { "$root/deploy/bin/whimbrel" "$@"; }

# migrate NAME URL BACKUP
migrate() {
  measure "$1" "$root/deploy/bin/whimbrel" migrate --db-url "$2" --backup "$3" \
    --backup-dir "$work/backups" --report-dir "$runs_dir/$1/report"
  rm -rf "$work/backups"
}

# loop NAME JDBC-URL
loop() {
  # The options are several words on purpose.
  # shellcheck disable=SC2086
  measure "$1" "$java" $loop_java -cp "$classes" PlainLoop "$2"
}

fresh_file() {
  rm -f "$work/run.db" "$work/run.db-wal" "$work/run.db-shm"
  cp "$work/base.db" "$work/run.db"
  cat "$work/run.db" >/dev/null
}

bench_sqlite() {
  say "SQLite: filling a store with $memories memories"
  whimbrel demo --db-url "sqlite:///$work/base.db" --memories "$memories" --mix plain >&2
  number=1
  while [ "$number" -le "$runs" ]; do
    say "SQLite: run $number of $runs"
    fresh_file
    loop "sqlite.loop.$number" "jdbc:sqlite:$work/run.db"
    fresh_file
    migrate "sqlite.bare.$number" "sqlite:///$work/run.db" none
    fresh_file
    migrate "sqlite.full.$number" "sqlite:///$work/run.db" auto
    number=$((number + 1))
  done
  rm -f "$work"/*.db "$work"/*.db-*
}

bench_postgres() {
  say "PostgreSQL: filling a store with $memories memories"
  databases_made=yes
  create_database whimbrel_bench_base
  whimbrel demo --db-url "$(database_url whimbrel_bench_base)" --memories "$memories" --mix plain >&2
  query whimbrel_bench_base "VACUUM (FREEZE, ANALYZE)"
  number=1
  while [ "$number" -le "$runs" ]; do
    say "PostgreSQL: run $number of $runs"
    fresh_database
    loop "postgresql.loop.$number" "$(jdbc_url whimbrel_bench_run)"
    fresh_database
    migrate "postgresql.bare.$number" "$(database_url whimbrel_bench_run)" none
    fresh_database
    migrate "postgresql.full.$number" "$(database_url whimbrel_bench_run)" auto
    number=$((number + 1))
  done
}

# What a reader needs to know about the machine.
describe() {
  echo "Measured $(date -u +%Y-%m-%d) with version $(git -C "$root" describe --always --dirty 2>/dev/null || echo unknown)."
  echo
  echo "- $(nproc) processors ($(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)), $(awk '/^MemTotal/ { printf "%.0f GB", $2 / 1e6 }' /proc/meminfo) of memory"
  echo "- stores on $(df -PT "$work" | awk 'NR == 2 { print $2 }'), warm file cache, medians of $runs alternating runs, each on a fresh copy of one store"
  echo "- $memories plain memories; load of the machine $load_before before and $(cut -d ' ' -f 1-3 /proc/loadavg) after"
  echo "- $("$java" -version 2>&1 | sed -n '/version "/p' | head -n 1); migration: launcher's bounds, one worker thread a processor; loop: $loop_java"
  if [ -n "${postgres_version:-}" ]; then
    echo "- PostgreSQL $postgres_version, $postgres_settings"
  fi
}

load_before=$(cut -d ' ' -f 1-3 /proc/loadavg)
[ "$only" = postgresql ] || bench_sqlite
if [ "$only" != sqlite ] && find_postgres; then
  bench_postgres
fi

result=$here/results/$(date -u +%Y-%m-%d).md
{
  describe
  "$java" -cp "$classes" Summary "$runs_dir"
} | tee "$result"
say "kept in $result"
