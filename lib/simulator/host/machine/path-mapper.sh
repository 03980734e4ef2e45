#!/usr/bin/env bash
# Stands in for a command that takes paths: shows it this simulated host's storage in place of the machine's.
folder=@folder@
storage=@storage@
roots=(@storageRoots@)
machine=@machine@
command=${0##*/}

refuse() {
  echo "$command: $1 is not on this simulated host" >&2
  exit 1
}

map() { # sets mapped to where the host's path is on the machine
  mapped=$1
  local clean=$1 root
  while [[ $clean == *//* ]]; do clean=${clean//\/\//\/}; done
  for root in "${roots[@]}"; do
    if [[ $clean/ == "$root"/* ]]; then
      case $clean in */../* | */..) refuse "$1" ;; esac
      if [[ -s $machine/automounts ]]; then simulator-touch "$clean"; fi
      mapped=$storage$clean
      return
    fi
  done
  if [[ -f $machine$clean ]]; then mapped=$machine$clean; return; fi
  case $command in
    chgrp | chmod | chown | cp | install | ln | mkdir | mv | rm | rmdir | tee | touch | truncate)
      case $clean in
        */../* | */..) refuse "$1" ;;
        "$folder"/* | /tmp/* | /dev/*) mapped=$clean ;;
        *) refuse "$1" ;;
      esac ;;
  esac
}

# Whether the next argument is a pattern or a program, and no path.
expects_text=no
case $command in awk | egrep | fgrep | grep | sed) expects_text=first ;; esac

arguments=()
for argument; do
  if [[ $expects_text != no ]]; then
    case $expects_text$argument in
      first-e | first--regexp | first--expression) expects_text=next ;;
      first-f | first--file | first--regexp=* | first--expression=*) expects_text=no ;;
      first-*) ;;
      *) expects_text=no; arguments+=("$argument"); continue ;;
    esac
  fi
  case $argument in
    /*) map "$argument"; arguments+=("$mapped") ;;
    --*=/*) map "${argument#*=}"; arguments+=("${argument%%=*}=$mapped") ;;
    *) arguments+=("$argument") ;;
  esac
done

run() {
  local place
  for place in @systemFolders@; do
    if [[ -x $place/$command ]]; then "${starter[@]}" "$place/$command" "$@"; return; fi
  done
  echo "$command: not found" >&2
  exit 127
}

busy() { # the path of a mount point on the machine
  echo "$command: cannot $2 '${1#"$storage"}': Device or resource busy" >&2
}

# Sets mount_points to those at or below a path of the machine.
find_mount_points() {
  local target path=${1%/}
  mount_points=()
  while IFS= read -r target; do
    if [[ $target != / && $storage$target/ == "$path"/* ]]; then mount_points+=("$storage$target"); fi
  done <"$machine/mount-points"
}

remove() {
  local options=() operands=() recursive=no one=no status=0 argument mount_point tests after=no
  for argument; do
    case $after$argument in
      no--) after=yes ;;
      no--recursive) recursive=yes; options+=("$argument") ;;
      no--one-file-system) one=yes; options+=("$argument") ;;
      no--*) options+=("$argument") ;;
      no-?*) if [[ $argument == *[rR]* ]]; then recursive=yes; fi; options+=("$argument") ;;
      *) operands+=("$argument") ;;
    esac
  done
  for argument in "${operands[@]}"; do
    find_mount_points "$argument"
    if [[ $recursive == no || ${#mount_points[@]} -eq 0 ]]; then
      run "${options[@]}" -- "$argument" || status=1
      continue
    fi
    tests=()
    for mount_point in "${mount_points[@]}"; do
      tests+=(! -path "$mount_point")
      if [[ $one == yes && $mount_point != "${argument%/}" ]]; then tests+=(! -path "$mount_point/*"); fi
    done
    (command=find && run "${argument%/}" -depth "${tests[@]}" -delete 2>/dev/null)
    for mount_point in "${mount_points[@]}"; do
      if [[ $one == yes && $mount_point != "${argument%/}" ]]; then
        echo "rm: skipping '${mount_point#"$storage"}', since it's on a different device" >&2
      else
        busy "$mount_point" remove
      fi
    done
    status=1
  done
  return "$status"
}

# Does not leave the file system with -xdev, and does not delete mount points.
search() {
  local starts=() tests=() status=0 start mount_point kept=()
  while (($# > 0)) && [[ $1 != [-\(!]* ]]; do starts+=("$1"); shift; done
  for start in "${starts[@]}"; do
    find_mount_points "$start"
    for mount_point in "${mount_points[@]}"; do
      if [[ " $* " == *" -xdev "* || " $* " == *" -mount "* ]] && [[ $mount_point != "${start%/}" ]]; then
        tests+=(! -path "$mount_point/*")
      fi
      if [[ " $* " == *" -delete"* ]] && [[ $mount_point != "${start%/}" || " $* " != *" -mindepth "* ]]; then
        tests+=(! -path "$mount_point")
        kept+=("$mount_point")
      fi
    done
  done
  run "${starts[@]}" "${tests[@]}" "$@" || status=$?
  for mount_point in "${kept[@]}"; do busy "$mount_point" delete; status=1; done
  return "$status"
}

starter=()
case $command in
  chgrp | chown) # the host's users are not the machine's: it is enough that the files exist
    while [[ ${arguments[0]} == -* ]]; do arguments=("${arguments[@]:1}"); done
    command=ls
    arguments=(-d -- "${arguments[@]:1}")
    exec >/dev/null ;;
  rm) remove "${arguments[@]}"; exit ;;
  find) search "${arguments[@]}"; exit ;;
  mv | rmdir)
    for argument in "${arguments[@]}"; do
      find_mount_points "$argument"
      for mount_point in "${mount_points[@]}"; do
        if [[ $mount_point == "${argument%/}" && ($command == rmdir || $argument != "${arguments[-1]}") ]]; then
          busy "$mount_point" "$([[ $command == mv ]] && echo move || echo remove)"
          exit 1
        fi
      done
    done ;;
esac
starter=(exec)
run "${arguments[@]}"
