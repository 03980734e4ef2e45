import { ApiError } from "./api-error";
import type { Runner, Runners } from "./runners";

/** A member of the ZooKeeper ensemble: a server with a vote. */
export interface EnsembleMember {
  /** The runner's id. */
  readonly name: string;
  readonly publicHostname: string;
}

/** What the API says of a ZooKeeper server. */
export const SERVER_STATES = ["connected", "suspended", "reconnected", "lost", "read_only"] as const;
export type ServerState = (typeof SERVER_STATES)[number];

/** What tests make of a server; what is left out is as it is by nature. */
export interface ServerFault {
  readonly state?: ServerState;
  readonly inSync?: boolean;
}

/** How late changes of the ensemble show, or take place. */
export interface EnsembleLag {
  /** Number of reads of the coordinators or their candidates until a director that joins has a vote. @default 0 */
  votingAfterReads: number;
  /** Number of looks at the servers (by `GET /platform` or `mntr`) until a new one is in sync. @default 0 */
  syncedAfterReads: number;
  /** Number of attempts to demote a host that are refused after it has lost the role director. @default 0 */
  refusalsAfterRoleLoss: number;
}

/** How many servers have a vote, and how many of these are in sync, at some moment. */
export interface EnsembleCount {
  readonly voters: number;
  readonly inSync: number;
}

interface Server extends EnsembleMember {
  readsUntilVoting: number;
  readsUntilSynced: number;
  refusals: number;
  fault: ServerFault;
}

/**
 * The directors' ZooKeeper ensemble, which the API calls coordinators.
 *
 * A host keeps its vote without the director role, and without the runner's record, until it is demoted. ECE does not
 * publish when it refuses a demotion; here it does so for a host that still has the role, and for the last member.
 */
export class Ensemble {
  /** How the ensemble has been since the start, a count for each change. */
  readonly history: EnsembleCount[] = [];
  readonly #servers = new Map<string, Server>();
  readonly #runners: Runners;
  readonly #lag: Readonly<EnsembleLag>;

  readonly #changed: () => void;

  /** `lag` is read at each change. @param changed called after a member has left */
  constructor(runners: Runners, lag: Readonly<EnsembleLag>, changed: () => void) {
    this.#runners = runners;
    this.#lag = lag;
    this.#changed = changed;
  }

  /** The servers that have a vote. */
  list(): EnsembleMember[] {
    return this.#voters().map(({ name, publicHostname }) => ({ name, publicHostname }));
  }

  /** The hosts that are to have a vote, and wait for it. */
  candidates(): EnsembleMember[] {
    return [...this.#servers.values()].filter(isCandidate);
  }

  /** Uses up one of the reads for which candidates stay such. */
  passRead(): void {
    for (const server of this.candidates()) (server as Server).readsUntilVoting -= 1;
    this.note();
  }

  /** Returns the member, or throws the API's 404. */
  find(name: string): EnsembleMember {
    return this.#find(name);
  }

  /** Gives a host a vote, or makes it a candidate; one that has a vote keeps it. */
  addMember(runner: Runner): void {
    const { runnerId: name, hostIp: publicHostname } = runner;
    if (this.#servers.has(name)) return;
    const { votingAfterReads: readsUntilVoting, syncedAfterReads: readsUntilSynced } = this.#lag;
    this.#servers.set(name, { name, publicHostname, readsUntilVoting, readsUntilSynced, refusals: 0, fault: {} });
    this.note();
  }

  /** Notes that a host has lost the director role; a host without a vote is none that waits for one any more. */
  roleTaken(name: string): void {
    const server = this.#servers.get(name);
    if (server === undefined) return;
    if (isCandidate(server)) this.#servers.delete(name);
    server.refusals = this.#lag.refusalsAfterRoleLoss;
  }

  demote(name: string): void {
    const member = this.#find(name);
    if (this.#runners.tryFind(member.name)?.roles.has("director") || member.refusals-- > 0)
      throw demotionFailed(`The coordinator [${name}] still has the director role`);

    if (this.#voters().length === 1) throw demotionFailed(`The coordinator [${name}] is the only one`);

    this.#servers.delete(name);
    this.note();
    this.#changed();
  }

  /** Breaks or mends a server. */
  setFault(name: string, fault: ServerFault): void {
    this.#find(name).fault = fault;
    this.note();
  }

  /** What the API says of the servers. Those that are not in sync yet look like the others. */
  look(): { readonly id: string; readonly state: ServerState }[] {
    const states = this.#voters().map((server) => ({ id: server.name, state: this.#stateOf(server) }));
    this.#passLook();
    return states;
  }

  /** What each server answers to `mntr`, in the order of the tunnels to them; undefined of one that does not answer. */
  monitor(): (string | undefined)[] {
    const voters = this.#voters();
    const inSync = voters.filter((server) => this.#isInSync(server));
    const leader = this.hasQuorum() ? inSync[0] : undefined;
    const answers = voters.map((server) => {
      if (this.#stateOf(server) === "lost") return undefined;
      if (leader === undefined || !inSync.includes(server))
        return "This ZooKeeper instance is not currently serving requests";

      const followers = `zk_followers\t${voters.length - 1}\nzk_synced_followers\t${inSync.length - 1}\nzk_quorum_size\t${voters.length}`;
      return server === leader ? `zk_server_state\tleader\n${followers}` : "zk_server_state\tfollower";
    });
    this.#passLook();
    return answers;
  }

  count(): EnsembleCount {
    const voters = this.#voters();
    return { voters: voters.length, inSync: voters.filter((server) => this.#isInSync(server)).length };
  }

  /** Whether a majority of the votes is in sync. Without one, ECE has no API. */
  hasQuorum(): boolean {
    const { voters, inSync } = this.count();
    return inSync * 2 > voters;
  }

  /** Writes the present count into the history, where it is another one. */
  note(): void {
    const [now, last] = [this.count(), this.history.at(-1)];
    if (now.voters !== last?.voters || now.inSync !== last.inSync) this.history.push(now);
  }

  #passLook(): void {
    for (const server of this.#voters()) server.readsUntilSynced -= 1;
    this.note();
  }

  #voters(): Server[] {
    return [...this.#servers.values()].filter((server) => !isCandidate(server));
  }

  #find(name: string): Server {
    const server = this.#voters().find((one) => one.name === name);
    if (server === undefined)
      throw new ApiError(404, "coordinators.coordinator_not_found", `The coordinator [${name}] could not be found`);

    return server;
  }

  #stateOf({ name, fault }: Server): ServerState {
    return fault.state ?? (this.#runners.tryFind(name)?.connected === true ? "connected" : "lost");
  }

  #isInSync(server: Server): boolean {
    const isRunning = ["connected", "reconnected"].includes(this.#stateOf(server));
    return isRunning && (server.fault.inSync ?? server.readsUntilSynced <= 0);
  }
}

function isCandidate({ readsUntilVoting }: Server): boolean {
  return readsUntilVoting > 0;
}

function demotionFailed(message: string): ApiError {
  return new ApiError(400, "coordinators.coordinator_demote_failed", message);
}
