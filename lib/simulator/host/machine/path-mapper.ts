import { join } from "node:path";
import { readScript } from "./script";

/**
 * The commands of the real machine that a host has unchanged. None of them manages the machine (systemctl, reboot,
 * useradd) or its containers.
 */
export const MACHINE_COMMANDS = [
  ..."arch basename bash bunzip2 bzip2 clear curl date dd dirname echo".split(" "),
  ..."env expr false flock fold getconf getent gunzip gzip iconv jq kill locale logname mkfifo".split(" "),
  ..."more nice nl nohup nproc nslookup paste pathchk pgrep printenv printf ps pwd python3 scp".split(" "),
  ..."seq setsid sftp sh shuf sleep split ssh stdbuf stty sync tac".split(" "),
  ..."timeout tput tr true tsort tty uname unexpand uniq unzip uptime wget which xargs xz yes zcat".split(" "),
];

/** The commands whose paths {@link pathMapper} maps to the host's folder. */
export const PATH_MAPPER_NAMES = [
  ..."[ awk base64 cat chgrp chmod chown cksum cmp comm cp cut df diff du egrep fgrep file find grep head".split(" "),
  ..."install ln ls md5sum mkdir mktemp mv od openssl readlink realpath rm rmdir sed sha1sum sha256sum".split(" "),
  ..."sha512sum shasum sort stat tail tar tee test touch truncate wc xxd".split(" "),
];

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
  /** Files of the machine that the host has of its own, such as `/etc/fstab`. */
  machine: string;
  systemFolders: readonly string[];
}): string {
  return readScript(join(__dirname, "path-mapper.sh"), host);
}
