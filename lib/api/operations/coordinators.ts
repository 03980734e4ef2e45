import type { CoordinatorCandidate, CoordinatorSummary } from "../models";
import { expectConfirmation, expectList, expectObject, expectString } from "../transport/reply";
import { apiPath, type Requester, type RequestOptions } from "../transport/request";
import { SharedRead } from "../transport/shared-read";

/** Members of the ZooKeeper ensemble: the API calls coordinators what the UI and the installer call directors. */
export class CoordinatorsApi {
  readonly #path: string;
  readonly #list: SharedRead<CoordinatorSummary[]>;
  readonly #requester: Requester;

  constructor(requester: Requester, platformPath: string) {
    this.#requester = requester;
    this.#path = `${platformPath}/infrastructure/coordinators`;
    this.#list = new SharedRead({ method: "GET", path: `/api/v1${this.#path}` }, (signal) =>
      requester.request({ method: "GET", path: this.#path, signal, decode: decodeCoordinators }),
    );
  }

  /** All members. Calls at the same time share a request, which is sent after each of them. */
  async list({ signal }: RequestOptions = {}): Promise<CoordinatorSummary[]> {
    return [...(await this.#list.get(signal))];
  }

  /** The hosts that are to become members. */
  async listCandidates(options: RequestOptions = {}): Promise<CoordinatorCandidate[]> {
    const path = `${this.#path}/candidates`;
    return this.#requester.request({ method: "GET", path, decode: decodeCandidates, ...options });
  }

  /** Removes a host from the ensemble. Take the director role from it first. */
  async demote(coordinatorId: string, options: RequestOptions = {}): Promise<void> {
    const path = this.#path + apiPath`/${coordinatorId}/_demote`;
    await this.#requester.request({ method: "POST", path, decode: expectConfirmation, ...options });
  }
}

function decodeCandidates(body: unknown): CoordinatorCandidate[] {
  const { candidates } = expectObject(body, 'an object with "candidates"');
  return expectList(candidates, 'a list "candidates"', (entry) => ({ ...entry, name: expectString(entry, "name") }));
}

function decodeCoordinators(body: unknown): CoordinatorSummary[] {
  const { coordinators } = expectObject(body, 'an object with "coordinators"');
  return expectList(coordinators, 'a list "coordinators"', (entry) => ({
    ...entry,
    name: expectString(entry, "name"),
  }));
}
