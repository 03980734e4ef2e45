import type { MachineSession } from "./session";

/** What the leader of a ZooKeeper ensemble says of it. */
export interface ZooKeeperSight {
  /** How many servers have a vote, as ZooKeeper counts them; undefined where it does not say. */
  readonly voters: number | undefined;
  /** How many are in sync, the leader among them. */
  readonly inSync: number;
}

/** The ports of a host behind which ECE has ZooKeeper. */
const PORTS = "2191 2192 2193 2194 2195 2196 2197 2198 2199";

// Named localhost and not by address, since it is the same to both ways of asking.
const MONITOR = `ask() {
  if command -v nc >/dev/null; then echo mntr | timeout 5 nc -w 3 localhost "$1"
  else { exec 3<>"/dev/tcp/localhost/$1" && echo mntr >&3 && timeout 5 cat <&3; }
  fi
}
for port in ${PORTS}; do (ask "$port") 2>/dev/null; echo; done`;

/** Asks the leader of the ensemble, through a host of the platform; undefined where no leader answers there. */
export async function readZooKeeper(session: MachineSession, signal: AbortSignal): Promise<ZooKeeperSight | undefined> {
  const { monitor } = await session.run({ monitor: MONITOR }, { environment: {}, signal });
  const values = (name: string): number[] =>
    [...monitor.output.matchAll(new RegExp(`^${name}\\s+(\\d+)`, "gm"))].map(([, value]) => Number(value));
  // Of several that call themselves so, the one with the fewest followers decides.
  const followers = values("zk_synced_followers");
  if (followers.length === 0) return undefined;
  const voters = values("zk_quorum_size");
  return { inSync: Math.min(...followers) + 1, voters: voters.length === 0 ? undefined : Math.max(...voters) };
}
