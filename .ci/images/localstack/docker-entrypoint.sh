#!/bin/sh
exec python3 -m localstack.runtime.main
