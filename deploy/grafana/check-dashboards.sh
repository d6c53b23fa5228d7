#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Runs a migration of a demonstration store under a Prometheus, and asks it what every panel of the
# dashboards asks. Fails when a panel shows nothing that may-be-empty.json does not list.
#
#   deploy/grafana/check-dashboards.sh [DB_URL]
#
#   DB_URL   an EMPTY PostgreSQL database; without it a SQLite file that is thrown away
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
jar=${WHIMBREL_JAR:-$here/../../coordinator/target/whimbrel.jar}
java=${JAVA_HOME:+$JAVA_HOME/bin/}java

if ! prometheus=$(command -v prometheus); then
  echo "check-dashboards.sh: there is no program prometheus (Debian: apt-get install prometheus)" >&2
  exit 2
fi
if [ ! -f "$jar" ]; then
  echo "check-dashboards.sh: there is no $jar: build it with mvn package" >&2
  exit 2
fi
exec "$java" -cp "$jar" "$here/src/CheckDashboards.java" "$jar" "$here/.." "$prometheus" "${1:-}"
