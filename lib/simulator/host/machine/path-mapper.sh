#!/usr/bin/env bash
# Stands in for a command that takes paths: shows it this simulated host's storage in place of the machine's.
folder=@folder@
storage=@storage@
roots=(@storageRoots@)
command=${0##*/}

refuse() {
  echo "$command: $1 is not on this simulated host" >&2
  exit 1
}

map() { # sets mapped to where the host's path is on the machine
  mapped=$1
  while [[ $mapped == *//* ]]; do mapped=${mapped//\/\//\/}; done
  case $mapped in */../* | */..) refuse "$1" ;; esac
  for root in "${roots[@]}"; do
    if [[ $mapped/ == "$root"/* ]]; then mapped=$storage$mapped; return; fi
  done
  case $command in
    chgrp | chmod | chown | cp | install | ln | mkdir | mv | rm | rmdir | tee | touch | truncate)
      case $mapped in "$folder"/* | /tmp/* | /dev/*) ;; *) refuse "$1" ;; esac ;;
  esac
}

arguments=()
for argument; do
  case $argument in
    /*) map "$argument"; arguments+=("$mapped") ;;
    --*=/*) map "${argument#*=}"; arguments+=("${argument%%=*}=$mapped") ;;
    *) arguments+=("$argument") ;;
  esac
done

case $command in
  chgrp | chown) # the host's users are not the machine's: it is enough that the files exist
    while [[ ${arguments[0]} == -* ]]; do arguments=("${arguments[@]:1}"); done
    command=ls
    arguments=(-d -- "${arguments[@]:1}")
    exec >/dev/null ;;
esac
PATH=@systemPath@ exec "$command" "${arguments[@]}"
