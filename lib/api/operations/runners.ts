import type { RunnerContainer, RunnerInfo, RunnerRole, RunnerRoles } from "../models";
import { undefinedIfNotFound } from "../errors/errors";
import { expectConfirmation, expectList, expectObject, expectString, lenientList } from "../transport/reply";
import { apiPath, type ListOptions, type Requester, type RequestOptions } from "../transport/request";
import { SharedRead } from "../transport/shared-read";

/** Runners: the hosts of the platform. */
export class RunnersApi {
  readonly #path: string;
  readonly #list: SharedRead<RunnerInfo[]>;
  readonly #requester: Requester;

  constructor(requester: Requester, platformPath: string) {
    this.#requester = requester;
    this.#path = `${platformPath}/infrastructure/runners`;
    this.#list = new SharedRead({ method: "GET", path: `/api/v1${this.#path}` }, (signal) =>
      requester.request({ method: "GET", path: this.#path, signal, decode: decodeRunners }),
    );
  }

  /** All hosts. Calls at the same time share a request, which is sent after each of them. */
  async list({ signal, reader }: ListOptions = {}): Promise<RunnerInfo[]> {
    return [...(await this.#list.get(signal, reader))];
  }

  /** One host. An unknown id is an {@link EceApiError} that `isNotFound`. */
  async find(runnerId: string, options: RequestOptions = {}): Promise<RunnerInfo> {
    const path = this.#path + apiPath`/${runnerId}`;
    return this.#requester.request({ method: "GET", path, decode: decodeRunner, ...options });
  }

  /** One host; undefined if the platform does not know the id. */
  async tryFind(runnerId: string, options: RequestOptions = {}): Promise<RunnerInfo | undefined> {
    return undefinedIfNotFound(this.find(runnerId, options));
  }

  /** Replaces all roles of a host. `roles` must include those that ECE keeps for itself, such as `beats-runner`. */
  async setRoles(runnerId: string, roles: readonly string[], options: RequestOptions = {}): Promise<void> {
    const path = this.#path + apiPath`/${runnerId}/roles`;
    const body: RunnerRoles = { roles: roles.map((role_name) => ({ role_name })) };
    const change = this.#requester.request({ method: "PUT", path, body, decode: expectConfirmation, ...options });
    await change.finally(() => this.#list.forget());
  }

  /** Removes the record of a host. The platform refuses while the host is connected. */
  async delete(runnerId: string, options: RequestOptions = {}): Promise<void> {
    const path = this.#path + apiPath`/${runnerId}`;
    const change = this.#requester.request({ method: "DELETE", path, decode: expectConfirmation, ...options });
    await change.finally(() => this.#list.forget());
  }
}

function decodeRunners(body: unknown): RunnerInfo[] {
  const { runners } = expectObject(body, 'an object with "runners"');
  return expectList(runners, 'a list "runners"', decodeRunner);
}

function decodeRunner(body: unknown): RunnerInfo {
  const runner = expectObject(body, "a runner");
  return {
    ...runner,
    runner_id: expectString(runner, "runner_id"),
    connected: runner.connected === true,
    healthy: runner.healthy === true,
    roles: lenientList<RunnerRole>(runner.roles),
    containers: lenientList<RunnerContainer>(runner.containers),
  };
}
