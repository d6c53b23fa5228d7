# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
#
# Read by the launchers. Environment:
#   WHIMBREL_HOME              an installation (lib/*.jar) or a source tree (MODULE/target/*.jar)
#   JAVA_HOME                  the Java to use; without it, the java on the path
#   WHIMBREL_JAVA_OPTS         replaces the memory bounds below, and adds anything else
#   WHIMBREL_DB_PASSWORD_FILE  a file that holds the database password

# Everything that stops a launch is a usage error: nothing was touched.
stop() {
  printf '%s: %s\n' "${0##*/}" "$1" >&2
  exit 2
}

# find_jar DIRECTORY MODULE JAR: prints the jar's path.
find_jar() {
  if [ -n "${WHIMBREL_HOME:-}" ]; then
    set -- "$WHIMBREL_HOME/lib/$3" "$WHIMBREL_HOME/$2/target/$3"
  else
    set -- "$1/../lib/$3" "$1/../../$2/target/$3"
  fi
  for candidate in "$@"; do
    if [ -f "$candidate" ]; then
      printf '%s\n' "$candidate"
      return 0
    fi
  done
  stop "no jar at $1 or $2; build it with 'mvn package' or set WHIMBREL_HOME"
}

find_java() {
  if [ -n "${JAVA_HOME:-}" ]; then
    [ -x "$JAVA_HOME/bin/java" ] || stop "JAVA_HOME is $JAVA_HOME, but there is no bin/java in it"
    printf '%s\n' "$JAVA_HOME/bin/java"
  else
    command -v java || stop "Java 17 or newer is needed; none is on the path and JAVA_HOME is not set"
  fi
}

# The line is looked for, since JAVA_TOOL_OPTIONS makes Java print others before it.
check_java() {
  major=$("$1" -version 2>&1 | sed -n 's/^.* version "\([0-9]*\).*/\1/p' | head -n 1)
  [ -n "$major" ] || stop "cannot tell the version of $1; Java 17 or newer is needed"
  # Java 8 and older call themselves 1.8 and so on.
  [ "$major" -ge 17 ] || stop "Java 17 or newer is needed; $1 is version $major"
}

# The password goes from the file into the environment, where ps does not show it to other users.
read_password() {
  [ -n "${WHIMBREL_DB_PASSWORD_FILE:-}" ] || return 0
  [ -z "${WHIMBREL_DB_PASSWORD:-}" ] || return 0
  [ -r "$WHIMBREL_DB_PASSWORD_FILE" ] || stop "cannot read WHIMBREL_DB_PASSWORD_FILE: $WHIMBREL_DB_PASSWORD_FILE"
  WHIMBREL_DB_PASSWORD=$(cat "$WHIMBREL_DB_PASSWORD_FILE")
  export WHIMBREL_DB_PASSWORD
}

# launch DIRECTORY MODULE JAR ARGUMENT..., where the directory is that of the launchers
launch() {
  jar=$(find_jar "$1" "$2" "$3")
  java=$(find_java)
  check_java "$java"
  read_password
  shift 3

  # The heap grows up to its bound before it is tidied up, so the bound decides what is resident:
  # under 512 MB with two processors. It leaves room for contents of 100 MB, which are packed one at
  # a time while each other thread may wait with one; zstd and SQLite allocate outside of the heap.
  # In a container the processors are the host's, hence the limit.
  processors=$(getconf _NPROCESSORS_ONLN)
  [ "$processors" -le 12 ] || processors=12
  heap_megabytes=$((352 + 32 * processors))
  bounds="-Xms128m -Xmx${heap_megabytes}m -XX:+UseSerialGC -XX:MaxMetaspaceSize=80m -XX:ReservedCodeCacheSize=48m"
  # A range being packed is some 20 MB; young space for several spares copying it in each collection.
  bounds="$bounds -Xmn64m -XX:MaxDirectMemorySize=32m -Xss512k -XX:+ExitOnOutOfMemoryError"
  # What takes time is native (zstd, the databases): compiling Java better costs more processor
  # time than it gives back, a third of that of a run over 300,000 memories.
  bounds="$bounds -XX:TieredStopAtLevel=1"

  # glibc gives each thread an arena of its own otherwise, and native memory grows with the threads.
  export MALLOC_ARENA_MAX="${MALLOC_ARENA_MAX:-2}"

  # The module flags are the ones that Hazelcast asks for. The launcher's process becomes Java's,
  # so that a signal to it arrives. The options are several words on purpose.
  # shellcheck disable=SC2086
  exec "$java" \
    --add-modules java.se \
    --add-exports java.base/jdk.internal.ref=ALL-UNNAMED \
    --add-opens java.base/java.lang=ALL-UNNAMED \
    --add-opens java.base/java.nio=ALL-UNNAMED \
    --add-opens java.base/sun.nio.ch=ALL-UNNAMED \
    --add-opens java.management/sun.management=ALL-UNNAMED \
    --add-opens jdk.management/com.sun.management.internal=ALL-UNNAMED \
    ${WHIMBREL_JAVA_OPTS-$bounds} \
    -jar "$jar" "$@"
}
