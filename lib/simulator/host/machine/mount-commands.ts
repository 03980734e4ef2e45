import { parseArgs } from "node:util";
import type { StandIn } from "./command-server";
import type { FileSystem, Mounts } from "./mounts";

/** The command by which the host's other commands say that they touch a path that is mounted on demand. */
const TOUCH_COMMAND = "simulator-touch";

const NOT_FOUND = 1;
const NOT_A_MOUNT_POINT = 32;

/** The commands that show and change what is mounted. */
export function mountCommandStandIns(mounts: Mounts): Readonly<Record<string, StandIn>> {
  return {
    [TOUCH_COMMAND]: ({ args: [path = ""] }) => {
      mounts.touch(path);
      return 0;
    },
    findmnt: ({ args, out }) => findmnt(mounts, args, out),
    mountpoint: ({ args, out }) => {
      const path = clean(args.findLast((arg) => !arg.startsWith("-")) ?? "");
      mounts.touch(path);
      const isMounted = mounts.all.some(({ target, isMounted }) => isMounted && target === path);
      if (!args.some((arg) => /^-\w*q/.test(arg) || arg === "--quiet"))
        out(`${path} is ${isMounted ? "" : "not "}a mountpoint`);

      return isMounted ? 0 : NOT_A_MOUNT_POINT;
    },
    mount: ({ args, isRoot, out, err }) => {
      const target = args.findLast((arg) => !arg.startsWith("-"));
      if (target === undefined && !args.includes("-a")) {
        for (const { source, target: at, fsType, options } of mounts.all.filter(({ isMounted }) => isMounted))
          out(`${source} on ${at} type ${fsType} (${options})`);
        return 0;
      }
      return change(isRoot, err, "mount", () => {
        const wanted = mounts.all.filter((one) =>
          target === undefined ? !one.isMounted : one.target === clean(target),
        );
        if (target !== undefined && wanted.length === 0) throw new RangeError(`${target}: can't find in /etc/fstab`);
        wanted.forEach((one) => mounts.mount(one.target));
      });
    },
    umount: ({ args, isRoot, err }) =>
      change(isRoot, err, "umount", () => mounts.unmount(clean(args.findLast((arg) => !arg.startsWith("-")) ?? ""))),
  };
}

function change(isRoot: boolean, err: (text: string) => void, command: string, action: () => void): number {
  try {
    if (!isRoot) throw new RangeError("must be superuser to use this command");
    action();
    return 0;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    err(`${command}: ${error.message}`);
    return 32;
  }
}

const COLUMNS: Readonly<Record<string, (fileSystem: FileSystem, inFstab: boolean) => string>> = {
  TARGET: ({ target }) => target,
  SOURCE: ({ source }) => source,
  FSTYPE: ({ fsType }) => fsType,
  OPTIONS: ({ options, fstabOptions }, inFstab) => (inFstab ? (fstabOptions ?? "") : options),
};
const SPELLINGS: Readonly<Record<string, string>> = { "VFS-OPTIONS": "OPTIONS", "FS-OPTIONS": "OPTIONS" };

/** `findmnt` with `-n`, `-o`, `-t`, `-s`, `-T`, `-M`, `-S`, or a path. In fstab, a path must be the mount point itself. */
function findmnt(mounts: Mounts, args: readonly string[], out: (text: string) => void): number {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      noheadings: { type: "boolean", short: "n" },
      raw: { type: "boolean", short: "r" },
      list: { type: "boolean", short: "l" },
      evaluate: { type: "boolean", short: "e" },
      "first-only": { type: "boolean", short: "f" },
      "submounts-off": { type: "boolean" },
      kernel: { type: "boolean", short: "k" },
      fstab: { type: "boolean", short: "s" },
      output: { type: "string", short: "o" },
      types: { type: "string", short: "t" },
      target: { type: "string", short: "T" },
      mountpoint: { type: "string", short: "M" },
      source: { type: "string", short: "S" },
    },
  });
  const inFstab = values.fstab === true;
  const exact = values.mountpoint ?? positionals[0] ?? (inFstab ? values.target : undefined);
  const above = inFstab ? undefined : values.target;
  for (const path of [exact, above]) if (path !== undefined) mounts.touch(clean(path));
  const found = mounts.all
    .filter((one) => (inFstab ? one.fstabOptions !== undefined : one.isMounted))
    .filter(({ target, source }) => exact === undefined || target === clean(exact) || source === exact)
    .filter((one) => above === undefined || one === mounts.tryFindAbove(clean(above)))
    .filter(({ source }) => values.source === undefined || source === values.source)
    .filter(({ fsType }) => values.types?.split(",").includes(fsType) ?? true);
  const names = (values.output ?? "TARGET,SOURCE,FSTYPE,OPTIONS").toUpperCase().split(",");
  if (values.noheadings !== true && found.length > 0) out(names.join(" "));
  for (const one of found) out(names.map((name) => COLUMNS[SPELLINGS[name] ?? name]?.(one, inFstab) ?? "").join(" "));
  return found.length > 0 ? 0 : NOT_FOUND;
}

function clean(path: string): string {
  return path.replace(/\/+/g, "/").replace(/(?<=.)\/$/, "");
}
