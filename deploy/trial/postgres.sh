# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
#
# Read by run.sh: a PostgreSQL server to measure on, given or started for the time being. Sets
# postgres_url, postgres_version and postgres_settings.
# shellcheck disable=SC2034,SC2154

postgres_port=54987

# find_postgres: makes a server ready, or says why there is none and returns 1.
find_postgres() {
  command -v psql >/dev/null || { say "PostgreSQL: skipped, there is no psql"; return 1; }
  if [ -z "$postgres_url" ]; then
    start_postgres || return 1
  fi
  postgres_version=$(query "$(maintenance_database)" "SHOW server_version")
  postgres_settings=$(query "$(maintenance_database)" "SELECT string_agg(name || '=' || current_setting(name), ', ' ORDER BY name) FROM pg_settings WHERE name IN ('fsync', 'synchronous_commit', 'full_page_writes', 'shared_buffers', 'max_wal_size')")
  for setting in fsync synchronous_commit; do
    case $postgres_settings in *"$setting=on"*) ;; *) say "PostgreSQL: note that $setting is not on" ;; esac
  done
}

start_postgres() {
  bin=
  for candidate in /usr/lib/postgresql/*/bin; do
    [ -x "$candidate/initdb" ] && bin=$candidate
  done
  [ -n "$bin" ] || { say "PostgreSQL: skipped, no server binaries here and no --postgres-url"; return 1; }
  postgres_dir=$work/postgres
  mkdir "$postgres_dir"
  as_owner=
  if [ "$(id -u)" = 0 ]; then
    # The server refuses to run as root.
    if ! id postgres >/dev/null 2>&1 || ! command -v setpriv >/dev/null; then
      say "PostgreSQL: skipped, root needs a user postgres and setpriv to start a server"
      return 1
    fi
    as_owner="setpriv --reuid=postgres --regid=postgres --init-groups --"
    chmod 711 "$work"
    chown postgres "$postgres_dir"
  fi
  PGPASSWORD=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
  export PGPASSWORD
  (umask 077 && printf '%s\n' "$PGPASSWORD" >"$postgres_dir/password")
  [ -z "$as_owner" ] || chown postgres "$postgres_dir/password"
  # The owner's command is several words on purpose.
  # shellcheck disable=SC2086
  $as_owner "$bin/initdb" -D "$postgres_dir/data" -U bench -A scram-sha-256 --pwfile "$postgres_dir/password" \
    -E UTF8 --locale=C >"$work/initdb.log" 2>&1 || { cat "$work/initdb.log" >&2; stop "initdb failed"; }
  rm -f "$postgres_dir/password"
  # shellcheck disable=SC2086
  $as_owner "$bin/postgres" -D "$postgres_dir/data" -p "$postgres_port" \
    -c listen_addresses=127.0.0.1 -c unix_socket_directories= >"$work/postgres.log" 2>&1 &
  postgres_pid=$!
  postgres_url=postgresql://bench@127.0.0.1:$postgres_port/postgres
  tries=0
  until query postgres "SELECT 1" >/dev/null 2>&1; do
    tries=$((tries + 1))
    if [ "$tries" -gt 150 ] || ! kill -0 "$postgres_pid" 2>/dev/null; then
      cat "$work/postgres.log" >&2
      stop "the PostgreSQL server did not start"
    fi
    sleep 0.2
  done
}

# A fast shutdown of the one server that was started here.
stop_postgres() {
  [ -n "$postgres_pid" ] || return 0
  kill -INT "$postgres_pid" 2>/dev/null || true
  wait "$postgres_pid" 2>/dev/null || true
  postgres_pid=
}

maintenance_database() { printf '%s\n' "${postgres_url##*/}" | sed 's/[?].*//'; }

# database_url NAME: the given address with another database.
database_url() { printf '%s\n' "$postgres_url" | sed "s|/[^/?]*\([?].*\)\{0,1\}\$|/$1\1|"; }

# The driver takes the user as a parameter.
jdbc_url() {
  database_url "$1" | sed -E 's|^[a-z]+://([^@/:]+)(:[^@/]*)?@([^?]*)(\?.*)?$|jdbc:postgresql://\3?user=\1|'
}

# query DATABASE STATEMENT
query() { psql -X -q -A -t -w -v ON_ERROR_STOP=1 -d "$(database_url "$1")" -c "$2"; }

create_database() {
  drop_database "$1"
  query "$(maintenance_database)" "CREATE DATABASE $1"
}

# Whatever happened, nothing stays behind on a server that was given.
drop_databases() {
  [ -n "${databases_made:-}" ] || return 0
  drop_database whimbrel_bench_run || true
  drop_database whimbrel_bench_base || true
}

drop_database() { query "$(maintenance_database)" "DROP DATABASE IF EXISTS $1 WITH (FORCE)" 2>/dev/null; }

fresh_database() {
  drop_database whimbrel_bench_run
  query "$(maintenance_database)" "CREATE DATABASE whimbrel_bench_run TEMPLATE whimbrel_bench_base"
  query whimbrel_bench_run "SELECT sum(length(content)) FROM memories" >/dev/null
  query whimbrel_bench_run "CHECKPOINT"
}
