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
  /** All IPv4 addresses of the host, its own among them. */
  readonly addresses: readonly string[];
}

/** `sudo`: everything is allowed without a password, or nothing, because one is asked for. */
export function sudoScript({ asksForPassword }: { readonly asksForPassword: boolean }): string {
  return readScript(join(__dirname, "sudo.sh"), { asks: asksForPassword ? "yes" : "no" });
}

/** `timeout`, through which the ports of a coordinator are tried; the real one is at this path. */
export function timeoutScript(coordinator: string, timeout: string): string {
  return readScript(join(__dirname, "timeout.sh"), { coordinator, timeout });
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
      out(args.some((arg) => /^-[Ii]/.test(arg)) ? identity.addresses.join(" ") : identity.hostName);
      return 0;
    },
    // Only the source address in the output of `ip route get ADDRESS` and `ip route show default` matters.
    ip: ({ args, out }) => {
      if (args.includes("get")) out(`${args.at(-1)} dev eth0 src ${identity.hostIp} uid ${identity.uid}`);
      else if (args.includes("route")) out(`default dev eth0 proto dhcp src ${identity.hostIp} metric 100`);
      else listAddresses(args, identity.addresses).forEach(out);
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

/** The lines of `ip -o addr`, or those of `ip addr` that name addresses. */
function listAddresses(args: readonly string[], addresses: readonly string[]): string[] {
  const isOneLine = args.some((arg) => arg.startsWith("-") && arg.includes("o"));
  const line = (index: number, device: string, address: string): string =>
    isOneLine ? `${index}: ${device}    ${address}\\       valid_lft forever preferred_lft forever` : `    ${address}`;
  const own = addresses.map((address, index) => {
    const device = `eth${index}`;
    return line(2 + index, device, `inet ${address}/24 brd ${address.replace(/\d+$/, "255")} scope global ${device}`);
  });
  return args.includes("global") ? own : [line(1, "lo", "inet 127.0.0.1/8 scope host lo"), ...own];
}
