import { ApiError } from "./api-error";
import type { Runner, Runners } from "./runners";

/** A member of the ZooKeeper ensemble. */
export interface EnsembleMember {
  /** The runner's id. */
  readonly name: string;
  readonly publicHostname: string;
}

/**
 * The directors' ZooKeeper ensemble, which the API calls coordinators.
 *
 * A host stays a member without the director role, and without the runner's record, until it is demoted. ECE does not
 * publish when it refuses a demotion; here it does so for a host that still has the role, and for the last member.
 */
export class Ensemble {
  readonly #members = new Map<string, EnsembleMember>();
  readonly #runners: Runners;

  readonly #changed: () => void;

  /** @param changed called after a member has left */
  constructor(runners: Runners, changed: () => void) {
    this.#runners = runners;
    this.#changed = changed;
  }

  list(): EnsembleMember[] {
    return [...this.#members.values()];
  }

  /** Returns the member, or throws the API's 404. */
  find(name: string): EnsembleMember {
    const member = this.#members.get(name);
    if (member === undefined)
      throw new ApiError(404, "coordinators.coordinator_not_found", `The coordinator [${name}] could not be found`);

    return member;
  }

  addMember(runner: Runner): void {
    this.#members.set(runner.runnerId, { name: runner.runnerId, publicHostname: runner.hostIp });
  }

  demote(name: string): void {
    const member = this.find(name);
    if (this.#runners.tryFind(member.name)?.roles.has("director"))
      throw demotionFailed(`The coordinator [${name}] still has the director role`);

    if (this.#members.size === 1) throw demotionFailed(`The coordinator [${name}] is the only one`);

    this.#members.delete(name);
    this.#changed();
  }
}

function demotionFailed(message: string): ApiError {
  return new ApiError(400, "coordinators.coordinator_demote_failed", message);
}
