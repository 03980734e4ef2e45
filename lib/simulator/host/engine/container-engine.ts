import { randomBytes } from "node:crypto";

/** A folder of the host that a container sees. */
export interface Mount {
  readonly source: string;
  readonly destination: string;
}

/** Properties of a new container. */
export interface ContainerOptions {
  readonly name?: string;
  readonly image: string;
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly labels?: Readonly<Record<string, string>>;
  readonly mounts?: readonly Mount[];
}

/** A container on a simulated host. */
export interface Container {
  readonly id: string;
  readonly name: string;
  readonly image: string;
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  readonly mounts: readonly Mount[];
  readonly createdAt: Date;
  readonly isRunning: boolean;
  readonly exitCode: number;
}

/** An error of the engine, with the exit code of its command. */
export class EngineError extends Error {
  override readonly name = "EngineError" as const;

  constructor(
    message: string,
    readonly exitCode = 1,
  ) {
    super(message);
  }
}

/** The containers of one host: what docker and podman have in common. */
export class ContainerEngine {
  readonly #containers = new Map<string, Container>();
  readonly #removals = new Map<string, AbortController>();

  readonly #changed: (container: Container) => void;

  /** @param changed called when a container is stopped, removed while it runs, or restarted */
  constructor(changed: (container: Container) => void) {
    this.#changed = changed;
  }

  get containers(): readonly Container[] {
    return [...this.#containers.values()];
  }

  /** Creates and starts a container. The signal aborts when it is stopped or removed. */
  run(options: ContainerOptions): { container: Container; stopped: AbortSignal } {
    const id = randomBytes(32).toString("hex");
    const name = options.name ?? `quiet_${id.slice(0, 6)}`;
    const namesake = this.tryFind(name);
    if (namesake !== undefined) {
      throw new EngineError(
        `Conflict. The container name "/${name}" is already in use by container "${namesake.id}".`,
        125,
      );
    }
    const container = {
      id,
      name,
      image: options.image,
      command: options.command ?? [],
      environment: options.environment ?? {},
      labels: options.labels ?? {},
      mounts: options.mounts ?? [],
      createdAt: new Date(),
      isRunning: true,
      exitCode: 0,
    };
    const removal = new AbortController();
    this.#containers.set(id, container);
    this.#removals.set(id, removal);
    return { container, stopped: removal.signal };
  }

  /** Finds a container by its name, its id or the beginning of its id. */
  tryFind(reference: string): Container | undefined {
    const name = reference.replace(/^\//, "");
    return (
      this.containers.find((container) => container.name === name) ??
      this.containers.find((container) => reference !== "" && container.id.startsWith(reference))
    );
  }

  stop(container: Container, exitCode = 143): void {
    if (container.isRunning) this.#change({ ...container, isRunning: false, exitCode });
  }

  start(container: Container): void {
    if (!container.isRunning) this.#change({ ...container, isRunning: true, exitCode: 0 });
  }

  rename(container: Container, name: string): void {
    if (name === "") throw new EngineError("a container needs a name");
    if (this.tryFind(name) !== undefined)
      throw new EngineError(`Conflict. The container name "/${name}" is already in use.`);

    this.#containers.set(container.id, { ...container, name });
  }

  /** Gives a container another image, as an upgrade does: it runs on under its name. */
  replaceImage(container: Container, image: string): void {
    this.#containers.set(container.id, { ...container, image });
  }

  remove(container: Container): void {
    this.stop(container, 137);
    this.#containers.delete(container.id);
    this.#removals.delete(container.id);
  }

  /** Adds copies of the containers of another engine, as a copy of its machine would have them. */
  copyFrom(other: ContainerEngine): void {
    for (const container of other.containers) {
      this.#containers.set(container.id, container);
      this.#removals.set(container.id, new AbortController());
    }
  }

  removeAll(): void {
    for (const container of this.containers) this.remove(container);
  }

  #change(container: Container): void {
    this.#containers.set(container.id, container);
    if (!container.isRunning) this.#removals.get(container.id)?.abort();
    this.#changed(container);
  }
}
