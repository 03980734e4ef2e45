#!/usr/bin/env bash
# Stands in for timeout, which is real but for one thing: on any port, the coordinator answers to bash's /dev/tcp. Its
# real ports are others than ECE's.
coordinator=@coordinator@
if [[ $* == */dev/tcp/* && " $* " == *" $coordinator "* ]]; then exit 0; fi
exec @timeout@ "$@"
