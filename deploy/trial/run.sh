#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Migrates stores that are in use: a client process writes at a steady rate and remembers what was
# acknowledged, while its store is migrated, rolled back and migrated again. Then every promise is
# looked for. Builds nothing. Prints a table and keeps it in deploy/trial/results.
#
#   deploy/trial/run.sh [--memories N] [--seconds N] [--only sqlite|postgresql] [--kills N]
#                       [--rate-sqlite N] [--rate-postgresql N] [--seed N] [--no-cost]
#                       [--postgres-url URL] [--work-dir DIR]
#
#   --memories N         memories in each store (200000)
#   --seconds N          load before and after each step (20)
#   --only STORE         leaves the other store out
#   --kills N            processes killed at random in each migration of a second trial; 0 leaves
#                        that trial out (8)
#   --rate-sqlite N      writes a second (100)
#   --rate-postgresql N  writes a second (500)
#   --seed N             another seed writes other things, and kills at other moments (1)
#   --no-cost            does not measure what the triggers cost
#   --postgres-url URL   postgresql://USER@HOST:PORT/DATABASE, by a superuser, its password in
#                        PGPASSWORD; makes and drops the database whimbrel_trial. Without it a
#                        server of this machine's own binaries is started on loopback
#   --work-dir DIR       where stores and logs go (a new directory below TMPDIR); kept when a trial
#                        finds a fault
#
# Ends with 0 when nothing was lost, doubled, altered or resurrected, else with 1.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
root=$(CDPATH='' cd -- "$here/../.." && pwd -P)
jar=$root/coordinator/target/whimbrel.jar
memories=200000
seconds=20
only=
kills=8
rate_sqlite=100
rate_postgresql=500
seed=1
cost=yes
# postgres.sh reads it.
# shellcheck disable=SC2034
postgres_url=
base_dir=${TMPDIR:-/tmp}

say() { printf '%s\n' "$*" >&2; }

stop() {
  say "run.sh: $1"
  exit 2
}

# shellcheck disable=SC2034
while [ $# -gt 0 ]; do
  case $1 in
    -h | --help)
      sed -n '4,29s/^# \{0,1\}//p' "$0"
      exit 0
      ;;
    --no-cost)
      cost=no
      shift
      continue
      ;;
    --memories | --seconds | --only | --kills | --rate-sqlite | --rate-postgresql | --seed | \
      --postgres-url | --work-dir)
      [ $# -ge 2 ] || stop "$1 needs a value"
      ;;
  esac
  case $1 in
    --memories) memories=$2 ;;
    --seconds) seconds=$2 ;;
    --only) only=$2 ;;
    --kills) kills=$2 ;;
    --rate-sqlite) rate_sqlite=$2 ;;
    --rate-postgresql) rate_postgresql=$2 ;;
    --seed) seed=$2 ;;
    --postgres-url) postgres_url=$2 ;;
    --work-dir) base_dir=$2 ;;
    *) stop "unknown option $1; --help lists them" ;;
  esac
  shift 2
done
case $only in '' | sqlite | postgresql) ;; *) stop "--only takes sqlite or postgresql" ;; esac
for number in "$memories" "$seconds" "$kills" "$rate_sqlite" "$rate_postgresql" "$seed"; do
  case $number in '' | *[!0-9]*) stop "not a number: $number" ;; esac
done
for built in "$jar" "$root/deploy/target/classes/io/whimbrel/load/LoadCommand.class"; do
  [ -f "$built" ] || stop "no $built; build it with 'mvn package -DskipTests'"
done
if [ -n "${JAVA_HOME:-}" ]; then java=$JAVA_HOME/bin/java; else java=$(command -v java) || stop "no java"; fi

mkdir -p "$base_dir" "$here/results"
work=$(mktemp -d "$base_dir/whimbrel-trial.XXXXXX")
result=$here/results/$(date -u +%Y-%m-%d).md
postgres_pid=
databases_made=
faults=0

# shellcheck source=postgres.sh
. "$here/postgres.sh"
# Not the port of a benchmark that may be running.
postgres_port=54988

clean_up() {
  [ -z "$databases_made" ] || drop_database whimbrel_trial || true
  stop_postgres
  if [ "$faults" = 0 ]; then rm -rf "$work"; else say "stores and logs are kept in $work"; fi
}
trap clean_up EXIT
trap 'exit 130' INT TERM

load() {
  "$java" -Xmx1g -XX:+UseSerialGC -cp "$root/deploy/target/classes:$jar" \
    io.whimbrel.load.LoadCommand "$@"
}

# trial NAME URL WRITERS RATE KILLS
trial() {
  say "$1: a store of $memories memories, $4 writes/s, $5 kills in each migration"
  report=$work/$1.md
  code=0
  load trial --db-url "$2" --dir "$work/$1" --memories "$memories" --writers "$3" --rate "$4" \
    --seconds "$seconds" --seed "$seed" --kills "$5" --result "$report" >&2 || code=$?
  [ "$code" = 0 ] || faults=$((faults + 1))
  [ ! -f "$report" ] || { printf '\n## %s\n\n' "$1" && cat "$report"; } >>"$work/all.md"
}

# trigger_cost NAME URL WRITERS
trigger_cost() {
  [ "$cost" = yes ] || return 0
  say "$1: what the triggers cost"
  {
    printf '\n## %s, cost of the triggers\n\n' "$1"
    load trigger-cost --db-url "$2" --dir "$work/$1-cost" --memories "$memories" --writers "$3" \
      --seconds 10
  } >>"$work/all.md"
}

# store FILE: the address of a SQLite store that is not there yet
store() {
  rm -f "$work/$1.db" "$work/$1.db-wal" "$work/$1.db-shm"
  printf 'sqlite:///%s\n' "$work/$1.db"
}

empty_database() {
  databases_made=yes
  create_database whimbrel_trial >&2
  database_url whimbrel_trial
}

describe() {
  echo "Tried $(date -u +%Y-%m-%d) with version $(git -C "$root" describe --always --dirty 2>/dev/null || echo unknown)."
  echo
  echo "- $(nproc) processors ($(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)); load of the machine $load_before before and $(cut -d ' ' -f 1-3 /proc/loadavg) after"
  echo "- latency counts from the moment at which a write was due; the generator, the migration and the server share the machine"
  if [ -n "${postgres_version:-}" ]; then
    echo "- PostgreSQL $postgres_version, $postgres_settings"
  fi
}

load_before=$(cut -d ' ' -f 1-3 /proc/loadavg)
: >"$work/all.md"
if [ "$only" != postgresql ]; then
  trial sqlite "$(store sqlite)" 1 "$rate_sqlite" 0
  [ "$kills" = 0 ] || trial sqlite-kills "$(store kills)" 1 "$rate_sqlite" "$kills"
  trigger_cost sqlite "$(store cost)" 1
fi
if [ "$only" != sqlite ] && find_postgres; then
  trial postgresql "$(empty_database)" 4 "$rate_postgresql" 0
  [ "$kills" = 0 ] || trial postgresql-kills "$(empty_database)" 4 "$rate_postgresql" "$kills"
  trigger_cost postgresql "$(empty_database)" 4
fi

{ describe && cat "$work/all.md"; } | tee "$result"
say "kept in $result"
[ "$faults" = 0 ]
