import type { RecordedRequest, Simulator } from "cdktf-ece/simulator";

const LOOK_MS = 50;

/** What a call to the platform, once it has succeeded, means for a host or a token. */
const MEANINGS: readonly (readonly [method: string, path: RegExp, meaning: (id: string) => string])[] = [
  ["POST", /enrollment-tokens$/, () => "a roles token was made"],
  ["DELETE", /enrollment-tokens\/([^/]+)$/, (id) => `roles token ${id.slice(0, 8)}… was revoked`],
  ["POST", /allocators\/([^/]+)\/maintenance-mode\/_start$/, (id) => `${id} is being drained`],
  ["DELETE", /runners\/([^/]+)$/, (id) => `${id} was removed from the platform`],
];

/** Tells what happens to a simulated platform and its hosts, as it happens. */
export class Chronicle {
  readonly #simulator: Simulator;
  readonly #tell: (event: string) => void;
  readonly #timer: NodeJS.Timeout;
  readonly #joined = new Set<string>();
  #pending: RecordedRequest[] = [];
  #seen = 0;

  constructor(simulator: Simulator, tell: (event: string) => void) {
    this.#simulator = simulator;
    this.#tell = tell;
    for (const host of simulator.hosts) host.onInstall(() => tell(`${host.runnerId} runs Elastic's installer`));
    this.#timer = setInterval(() => this.look(), LOOK_MS);
  }

  /** Tells what has happened since the last look. */
  look(): void {
    const requests = [...this.#pending, ...this.#simulator.requests.slice(this.#seen)];
    this.#seen = this.#simulator.requests.length;
    this.#pending = requests.filter(({ status }) => status === undefined);
    for (const request of requests) if (isDone(request)) this.#explain(request);
    for (const { runnerId, connected, roles } of this.#simulator.state().runners) {
      if (!connected) {
        this.#joined.delete(runnerId);
      } else if (this.#isOurs(runnerId) && roles.includes("allocator") && !this.#joined.has(runnerId)) {
        this.#joined.add(runnerId);
        this.#tell(`${runnerId} joined as allocator`);
      }
    }
  }

  end(): void {
    clearInterval(this.#timer);
  }

  #explain({ method, path }: RecordedRequest): void {
    for (const [itsMethod, pattern, meaning] of MEANINGS) {
      const [isIt, id = ""] = (method === itsMethod && pattern.exec(path)) || [];
      if (isIt !== undefined) this.#tell(meaning(id));
    }
  }

  #isOurs(runnerId: string): boolean {
    return this.#simulator.hosts.some((host) => host.runnerId === runnerId);
  }
}

function isDone({ status }: RecordedRequest): boolean {
  return status !== undefined && status < 300;
}
