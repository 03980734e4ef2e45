import type {
  AllocatedInstance,
  AllocatorInfo,
  AllocatorMetadataItem,
  AllocatorSettings,
  MoveClusterDetails,
  MoveClustersDetails,
  MoveClustersReply,
  MoveClustersRequest,
} from "../models";
import { undefinedIfNotFound } from "../errors/errors";
import {
  expectConfirmation,
  expectList,
  expectObject,
  expectString,
  lenientList,
  lenientObject,
} from "../transport/reply";
import { apiPath, type ListOptions, type Requester, type RequestOptions } from "../transport/request";
import { SharedRead } from "../transport/shared-read";

/** The API's own default. It never says how many there are in all. */
const PAGE_SIZE = 100;

/** Options of {@link AllocatorsApi.delete}. */
export interface DeleteAllocatorOptions extends RequestOptions {
  /**
   * Delete it even if instances are on it.
   *
   * @default false
   */
  readonly removeInstances?: boolean;
}

/** Which instances to move off an allocator, and how. */
export interface MoveRequest {
  /**
   * The clusters to move.
   *
   * @default - all
   */
  readonly clusters?: MoveClustersRequest;
  /**
   * The kind of all of these clusters, such as `elasticsearch`.
   *
   * @default - of every kind
   */
  readonly kind?: string;
  /**
   * Move instances and leave other pending changes of their clusters alone.
   *
   * @default true
   */
  readonly moveOnly?: boolean;
  /**
   * Cancel and overwrite pending plans.
   *
   * @default false
   */
  readonly forceUpdate?: boolean;
  /**
   * Move data at the level of the file system and recreate the instances elsewhere.
   *
   * @default false
   */
  readonly forceMove?: boolean;
  /**
   * Treat all instances on the allocator as lost for good.
   *
   * @default - the platform decides; it says that it takes the allocator for up
   */
  readonly allocatorDown?: boolean;
}

/** Allocators: the hosts that instances of deployments run on. */
export class AllocatorsApi {
  readonly #path: string;
  readonly #list: SharedRead<AllocatorInfo[]>;
  readonly #requester: Requester;

  constructor(requester: Requester, platformPath: string) {
    this.#requester = requester;
    this.#path = `${platformPath}/infrastructure/allocators`;
    this.#list = new SharedRead({ method: "GET", path: `/api/v1${this.#path}` }, (signal) => this.#readAll(signal));
  }

  /** All allocators; takes a request per 100 of them. Calls at the same time share them, sent after each of the calls. */
  async list({ signal, reader }: ListOptions = {}): Promise<AllocatorInfo[]> {
    return [...(await this.#list.get(signal, reader))];
  }

  /** One allocator. An unknown id is an {@link EceApiError} that `isNotFound`. */
  async find(allocatorId: string, options: RequestOptions = {}): Promise<AllocatorInfo> {
    const path = this.#path + apiPath`/${allocatorId}`;
    return this.#requester.request({ method: "GET", path, decode: decodeAllocator, ...options });
  }

  /** One allocator; undefined if the platform does not know the id. */
  async tryFind(allocatorId: string, options: RequestOptions = {}): Promise<AllocatorInfo | undefined> {
    return undefinedIfNotFound(this.find(allocatorId, options));
  }

  /** Removes the record of an allocator. The platform refuses while its host is connected. */
  async delete(allocatorId: string, { removeInstances, ...options }: DeleteAllocatorOptions = {}): Promise<void> {
    const path = this.#path + apiPath`/${allocatorId}`;
    const query = { remove_instances: removeInstances };
    await this.#requester.request({ method: "DELETE", path, query, decode: expectConfirmation, ...options });
  }

  /** Keeps new instances away from the allocator. */
  async startMaintenance(allocatorId: string, reason?: string, options: RequestOptions = {}): Promise<void> {
    const path = this.#path + apiPath`/${allocatorId}/maintenance-mode/_start`;
    const query = { reason };
    const change = this.#requester.request({
      method: "POST",
      path,
      query,
      decode: expectConfirmation,
      ...options,
    });
    await change.finally(() => this.#list.forget());
  }

  /** Lets the allocator have new instances again. */
  async stopMaintenance(allocatorId: string, options: RequestOptions = {}): Promise<void> {
    const path = this.#path + apiPath`/${allocatorId}/maintenance-mode/_stop`;
    const change = this.#requester.request({ method: "POST", path, decode: expectConfirmation, ...options });
    await change.finally(() => this.#list.forget());
  }

  /** What {@link move} would do, without doing it. */
  async validateMove(
    allocatorId: string,
    request: MoveRequest = {},
    options: RequestOptions = {},
  ): Promise<MoveClustersReply> {
    return this.#move(allocatorId, request, true, options);
  }

  /** Starts to move instances to other allocators. The move is done once the allocator lists no instance any more. */
  async move(allocatorId: string, request: MoveRequest = {}, options: RequestOptions = {}): Promise<MoveClustersReply> {
    return this.#move(allocatorId, request, false, options);
  }

  /** The allocator's tags. */
  async metadata(allocatorId: string, options: RequestOptions = {}): Promise<AllocatorMetadataItem[]> {
    const path = this.#path + apiPath`/${allocatorId}/metadata`;
    return this.#requester.request({ method: "GET", path, decode: decodeMetadata, ...options });
  }

  /** Replaces all tags, and returns the new ones. */
  async setMetadata(
    allocatorId: string,
    items: readonly AllocatorMetadataItem[],
    options: RequestOptions = {},
  ): Promise<AllocatorMetadataItem[]> {
    const path = this.#path + apiPath`/${allocatorId}/metadata`;
    return this.#requester.request({ method: "PUT", path, body: { items }, decode: decodeMetadata, ...options });
  }

  /** Sets one tag, and returns all of them. The value must not be empty. */
  async putMetadataItem(
    allocatorId: string,
    key: string,
    value: string,
    options: RequestOptions = {},
  ): Promise<AllocatorMetadataItem[]> {
    const path = this.#path + apiPath`/${allocatorId}/metadata/${key}`;
    return this.#requester.request({ method: "PUT", path, body: { value }, decode: decodeMetadata, ...options });
  }

  /** Removes one tag, and returns the others. */
  async deleteMetadataItem(
    allocatorId: string,
    key: string,
    options: RequestOptions = {},
  ): Promise<AllocatorMetadataItem[]> {
    const path = this.#path + apiPath`/${allocatorId}/metadata/${key}`;
    return this.#requester.request({ method: "DELETE", path, decode: decodeMetadata, ...options });
  }

  /** The allocator's settings, such as its capacity. */
  async settings(allocatorId: string, options: RequestOptions = {}): Promise<AllocatorSettings> {
    const path = this.#path + apiPath`/${allocatorId}/settings`;
    return this.#requester.request({ method: "GET", path, decode: decodeSettings, ...options });
  }

  /** Replaces the settings, and returns them. They take effect when the allocator's service is restarted. */
  async setSettings(
    allocatorId: string,
    settings: AllocatorSettings,
    options: RequestOptions = {},
  ): Promise<AllocatorSettings> {
    const path = this.#path + apiPath`/${allocatorId}/settings`;
    return this.#requester.request({ method: "PUT", path, body: settings, decode: decodeSettings, ...options });
  }

  async #move(
    allocatorId: string,
    request: MoveRequest,
    validateOnly: boolean,
    options: RequestOptions,
  ): Promise<MoveClustersReply> {
    return this.#requester.request({
      method: "POST",
      path:
        request.kind === undefined
          ? this.#path + apiPath`/${allocatorId}/clusters/_move`
          : this.#path + apiPath`/${allocatorId}/clusters/${request.kind}/_move`,
      query: {
        move_only: request.moveOnly,
        force_update: request.forceUpdate,
        force_move: request.forceMove,
        allocator_down: request.allocatorDown,
        validate_only: validateOnly,
      },
      body: request.clusters,
      repeatable: validateOnly,
      decode: decodeMove,
      ...options,
    });
  }

  async #readAll(signal: AbortSignal): Promise<AllocatorInfo[]> {
    const found = new Map<string, AllocatorInfo>();
    for (let from = 0; ; from += PAGE_SIZE) {
      const query = { size: PAGE_SIZE, from, sort: "allocator_id" };
      const page = await this.#requester.request({
        method: "GET",
        path: this.#path,
        query,
        decode: decodeOverview,
        signal,
      });
      const before = found.size;
      for (const allocator of page) found.set(allocator.allocator_id, allocator);
      // Ends also on a platform that gives the same page again and again.
      if (page.length < PAGE_SIZE || found.size === before) return [...found.values()];
    }
  }
}

function decodeOverview(body: unknown): AllocatorInfo[] {
  const { zones } = expectObject(body, 'an object with "zones"');
  return expectList(zones, 'a list "zones"', ({ zone_id, allocators }) =>
    expectList(allocators, 'a list "allocators" in each zone', (entry) => decodeAllocator({ zone_id, ...entry })),
  ).flat();
}

function decodeAllocator(body: unknown): AllocatorInfo {
  const allocator = expectObject(body, "an allocator");
  const status = lenientObject(allocator.status);
  return {
    ...allocator,
    allocator_id: expectString(allocator, "allocator_id"),
    status: {
      ...status,
      connected: status.connected === true,
      healthy: status.healthy === true,
      maintenance_mode: status.maintenance_mode === true,
    },
    // Never made up: a drain would take a missing list as an allocator without instances.
    instances: expectList(allocator.instances, 'a list "instances"', (entry) => entry as unknown as AllocatedInstance),
    metadata: lenientList<AllocatorMetadataItem>(allocator.metadata),
    settings: lenientObject(allocator.settings),
    capacity: lenientObject(allocator.capacity),
  };
}

function decodeMetadata(body: unknown): AllocatorMetadataItem[] {
  return expectList(body, "a list of tags", (entry) => ({
    key: expectString(entry, "key"),
    value: typeof entry.value === "string" ? entry.value : "",
  }));
}

function decodeSettings(body: unknown): AllocatorSettings {
  const settings = expectObject(body, "an allocator's settings");
  return typeof settings.capacity === "number" ? { capacity: settings.capacity } : {};
}

function decodeMove(body: unknown): MoveClustersReply {
  const reply = expectObject(body, 'an object with "moves" and "failures"');
  return { moves: decodeMoveDetails(reply.moves), failures: decodeMoveDetails(reply.failures) };
}

function decodeMoveDetails(value: unknown): MoveClustersDetails {
  const details = lenientObject(value);
  return {
    elasticsearch_clusters: lenientList<MoveClusterDetails>(details.elasticsearch_clusters),
    kibana_clusters: lenientList<MoveClusterDetails>(details.kibana_clusters),
    apm_clusters: lenientList<MoveClusterDetails>(details.apm_clusters),
    appsearch_clusters: lenientList<MoveClusterDetails>(details.appsearch_clusters),
    enterprise_search_clusters: lenientList<MoveClusterDetails>(details.enterprise_search_clusters),
  };
}
