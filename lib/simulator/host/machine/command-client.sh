#!/usr/bin/env bash
# Stands in for a command of this simulated host: the simulator answers in its place.
exec 3<>/dev/tcp/127.0.0.1/@port@ || exit 1
printf '%s\0' @secret@ "${0##*/}" "${SUDO_USER:+root}" "$#" "$@" >&3

swallow_input() {
  while read -r -t 0; do read -r -t 1 -n 65536 || break; done 2>/dev/null
}

while IFS= read -r line <&3; do
  case $line in
    out:*) printf '%s\n' "${line#out:}" ;;
    err:*) printf '%s\n' "${line#err:}" >&2 ;;
    swallow-input) trap swallow_input EXIT ;;
    exit:*) exit "${line#exit:}" ;;
  esac
done
echo "${0##*/}: the simulator went away" >&2
exit 1
