#!/bin/sh
# Starts keyferry. KEYFERRY_JAVA_OPTIONS are options for its Java runtime, such as -Djavax.net.ssl.trustStore=FILE.
self=$0
while [ -L "$self" ]; do
  link=$(readlink "$self")
  case $link in
    /*) self=$link ;;
    *) self=${self%/*}/$link ;;
  esac
done
home=${self%/*}
home=${home%/bin}
exec "$home/runtime/bin/java" -Xlog:disable @OPTIONS@ -XX:AOTCache="$home/lib/keyferry.aot" \
  $KEYFERRY_JAVA_OPTIONS -cp "@CLASS_PATH@" dev.keyferry.cli.Main "$@"
