#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# From a fresh clone to a migrated store: builds Whimbrel, makes a demonstration store of 20,000 memories in
# data/demo, and migrates it. Run it again at any time. It removes nothing that it did not make.
set -eu

cd "$(dirname -- "$0")/.."
demo=data/demo
store=$demo/memory.db
# Holds the checksum of the store as this script left it, or the word that says how far it came.
origin=$demo/made-by-quickstart
log=target/quickstart-build.log
build=''

stop() {
  printf 'quickstart: %s\n' "$1" >&2
  exit 2
}

check_tools() {
  # Maven takes this Java too, so it is looked for in the same order.
  java=${JAVA_HOME:+$JAVA_HOME/bin/java}
  java=$(command -v "${java:-java}") ||
    stop "no Java${JAVA_HOME:+ in JAVA_HOME, $JAVA_HOME}: install JDK 17 or newer (Debian: openjdk-17-jdk-headless)"
  major=$("$java" -version 2>&1 | sed -n 's/^.* version "\([0-9]*\).*/\1/p' | head -n 1)
  [ "${major:-0}" -ge 17 ] || stop "JDK 17 or newer is needed; $java is version ${major:-unknown}"
  [ -x "${java%/*}/javac" ] || command -v javac >/dev/null ||
    stop "a JDK is needed, and $java comes without a compiler (Debian: openjdk-17-jdk-headless)"
  command -v mvn >/dev/null || stop 'no Maven: install Maven 3.8.7 or newer (Debian: maven)'
  maven=$(mvn --version 2>/dev/null | sed -n 's/^.*Apache Maven \([0-9][0-9.]*\).*/\1/p' | head -n 1)
  newest=$(printf '%s\n3.8.7\n' "${maven:-0}" | sort -t. -k1,1n -k2,2n -k3,3n | tail -n 1)
  [ "$newest" = "${maven:-0}" ] || stop "Maven 3.8.7 or newer is needed; mvn is version ${maven:-unknown}"
}

# Maven is silent while it downloads, so a line every few seconds says what it is at.
build() {
  mkdir -p target
  printf 'Building. The first time Maven downloads what it needs, which takes some minutes.\n'
  started=$(date +%s)
  mvn -DskipTests -Dspotless.check.skip=true -Dforbiddenapis.skip=true -Djacoco.skip=true \
    -pl coordinator,worker -am package >"$log" 2>&1 &
  build=$!
  trap 'kill "$build" 2>/dev/null; exit 3' INT TERM
  ticks=0
  while kill -0 "$build" 2>/dev/null; do
    sleep 1
    ticks=$((ticks + 1))
    [ $((ticks % 5)) -ne 0 ] || show_progress
  done
  trap - INT TERM
  wait "$build" || {
    grep -F '[ERROR]' "$log" | head -n 12 >&2
    stop "the build failed; all of it is in $log"
  }
  printf 'Built in %s s.\n' "$(($(date +%s) - started))"
}

show_progress() {
  module=$(sed -n 's/^\[INFO\] Building \([^ ]* [^ ]*\) .*\[\([0-9]*\/[0-9]*\)\]$/\1, \2/p' "$log" | tail -n 1)
  step=$(sed -n 's/^\[INFO\] --- \([a-z-]*\)[^ ]* \(([^)]*)\).*/\1/p' "$log" | tail -n 1)
  printf '  %4s s  %s%s\n' "$(($(date +%s) - started))" "${module:-Maven is getting its plugins}" "${step:+: $step}"
}

check_origin() {
  left=$(cat "$origin" 2>/dev/null || true)
  if [ -e "$store" ] && [ -z "$left" ]; then
    stop "$store is there, and this script did not make it: move it away, then run this again"
  fi
}

checksum() {
  cksum <"$store" | tr -d '\n'
}

# A store that is byte for byte the one that an earlier run left is made anew. One that has changed
# since is somebody's work by now: it is migrated, never removed.
prepare_store() {
  mkdir -p "$demo"
  if [ -e "$store" ] && [ "$left" != filling ] && [ "$left" != "$(checksum)" ]; then
    printf 'Going on with the demonstration store of an earlier run, %s.\n' "$store"
    return
  fi
  rm -f "$store" "$store-wal" "$store-shm" "$store-journal"
  printf 'filling' >"$origin"
  printf 'Making a demonstration store of 20,000 memories ...\n'
  deploy/bin/whimbrel demo --db-url "sqlite:///$store" --memories 20000
  printf 'filled' >"$origin"
}

check_tools
check_origin
build
prepare_store
printf 'Migrating it ...\n'
status=0
deploy/bin/whimbrel migrate --db-url "sqlite:///$store" --backup-dir "$demo/backups" --report-dir "$demo/reports" ||
  status=$?
[ "$status" -eq 0 ] || exit "$status"
checksum >"$origin"
cat <<END
The store is $store. Some things to do with it:
  deploy/bin/whimbrel verify --db-url sqlite:///$store
  deploy/bin/whimbrel get --db-url sqlite:///$store 1
  deploy/bin/whimbrel rollback --db-url sqlite:///$store
END
