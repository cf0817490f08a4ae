# shellcheck shell=bash
# Sourced by the launchers beside it: finds a JDK 25 and a module's jars, and becomes the program.

# launch MODULE MAIN_CLASS [JVM_FLAG ...] -- [ARG ...]
launch() {
  local module=$1 main=$2 flags=() root java jars
  shift 2
  while [ "$1" != -- ]; do flags+=("$1"); shift; done
  shift
  root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
  jars=$root/$module/target/lib
  if [ ! -d "$jars" ]; then
    echo "lifeboat: $module is not built yet: run 'mvn -q -DskipTests package' in $root (with JDK 25), or ./verify" >&2
    exit 1
  fi
  java=$("$root/bin/java-home")/bin/java || exit 1
  exec "$java" --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow -XX:-UsePerfData \
    "${flags[@]}" -cp "$root/$module/target/classes:$jars/*" "$main" "$@"
}
