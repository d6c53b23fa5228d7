#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Runs a migration of a demonstration store under a Prometheus, and asks it what every panel of the
# dashboards asks. Fails when a panel shows nothing that may-be-empty.json does not list, and when
# promtool finds fault with the metrics.
#
#   deploy/grafana/check-dashboards.sh [--page FILE] [DB_URL]
#
#   --page FILE  write the data of all panels as an HTML page to look at
#   DB_URL       an EMPTY PostgreSQL database, which a coordinator and a worker of its own migrate;
#                without it a SQLite file that is thrown away
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
jar=${WHIMBREL_JAR:-$here/../../coordinator/target/whimbrel.jar}
bin=${JAVA_HOME:+$JAVA_HOME/bin/}
page=

stop() {
  printf '%s\n' "check-dashboards.sh: $1" >&2
  exit 2
}

while [ $# -gt 0 ]; do
  case $1 in
    --page)
      [ $# -ge 2 ] || stop "--page needs a value"
      page=$2
      shift 2
      ;;
    -*) stop "unknown option $1" ;;
    *) break ;;
  esac
done
[ $# -le 1 ] || stop "there is one address at most"
prometheus=$(command -v prometheus) || stop "there is no program prometheus (Debian: apt-get install prometheus)"
promtool=$(command -v promtool) || stop "there is no program promtool (Debian: apt-get install prometheus)"
[ -f "$jar" ] || stop "there is no $jar: build it with mvn package"

classes=$(mktemp -d "${TMPDIR:-/tmp}/whimbrel-check.XXXXXX")
trap 'rm -rf "$classes"' EXIT
"${bin}javac" -cp "$jar" -d "$classes" "$here"/src/*.java
"${bin}java" -cp "$classes:$jar" CheckDashboards "$jar" "$here/.." "$prometheus" "$promtool" "$page" "${1:-}"
