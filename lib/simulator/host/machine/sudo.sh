#!/usr/bin/env bash
# Stands in for sudo: the command stays an ordinary process, but the host's other stand-ins take it for root's.
if [[ @asks@ == yes ]]; then
  if [[ " $* " != *" -n "* && " $* " != *" --non-interactive "* ]]; then
    echo "sudo: a terminal is required to read the password; either use the -S option to read from standard input or configure an askpass helper" >&2
  fi
  echo "sudo: a password is required" >&2
  exit 1
fi
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
