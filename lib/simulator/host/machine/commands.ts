import { join } from "node:path";
import { type StandIn } from "./command-server";
import { readScript } from "./script";

/** The user and the addresses of a host. */
export interface HostIdentity {
  readonly user: string;
  readonly uid: number;
  readonly gid: number;
  /** Groups in addition to the user's own. */
  readonly groups: readonly string[];
  readonly hostName: string;
  readonly hostIp: string;
}

/** `sudo`: everything is allowed without a password. */
export function sudoScript(): string {
  return readScript(join(__dirname, "sudo.sh"));
}

/** The commands that show the user, the host and its ports. */
export function machineCommandStandIns(
  identity: HostIdentity,
  portsInUse: ReadonlySet<number>,
): Readonly<Record<string, StandIn>> {
  return {
    id: ({ args, isRoot, out, err }) => {
      const { user, uid, gid, groups } = isRoot ? { user: "root", uid: 0, gid: 0, groups: [] } : identity;
      const letters = args.filter((arg) => arg.startsWith("-")).join("");
      const other = args.find((arg) => !arg.startsWith("-") && arg !== user && arg !== String(uid));
      if (other !== undefined) {
        err(`id: '${other}': no such user`);
        return 1;
      }
      const isNamed = letters.includes("n");
      // Any number below 1000, as system groups have.
      const numbered = groups.map((name, index) => ({ name, number: 990 + index }));
      if (letters.includes("u")) {
        out(isNamed ? user : String(uid));
      } else if (letters.includes("g")) {
        out(isNamed ? user : String(gid));
      } else if (letters.includes("G")) {
        out((isNamed ? [user, ...groups] : [gid, ...numbered.map(({ number }) => number)]).join(" "));
      } else {
        const all = [`${gid}(${user})`, ...numbered.map(({ name, number }) => `${number}(${name})`)];
        out(`uid=${uid}(${user}) gid=${gid}(${user}) groups=${all.join(",")}`);
      }
      return 0;
    },
    whoami: ({ isRoot, out }) => {
      out(isRoot ? "root" : identity.user);
      return 0;
    },
    groups: ({ isRoot, out }) => {
      out(isRoot ? "root" : [identity.user, ...identity.groups].join(" "));
      return 0;
    },
    hostname: ({ args, out }) => {
      out(args.some((arg) => /^-[Ii]/.test(arg)) ? identity.hostIp : identity.hostName);
      return 0;
    },
    // Only the source address in the output of `ip route get ADDRESS` and `ip route show default` matters.
    ip: ({ args, out }) => {
      if (args.includes("get")) out(`${args.at(-1)} dev eth0 src ${identity.hostIp} uid ${identity.uid}`);
      else if (args.includes("route")) out(`default dev eth0 proto dhcp src ${identity.hostIp} metric 100`);
      else out(`2: eth0    inet ${identity.hostIp}/24 brd + scope global eth0`);
      return 0;
    },
    // Lists all ports, whatever the filter: callers search the output for a port.
    ss: ({ args, out }) => {
      if (!args.some((arg) => /^-\w*H/.test(arg)))
        out("State  Recv-Q Send-Q Local Address:Port Peer Address:Port Process");

      for (const port of portsInUse) out(`LISTEN 0      4096         0.0.0.0:${port}      0.0.0.0:*`);
      return 0;
    },
  };
}
