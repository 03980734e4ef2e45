/**
 * The platform as resources, data sources and the other rooms see it: the connection, and how to wait for something on it.
 * Imports `api`, `plugin/framework` and a type of `machine`, no other room.
 */
import type { EceClient, EnrollmentToken, PlatformInfo, RunnerInfo } from "../../api";
import type { SshSettings } from "../../machine";
import { DiagnosticError, type Diagnostic } from "../../plugin/framework";
import { Departures } from "./departures";
import { PlatformReader, type PlatformSight } from "./identity";
import { RunnerIds } from "./runner-ids";
import { Deadline, SYSTEM_CLOCK, type Clock, type WaitOptions } from "./wait";

/** Warnings for Terraform's user beside the outcome of an operation; each is shown once per process. */
export class Warnings {
  readonly #all: Diagnostic[] = [];
  #taken = 0;

  add(summary: string, detail: string): void {
    if (this.#all.some((known) => known.summary === summary)) return;
    this.#all.push({ severity: "warning", summary, detail });
  }

  /** Those that were not taken before. */
  take(): Diagnostic[] {
    const fresh = this.#all.slice(this.#taken);
    this.#taken = this.#all.length;
    return fresh;
  }
}

/** How long a list of all hosts tells of the platform. */
const LONGEST_MEMORY_MS = 30_000;

/** What the provider's block `given_up` names: lost for good, so that it need not be asked, proven or emptied. */
export interface GivenUp {
  /** Ids of platforms, as {@link PlatformIdentity} remembers them. */
  readonly platforms: ReadonlySet<string>;
  /** The runner ids of the hosts on machines that are gone. */
  readonly machines: ReadonlySet<string>;
  /** The roles whose last host may go. */
  readonly lastOf: ReadonlySet<string>;
}

/** What an {@link Ece} carries beside its connection. */
export interface EceOptions {
  /** @default - the system's clock */
  readonly clock?: Clock;
  /** @default - nothing */
  readonly givenUp?: GivenUp;
  /** @default - none */
  readonly sshSettings?: SshSettings;
}

/**
 * The configured connection to one ECE platform, as every type gets it.
 *
 * While Terraform plans, the provider's configuration may hold values that are not known yet; then there is no client,
 * and whatever needs one says so.
 */
export class Ece {
  /** The id of each roles token that this process makes, as soon as it is known; undefined where that failed. */
  readonly tokenCreations: Promise<string | undefined>[] = [];
  /** The runner ids that `ece_host` resources have, or are to have. */
  readonly runnerIds = new RunnerIds();
  /** The hosts that lose roles. */
  readonly departures = new Departures();
  /** Ids by which this platform was known and that it need not show again: one of their company was seen. */
  readonly provenIds = new Set<string>();
  readonly givenUp: GivenUp;
  /** How machines are reached, as the provider's block `ssh` or else the environment says. */
  readonly sshSettings: SshSettings;
  readonly #busyHosts = new Map<string, Promise<unknown>>();
  #seenRunners: { readonly at: number; readonly runners: readonly RunnerInfo[] } | undefined;
  #coordinatingHosts: Promise<readonly string[]> | undefined;
  #platformReader: PlatformReader | undefined;
  #platformInfo: Promise<PlatformInfo> | undefined;

  readonly #knownClient: EceClient | undefined;
  readonly #warnings: Warnings;
  readonly #clock: Clock;

  constructor(knownClient: EceClient | undefined, warnings: Warnings, options: EceOptions = {}) {
    this.#knownClient = knownClient;
    this.#warnings = warnings;
    this.#clock = options.clock ?? SYSTEM_CLOCK;
    this.givenUp = options.givenUp ?? { platforms: new Set(), machines: new Set(), lastOf: new Set() };
    this.sshSettings = options.sshSettings ?? {};
  }

  /** Runs work on a host when no other work of this process is done on it. */
  async exclusively<T>(runnerId: string, work: () => Promise<T>): Promise<T> {
    const before = this.#busyHosts.get(runnerId) ?? Promise.resolve();
    const now = before.then(work, work);
    this.#busyHosts.set(
      runnerId,
      now.catch(() => undefined),
    );
    return now;
  }

  get isKnown(): boolean {
    return this.#knownClient !== undefined;
  }

  /** Whether a refresh can ask the platform. Where it cannot, the state stays as it is, and a warning says so. */
  canRefresh(): boolean {
    if (!this.isKnown) {
      this.#warnings.add(
        "ECE resources were not refreshed",
        "The configuration of the ECE provider depends on values that Terraform learns only at apply, so the platform could not be asked: this plan rests on what Terraform stored last.",
      );
    }
    return this.isKnown;
  }

  /** Throws while the provider's configuration is not known. */
  get client(): EceClient {
    if (this.#knownClient === undefined) {
      throw new DiagnosticError(
        "The ECE provider is not configured yet",
        "Its configuration depends on values that Terraform learns only at apply. Apply first what these come from, with -target; a data source can wait for it with depends_on.",
      );
    }
    return this.#knownClient;
  }

  /** Starts the time that an operation has for all of its waits. */
  startWaiting(timeoutMs: number, signal: AbortSignal): WaitOptions {
    return { deadline: new Deadline(timeoutMs, this.#clock), signal };
  }

  /** The answer of `GET /platform`, asked once per process. */
  platform(signal: AbortSignal): Promise<PlatformInfo> {
    this.#platformInfo ??= this.client.platform.get({ signal }).catch((error: unknown) => {
      this.#platformInfo = undefined;
      throw error;
    });
    return this.#platformInfo;
  }

  /** Who the platform says it is; what was read once holds for the life of this process. */
  platformSight(signal: AbortSignal): Promise<PlatformSight> {
    this.#platformReader ??= new PlatformReader(this.client);
    return this.#platformReader.look(signal);
  }

  /** A roles token for the refresh of a resource of the given type; concurrent refreshes share one list. */
  async refreshToken(typeName: string, id: string, signal: AbortSignal): Promise<EnrollmentToken | undefined> {
    const tokens = await this.client.enrollmentTokens.list({ signal, reader: `${typeName} ${id}` });
    return tokens.find((token) => token.token_id === id);
  }

  /**
   * A host for the refresh of a resource of the given type; concurrent refreshes share one list.
   *
   * A list may lack hosts that are there, so one that is not in it is asked for by its id.
   */
  async refreshHost(typeName: string, runnerId: string, signal: AbortSignal): Promise<RunnerInfo | undefined> {
    const runners = await this.client.runners.list({ signal, reader: `${typeName} ${runnerId}` });
    const listed = runners.find((runner) => runner.runner_id === runnerId);
    return listed ?? this.client.runners.tryFind(runnerId, { signal });
  }

  /** The hosts as a list has shown them not long ago; for what is true of the platform and not of one host. */
  async recentRunners(signal: AbortSignal): Promise<readonly RunnerInfo[]> {
    const seen = this.#seenRunners;
    if (seen !== undefined && this.#clock.now() - seen.at < LONGEST_MEMORY_MS) return seen.runners;
    const at = this.#clock.now();
    const runners = await this.client.runners.list({ signal });
    this.#seenRunners = { at, runners };
    return runners;
  }

  /**
   * The names and addresses of the platform's coordinators and directors, read once per process; and once more where none of
   * them is among those that a host knows, since hosts may have joined.
   */
  async coordinatingHosts(known: readonly string[], signal: AbortSignal): Promise<readonly string[]> {
    const remembered = await this.#coordinatingHosts?.catch(() => undefined);
    if (remembered !== undefined && (known.length === 0 || known.some((name) => remembered.includes(name))))
      return remembered;
    this.#coordinatingHosts = this.client.runners.list({ signal }).then((runners) =>
      runners
        .filter(({ roles }) => roles?.some(({ role_name: role }) => role === "coordinator" || role === "director"))
        .flatMap(({ runner_id, host_ip, public_hostname }) => [runner_id, host_ip, public_hostname])
        .filter((name): name is string => name !== undefined && name !== ""),
    );
    return this.#coordinatingHosts;
  }

  /** The warnings that were not taken before. */
  takeWarnings(): Diagnostic[] {
    return this.#warnings.take();
  }
}
