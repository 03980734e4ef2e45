import { apiPath } from "./api-path";
import type { CoordinatorSummary } from "./models";
import { expectConfirmation, expectList, expectObject, expectString } from "./reply";
import type { Requester, RequestOptions } from "./request";

/** Members of the ZooKeeper ensemble: the API calls coordinators what the UI and the installer call directors. */
export class CoordinatorsApi {
  readonly #path: string;

  constructor(
    private readonly requester: Requester,
    platformPath: string,
  ) {
    this.#path = `${platformPath}/infrastructure/coordinators`;
  }

  async list(options: RequestOptions = {}): Promise<CoordinatorSummary[]> {
    return this.requester.request({ method: "GET", path: this.#path, decode: decodeCoordinators, ...options });
  }

  /** Takes a host out of the ensemble, after the director role was taken from it. */
  async demote(coordinatorId: string, options: RequestOptions = {}): Promise<void> {
    const path = this.#path + apiPath`/${coordinatorId}/_demote`;
    await this.requester.request({ method: "POST", path, decode: expectConfirmation, ...options });
  }
}

function decodeCoordinators(body: unknown): CoordinatorSummary[] {
  const { coordinators } = expectObject(body, 'an object with "coordinators"');
  return expectList(coordinators, 'a list "coordinators"', (entry) => ({
    ...entry,
    name: expectString(entry, "name"),
  }));
}
