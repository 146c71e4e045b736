#!/bin/sh
export _HANDLER="$1"
exec /var/runtime/bootstrap
