import { undefinedIfNotFound } from "../errors/errors";
import { isObject } from "../json";
import { expectObject, lenientObject } from "../transport/reply";
import { apiPath, type Requester, type RequestOptions } from "../transport/request";

/** Which hosts have a role, and which only asked for it. */
export interface BlueprinterRole {
  /** The name of the role. */
  readonly id: string;
  /** Hosts that have the role. */
  readonly blessedRunnerIds: string[];
  /** Hosts whose installer asked for the role with a roles token that does not give it. */
  readonly pendingRunnerIds: string[];
}

/** The blueprinter: the part of ECE that gives roles to hosts. */
export class BlueprinterRolesApi {
  readonly #requester: Requester;
  readonly #platformPath: string;

  constructor(requester: Requester, platformPath: string) {
    this.#requester = requester;
    this.#platformPath = platformPath;
  }

  /** One role with its hosts; undefined if the platform does not know the role. */
  async tryFind(role: string, options: RequestOptions = {}): Promise<BlueprinterRole | undefined> {
    const path = this.#platformPath + apiPath`/infrastructure/blueprinter/roles/${role}`;
    return undefinedIfNotFound(
      this.#requester.request({ method: "GET", path, decode: (body) => decodeRole(role, body), ...options }),
    );
  }

  /** Gives a role to a host that asked for it with a roles token that does not give it. */
  async bless(role: string, runnerId: string, options: RequestOptions = {}): Promise<void> {
    const path = this.#platformPath + apiPath`/infrastructure/blueprinter/roles/${role}/blessings/${runnerId}`;
    await this.#requester.request({ method: "PUT", path, body: { value: true }, decode: () => undefined, ...options });
  }
}

function decodeRole(id: string, body: unknown): BlueprinterRole {
  const aggregate = expectObject(body, "a role");
  const ids = (part: unknown, key: string): string[] => {
    const marks = lenientObject(lenientObject(lenientObject(part).value)[key]);
    return Object.keys(marks).filter((runnerId) => isObject(marks[runnerId]) && marks[runnerId].value === true);
  };
  return {
    id,
    blessedRunnerIds: ids(aggregate.blessings, "runner_ids_to_blessing"),
    pendingRunnerIds: ids(aggregate.pending, "runner_ids_to_pending_state"),
  };
}
