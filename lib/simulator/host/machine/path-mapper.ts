import { join } from "node:path";
import { readScript } from "./script";

/**
 * The commands of the real machine that a host has unchanged. None of them manages the machine (systemctl, reboot,
 * useradd) or its containers.
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

/** The commands whose paths {@link pathMapper} maps to the host's folder. */
export const PATH_MAPPER_NAMES =
  "cat chgrp chmod chown cp df du egrep fgrep file find grep install ln ls mkdir mktemp mountpoint mv readlink realpath rm rmdir stat tail tar tee touch truncate".split(
    " ",
  );

/**
 * The script behind commands that take paths.
 *
 * A path under a storage root is mapped to the host's folder. A change to any other place of the real machine, except
 * its temporary files, is refused, so that a mistake in a script under development does no harm.
 */
export function pathMapper(host: {
  folder: string;
  storage: string;
  storageRoots: readonly string[];
  systemPath: string;
}): string {
  return readScript(join(__dirname, "path-mapper.sh"), host);
}
