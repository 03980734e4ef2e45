import { quote } from "shell-quote";

/**
 * The machine's commands that a host has as they are. Nothing in this list manages the machine (systemctl, reboot,
 * useradd) or knows of its containers.
 */
export const MACHINE_COMMANDS = [
  ..."[ arch awk base64 basename bash bunzip2 bzip2 cksum clear cmp comm curl cut date dd diff dirname echo".split(" "),
  ..."env expr false flock fold getconf getent gunzip gzip head iconv jq kill locale logname md5sum mkfifo".split(" "),
  ..."more nice nl nohup nproc nslookup od openssl paste pathchk pgrep printenv printf ps pwd python3 scp sed".split(
    " ",
  ),
  ..."seq setsid sftp sh sha1sum sha256sum sha512sum shasum shuf sleep sort split ssh stdbuf stty sync tac test".split(
    " ",
  ),
  ..."timeout tput tr true tsort tty uname unexpand uniq unzip uptime wc wget which xargs xxd xz yes zcat".split(" "),
];

/** The commands that see the host's storage roots, through {@link pathMapper}. */
export const PATH_MAPPER_NAMES =
  "cat chgrp chmod chown cp df du egrep fgrep file find grep install ln ls mkdir mktemp mountpoint mv readlink realpath rm rmdir stat tail tar tee touch truncate".split(
    " ",
  );

/**
 * The script behind commands that take paths.
 *
 * A path under a storage root is looked up in the host's folder. A change to any other place of the machine, its
 * temporary files excepted, is refused, so that a mistake in a script under development harms nobody.
 */
export function pathMapper(host: {
  folder: string;
  storage: string;
  storageRoots: readonly string[];
  systemPath: string;
}): string {
  return `#!/usr/bin/env bash
# Stands in for a command that takes paths: shows it this simulated host's storage in place of the machine's.
folder=${quote([host.folder])}
storage=${quote([host.storage])}
roots=(${quote([...host.storageRoots])})
command=\${0##*/}

refuse() {
  echo "$command: $1 is not on this simulated host" >&2
  exit 1
}

map() { # sets mapped to where the host's path is on the machine
  mapped=$1
  while [[ $mapped == *//* ]]; do mapped=\${mapped//\\/\\//\\/}; done
  case $mapped in */../* | */..) refuse "$1" ;; esac
  for root in "\${roots[@]}"; do
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
    --*=/*) map "\${argument#*=}"; arguments+=("\${argument%%=*}=$mapped") ;;
    *) arguments+=("$argument") ;;
  esac
done

case $command in
  chgrp | chown) # the host's users are not the machine's: it is enough that the files exist
    while [[ \${arguments[0]} == -* ]]; do arguments=("\${arguments[@]:1}"); done
    command=ls
    arguments=(-d -- "\${arguments[@]:1}")
    exec >/dev/null ;;
esac
PATH=${quote([host.systemPath])} exec "$command" "\${arguments[@]}"
`;
}
