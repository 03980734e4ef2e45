import { Token } from "cdktf";
import { EceRole } from "../bindings/ece-role";

/** Java heaps of ECE's services on a host, in GB. */
export interface MemorySettingsOptions {
  /**
   * The heap of the runner, which every host has, in GB.
   *
   * @default - the service is left to the installer
   */
  readonly runnerGb?: number;
  /**
   * The heap of the allocator, in GB.
   *
   * @default - the service is left to the installer
   */
  readonly allocatorGb?: number;
  /**
   * The heap of the ZooKeeper server of a director, in GB.
   *
   * @default - the service is left to the installer
   */
  readonly zookeeperGb?: number;
  /**
   * The heap of the director, in GB.
   *
   * @default - the service is left to the installer
   */
  readonly directorGb?: number;
  /**
   * The heap of the constructor of a coordinator, in GB.
   *
   * @default - the service is left to the installer
   */
  readonly constructorGb?: number;
  /**
   * The heap of the admin console of a coordinator, in GB.
   *
   * @default - the service is left to the installer
   */
  readonly adminConsoleGb?: number;
}

/** Which services a role brings; each host has a runner. */
const SERVICES: { readonly [role: string]: readonly string[] } = {
  [EceRole.ALLOCATOR]: ["allocator"],
  [EceRole.COORDINATOR]: ["constructor", "admin-console"],
  [EceRole.DIRECTOR]: ["zookeeper", "director"],
  [EceRole.PROXY]: [],
};

/**
 * The heaps of ECE's services on a host. Elastic asks to set them in production; they cannot be changed without a reinstall.
 *
 * The sizes are those of Elastic's small, medium and large installations, for the services that the host's roles bring.
 */
export class MemorySettings {
  /** Elastic's small installation. */
  static small(): MemorySettings {
    return MemorySettings.#ofSize(4, 4);
  }

  /** Elastic's medium installation. */
  static medium(): MemorySettings {
    return MemorySettings.#ofSize(8, 8);
  }

  /** Elastic's large installation. */
  static large(): MemorySettings {
    return MemorySettings.#ofSize(24, 24);
  }

  /** Chosen heaps, whatever the roles. */
  static of(options: MemorySettingsOptions): MemorySettings {
    const heaps = {
      runner: options.runnerGb,
      allocator: options.allocatorGb,
      zookeeper: options.zookeeperGb,
      director: options.directorGb,
      constructor: options.constructorGb,
      "admin-console": options.adminConsoleGb,
    };
    const given = Object.entries(heaps).filter((heap): heap is [string, number] => heap[1] !== undefined);
    if (given.length === 0) throw new Error("MemorySettings.of() got no heap: give at least one");
    for (const [service, gigabytes] of given) {
      if (Token.isUnresolved(gigabytes)) {
        throw new Error(
          `MemorySettings.of() got a heap for ${service} that only Terraform knows: it must be known at synth`,
        );
      }
      if (!Number.isInteger(gigabytes) || gigabytes < 1)
        throw new Error(`MemorySettings.of() got ${gigabytes} GB for ${service}: give whole gigabytes, at least 1`);
    }
    return new MemorySettings(new Map(given), false);
  }

  static #ofSize(zookeeperGb: number, adminConsoleGb: number): MemorySettings {
    const heaps = {
      runner: 1,
      allocator: 4,
      zookeeper: zookeeperGb,
      director: 1,
      constructor: 4,
      "admin-console": adminConsoleGb,
    };
    return new MemorySettings(new Map(Object.entries(heaps)), true);
  }

  /** @internal Whether the roles must be known to render it. */
  readonly _followsRoles: boolean;

  readonly #heaps: ReadonlyMap<string, number>;

  private constructor(heaps: ReadonlyMap<string, number>, followsRoles: boolean) {
    this.#heaps = heaps;
    this._followsRoles = followsRoles;
  }

  /** @internal The heaps as text that stays the same when the roles change, which needs no new install. */
  get _fingerprint(): string {
    return [...this.#heaps].map(([service, gigabytes]) => `${service}:${gigabytes}G`).join("/");
  }

  /** @internal The installer's JSON; compact, because the installer splits values at spaces. */
  _render(roles: readonly string[]): string {
    const services = ["runner", ...roles.flatMap((role) => SERVICES[role] ?? [])];
    const heaps = [...this.#heaps].filter(([service]) => !this._followsRoles || services.includes(service));
    return JSON.stringify(
      Object.fromEntries(
        heaps.map(([service, gigabytes]) => [service, { xms: `${gigabytes}G`, xmx: `${gigabytes}G` }]),
      ),
    );
  }
}
