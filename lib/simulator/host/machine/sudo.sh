#!/usr/bin/env bash
# Stands in for sudo: the command stays an ordinary process, but the host's other stand-ins take it for root's.
export SUDO_USER=${SUDO_USER-$USER}
while [[ $1 == -* ]]; do
  case $1 in
    --) shift; break ;;
    -u | --user) if [[ $2 != root ]]; then unset SUDO_USER; fi; shift 2 ;;
    -g | -p | -C | -h | -D | -R | -T) shift 2 ;;
    *) shift ;;
  esac
done
if (($# == 0)); then exit 0; fi
exec env "$@"
