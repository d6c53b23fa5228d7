#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Measures what watching costs: the time of the copy with nobody watching, and with everything on:
# metrics scraped every five seconds, two live pages open, logs as JSON. Runs alternate; medians
# are compared. Builds nothing.
#
#   deploy/bench/watching.sh [--memories N] [--runs N] [--limit PERCENT]
#
#   --memories N     memories of about 1.3 KB in the SQLite store (200000)
#   --runs N         runs of each kind (5)
#   --limit PERCENT  exit code 1 when the copy gets slower by more (2)
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
jar=$here/../../coordinator/target/whimbrel.jar
java=${JAVA_HOME:+$JAVA_HOME/bin/}java
memories=200000
runs=5
limit=2
port=${WHIMBREL_BENCH_PORT:-9479}
url=http://127.0.0.1:$port

stop() {
  printf '%s\n' "watching.sh: $1" >&2
  exit 2
}

while [ $# -gt 0 ]; do
  [ $# -ge 2 ] || stop "$1 needs a value"
  case $1 in
    --memories) memories=$2 ;;
    --runs) runs=$2 ;;
    --limit) limit=$2 ;;
    *) stop "unknown option $1" ;;
  esac
  shift 2
done
[ -f "$jar" ] || stop "there is no $jar: build it with mvn package"
command -v curl > /dev/null || stop "curl is needed to watch"

work=$(mktemp -d "${TMPDIR:-/tmp}/whimbrel-watching.XXXXXX")
trap 'rm -rf "$work"' EXIT
whimbrel() { "$java" -XX:+UseSerialGC -Xmx512m -jar "$jar" "$@"; }

# As a page does, again until it is let in: the server is there a moment before its pages are.
open_page() {
  until curl -sfN "$url/api/v1/events" > "$work/page.$1"; do
    curl -s -o /dev/null "$url/healthz" || return 0
  done
}

# Everything that watches, from the moment the server is there until it is gone.
watch() {
  curl -s --retry 60 --retry-delay 1 --retry-connrefused -o /dev/null "$url/healthz" || return 0
  for page in 1 2; do
    open_page "$page" &
  done
  while curl -s "$url/metrics" > /dev/null; do
    echo scraped >> "$work/scrapes"
    sleep 5
  done
  wait
}

copy_millis() {
  tr -d ' \n' < "$1" | sed 's/.*"name":"COPYING","elapsedMillis":\([0-9]*\).*/\1/'
}

one() { # KIND NUMBER
  cp "$work/base.db" "$work/run.db"
  set -- "$1" "$2" migrate --db-url "sqlite:///$work/run.db" --backup none --report-dir "$work/$1.$2"
  kind=$1
  number=$2
  shift 2
  if [ "$kind" = watched ]; then
    : > "$work/scrapes"
    watch &
    watcher=$!
    whimbrel "$@" --http "$port" --log-format json > "$work/out" 2> "$work/err"
    wait "$watcher" || true
    # A cost that nobody caused would be none.
    scrapes=$(wc -l < "$work/scrapes")
    states=$(cat "$work"/page.* | grep -c '^event: status') || stop "no page was open"
    [ "$scrapes" -gt 0 ] || stop "nothing was scraped"
    printf 'scraped %s times, the pages were sent %s states\n' "$scrapes" "$states"
    rm -f "$work"/page.*
  else
    whimbrel "$@" > "$work/out" 2> "$work/err"
  fi
  millis=$(copy_millis "$(find "$work/$kind.$number" -name report.json)")
  printf '%s run %s: copy took %s ms\n' "$kind" "$number" "$millis"
  printf '%s\n' "$millis" >> "$work/$kind"
  rm -f "$work"/run.db*
}

median() { sort -n "$1" | awk '{ v[NR] = $1 } END { print (v[int((NR + 1) / 2)] + v[int(NR / 2) + 1]) / 2 }'; }

whimbrel demo --db-url "sqlite:///$work/base.db" --memories "$memories" --mix plain
one unwatched 0 > /dev/null # warms the file cache
: > "$work/unwatched"
number=1
while [ "$number" -le "$runs" ]; do
  one unwatched "$number"
  one watched "$number"
  number=$((number + 1))
done
awk -v plain="$(median "$work/unwatched")" -v watched="$(median "$work/watched")" -v limit="$limit" 'BEGIN {
  slower = 100 * (watched - plain) / plain
  printf "median copy: %d ms unwatched, %d ms watched: %+.1f %% (at most %s %%)\n", plain, watched, slower, limit
  exit slower > limit ? 1 : 0
}'
