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

/** What a machine's network shows of the moment. */
export interface MachineNetwork {
  /** Ports that programs listen on. */
  readonly portsInUse: ReadonlySet<number>;
  /** Further IPv4 addresses of the first card. */
  readonly furtherAddresses: ReadonlySet<string>;
}

/** An address of a network card. */
interface Card {
  readonly index: number;
  readonly device: string;
  readonly address: string;
}

/** The commands that show the user, the host and its ports. */
export function machineCommandStandIns(
  identity: HostIdentity,
  { portsInUse, furtherAddresses }: MachineNetwork,
): Readonly<Record<string, StandIn>> {
  const card = (index: number, address: string): Card => ({ index, device: `eth${index}`, address });
  const cards = (): Card[] => [
    ...identity.addresses.map((address, index) => card(index, address)),
    ...[...furtherAddresses].map((address) => card(0, address)),
  ];
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
      const addresses = cards().map(({ address }) => address);
      out(args.some((arg) => /^-[Ii]/.test(arg)) ? addresses.join(" ") : identity.hostName);
      return 0;
    },
    // Only the source address in the output of `ip route get ADDRESS` and `ip route show default` matters.
    ip: ({ args, out }) => {
      if (args.includes("get")) out(`${args.at(-1)} dev eth0 src ${identity.hostIp} uid ${identity.uid}`);
      else if (args.includes("route")) out(`default dev eth0 proto dhcp src ${identity.hostIp} metric 100`);
      else listAddresses(args, cards()).forEach(out);
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
function listAddresses(args: readonly string[], cards: readonly Card[]): string[] {
  const isOneLine = args.some((arg) => arg.startsWith("-") && arg.includes("o"));
  const line = (index: number, device: string, address: string): string =>
    isOneLine ? `${index}: ${device}    ${address}\\       valid_lft forever preferred_lft forever` : `    ${address}`;
  // `ip addr show dev CARD`, or the same without `dev`.
  const [only] = args.slice(args.indexOf("show") + 1).filter((arg) => cards.some(({ device }) => device === arg));
  const own = cards
    .filter(({ device }) => only === undefined || device === only)
    .map(({ index, device, address }) =>
      line(2 + index, device, `inet ${address}/24 brd ${address.replace(/\d+$/, "255")} scope global ${device}`),
    );
  return args.includes("global") || only !== undefined
    ? own
    : [line(1, "lo", "inet 127.0.0.1/8 scope host lo"), ...own];
}
