import { parseArgs } from "node:util";
import { NameConflictError, type Container, type ContainerEngine, type ContainerOptions } from "./container-engine";
import { type Invocation, type StandIn } from "./command-server";
import { renderTemplate, TemplateError } from "./go-template";

/** What happens inside a container in the foreground; gives its exit code. */
export type ContainerProgram = (
  container: Container,
  stopped: AbortSignal,
  terminal: Pick<Invocation, "out" | "err">,
) => Promise<number>;

/** The engine as its commands need it. */
export interface EngineCommandOptions {
  readonly kind: "docker" | "podman";
  readonly containers: ContainerEngine;
  readonly state: () => "running" | "stopped" | "missing";
  /** Whether the host's user may talk to the engine without sudo. */
  readonly isUserAllowed: boolean;
  readonly portsInUse: ReadonlySet<number>;
  /** The program behind an image; a container without one ends at once with 0, or runs on where it is detached. */
  readonly tryFindProgram: (image: string) => ContainerProgram | undefined;
}

const version = { docker: "27.5.1", podman: "5.2.2" };

/** A command of the engine that fails: what it says and its exit code. */
class EngineError extends Error {
  override readonly name = "EngineError" as const;

  constructor(
    message: string,
    readonly exitCode = 1,
  ) {
    super(message);
  }
}

/**
 * The engine's commands: `docker` for Docker; `podman`, `podman-remote` and the `docker` wrapper that ECE's
 * documentation asks for on hosts with Podman. There, plain `podman` without sudo is the user's own engine, which ECE
 * does not use: it has no containers.
 */
export function engineStandIns(options: EngineCommandOptions): Readonly<Record<string, StandIn>> {
  const standIn: StandIn = async (invocation) => {
    try {
      return await new EngineCommand(options, invocation).run();
    } catch (error) {
      if (error instanceof EngineError) {
        invocation.err(error.message);
        return error.exitCode;
      }
      if (
        error instanceof TemplateError ||
        (error as NodeJS.ErrnoException).code?.startsWith("ERR_PARSE_ARGS") === true
      ) {
        invocation.err(`${invocation.command}: ${(error as Error).message}`);
        return 125;
      }
      throw error;
    }
  };
  return options.kind === "docker"
    ? { docker: standIn }
    : { podman: standIn, "podman-remote": standIn, docker: standIn };
}

class EngineCommand {
  constructor(
    private readonly options: EngineCommandOptions,
    private readonly invocation: Invocation,
  ) {}

  async run(): Promise<number> {
    const { out } = this.invocation;
    const [verb = "help", ...args] = withoutNoun(withoutGlobalOptions(this.invocation.args));
    if (verb === "--version" || verb === "-v") {
      out(`${this.options.kind} version ${version[this.options.kind]}`);
      return 0;
    }
    this.#connect();
    switch (verb) {
      case "info":
        return this.#describe(args, { ServerVersion: version[this.options.kind], Containers: this.#containers.length });
      case "version":
        return this.#describe(args, {
          Client: { Version: version[this.options.kind] },
          Server: { Version: version[this.options.kind] },
        });
      case "ps":
      case "ls":
      case "list":
        return this.#list(args);
      case "inspect":
        return this.#inspect(args);
      case "rm":
        return this.#remove(args);
      case "stop":
      case "kill":
        return this.#each(args, (container) => this.options.containers.stop(container, verb === "kill" ? 137 : 143));
      case "start":
        return this.#each(args, (container) => this.options.containers.start(container));
      case "logs":
        this.#find(args.at(-1) ?? "");
        return 0;
      case "pull":
        out(`${args.at(-1) ?? ""}: image is up to date`);
        return 0;
      case "run":
        return this.#runContainer(args);
      default:
        throw new EngineError(`${this.invocation.command}: the simulated engine has no command '${verb}'`);
    }
  }

  /** Only the containers that this caller's engine holds. */
  get #containers(): readonly Container[] {
    const { command, isRoot } = this.invocation;
    return command === "podman" && !isRoot ? [] : this.options.containers.containers;
  }

  #connect(): void {
    const { command, isRoot } = this.invocation;
    if (this.options.state() === "stopped" && !(command === "podman" && !isRoot)) {
      throw new EngineError("Cannot connect to the engine at unix:///var/run/docker.sock. Is its daemon running?");
    }
    if (!isRoot && !this.options.isUserAllowed && command !== "podman") {
      throw new EngineError("permission denied while trying to connect to unix:///var/run/docker.sock");
    }
  }

  #find(reference: string): Container {
    const container = this.options.containers.tryFind(reference);
    if (container === undefined || !this.#containers.includes(container)) {
      throw new EngineError(`Error: No such container: ${reference}`);
    }
    return container;
  }

  #describe(args: readonly string[], facts: Readonly<Record<string, unknown>>): number {
    const { values } = parseArgs({ args: [...args], options: { format: { type: "string", short: "f" } } });
    this.invocation.out(renderTemplate(values.format ?? "{{json .}}", facts));
    return 0;
  }

  #list(args: readonly string[]): number {
    const { values } = parseArgs({
      args: [...args],
      options: {
        all: { type: "boolean", short: "a" },
        quiet: { type: "boolean", short: "q" },
        "no-trunc": { type: "boolean" },
        filter: { type: "string", short: "f", multiple: true },
        format: { type: "string" },
      },
    });
    const filters = (values.filter ?? []).map(containerFilter);
    const isStatusFiltered = (values.filter ?? []).some((filter) => filter.startsWith("status="));
    const rows = this.#containers
      .filter((container) => values.all === true || isStatusFiltered || container.isRunning)
      .filter((container) => filters.every((matches) => matches(container)))
      .map((container) => ({
        ID: values["no-trunc"] === true ? container.id : container.id.slice(0, 12),
        Image: container.image,
        Command: `"${container.command.join(" ")}"`,
        CreatedAt: container.createdAt.toISOString(),
        Status: container.isRunning ? "Up 2 minutes" : `Exited (${container.exitCode}) 2 minutes ago`,
        State: stateOf(container),
        Ports: "",
        Names: container.name,
        Labels: Object.entries(container.labels)
          .map((label) => label.join("="))
          .join(","),
      }));
    if (values.quiet === true) rows.forEach((row) => this.invocation.out(row.ID));
    else if (values.format !== undefined) {
      const template = values.format.replace(/^table\s+/, "");
      rows.forEach((row) => this.invocation.out(renderTemplate(template, row)));
    } else {
      this.invocation.out("CONTAINER ID   IMAGE   COMMAND   CREATED   STATUS   PORTS   NAMES");
      for (const { ID, Image, Command, CreatedAt, Status, Ports, Names } of rows) {
        this.invocation.out([ID, Image, Command, CreatedAt, Status, Ports, Names].join("   "));
      }
    }
    return 0;
  }

  #inspect(args: readonly string[]): number {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { format: { type: "string", short: "f" }, type: { type: "string" } },
    });
    const descriptions = positionals.map((reference) => describeContainer(this.#find(reference)));
    if (values.format === undefined) this.invocation.out(JSON.stringify(descriptions, null, 2));
    else for (const description of descriptions) this.invocation.out(renderTemplate(values.format, description));
    return 0;
  }

  #remove(args: readonly string[]): number {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        force: { type: "boolean", short: "f" },
        volumes: { type: "boolean", short: "v" },
        time: { type: "string", short: "t" },
        ignore: { type: "boolean", short: "i" },
      },
    });
    if (positionals.length === 0)
      throw new EngineError(`"${this.invocation.command} rm" requires at least 1 argument.`);
    const exitCode = this.#each(positionals, (container) => {
      if (container.isRunning && values.force !== true) {
        throw new EngineError(
          `cannot remove container "/${container.name}": container is running: stop it or force removal`,
        );
      }
      this.options.containers.remove(container);
    });
    return values.force === true ? 0 : exitCode;
  }

  /** Goes on after a container that is not there, as the real ones do. */
  #each(args: readonly string[], action: (container: Container) => void): number {
    let exitCode = 0;
    for (const reference of args.filter((arg) => !arg.startsWith("-"))) {
      try {
        action(this.#find(reference));
        this.invocation.out(reference);
      } catch (error) {
        if (!(error instanceof EngineError)) throw error;
        this.invocation.err(error.message);
        exitCode = error.exitCode;
      }
    }
    return exitCode;
  }

  async #runContainer(args: readonly string[]): Promise<number> {
    const { options, ports, isAttached, isInteractive, isTransient } = parseRun(args);
    const busy = ports.find((port) => this.options.portsInUse.has(port));
    if (busy !== undefined) {
      throw new EngineError(`Bind for 0.0.0.0:${busy} failed: port is already allocated.`, 125);
    }
    const { container, stopped } = this.#create(options);
    const program = this.options.tryFindProgram(container.image);
    if (!isAttached) {
      this.invocation.out(container.id);
      return 0;
    }
    if (isInteractive) this.invocation.swallowInput();
    const exitCode = (await program?.(container, stopped, this.invocation)) ?? 0;
    const current = this.options.containers.tryFind(container.id);
    if (current !== undefined && isTransient) this.options.containers.remove(current);
    else if (current !== undefined) this.options.containers.stop(current, exitCode);
    return exitCode;
  }

  #create(options: ContainerOptions): { container: Container; stopped: AbortSignal } {
    try {
      return this.options.containers.run(options);
    } catch (error) {
      if (error instanceof NameConflictError) throw new EngineError(error.message, 125);
      throw error;
    }
  }
}

function withoutGlobalOptions(args: readonly string[]): readonly string[] {
  const [first, ...rest] = args;
  if (first === undefined || !first.startsWith("-") || first === "--version" || first === "-v") return args;
  const takesValue = ["--url", "--host", "-H", "--log-level", "--context", "--config"].includes(first);
  return withoutGlobalOptions(takesValue ? rest.slice(1) : rest);
}

function withoutNoun(args: readonly string[]): readonly string[] {
  return args[0] === "container" ? args.slice(1) : args;
}

function parseRun(args: readonly string[]): {
  options: ContainerOptions;
  ports: number[];
  isAttached: boolean;
  isInteractive: boolean;
  isTransient: boolean;
} {
  const flags = {
    name: { type: "string" },
    env: { type: "string", short: "e", multiple: true },
    label: { type: "string", short: "l", multiple: true },
    publish: { type: "string", short: "p", multiple: true },
    volume: { type: "string", short: "v", multiple: true },
    network: { type: "string" },
    user: { type: "string", short: "u" },
    pull: { type: "string" },
    restart: { type: "string" },
    detach: { type: "boolean", short: "d" },
    interactive: { type: "boolean", short: "i" },
    tty: { type: "boolean", short: "t" },
    rm: { type: "boolean" },
    privileged: { type: "boolean" },
  } as const;
  const { tokens } = parseArgs({ args: [...args], options: flags, strict: false, tokens: true });
  const imageIndex = tokens.find((token) => token.kind === "positional")?.index;
  const image = imageIndex === undefined ? undefined : args[imageIndex];
  if (image === undefined) throw new EngineError('"run" requires at least 1 argument: the image.', 125);
  const { values } = parseArgs({ args: args.slice(0, imageIndex), options: flags });
  return {
    options: {
      image,
      command: args.slice((imageIndex ?? 0) + 1),
      environment: assignments(values.env),
      labels: assignments(values.label),
      ...(values.name !== undefined && { name: values.name }),
    },
    ports: (values.publish ?? []).map((mapping) => Number(mapping.split(":").at(-2))),
    isAttached: values.detach !== true,
    isInteractive: values.interactive === true,
    isTransient: values.rm === true,
  };
}

function assignments(entries: readonly string[] = []): Record<string, string> {
  return Object.fromEntries(
    entries.map((entry) => [
      entry.split("=", 1).join(),
      entry.includes("=") ? entry.slice(entry.indexOf("=") + 1) : "",
    ]),
  );
}

function containerFilter(filter: string): (container: Container) => boolean {
  const key = filter.split("=", 1).join();
  const value = filter.slice(key.length + 1);
  switch (key) {
    case "name":
      return ({ name }) => new RegExp(value).test(name) || new RegExp(value).test(`/${name}`);
    case "id":
      return ({ id }) => id.startsWith(value);
    case "ancestor":
      return ({ image }) => image === value || image.startsWith(`${value}:`);
    case "label":
      return ({ labels }) => Object.entries(labels).some((label) => value === label[0] || value === label.join("="));
    case "status":
      return (container) => stateOf(container) === value;
    default:
      throw new EngineError(`invalid filter '${key}'`);
  }
}

function stateOf({ isRunning }: Container): string {
  return isRunning ? "running" : "exited";
}

function describeContainer(container: Container): Readonly<Record<string, unknown>> {
  return {
    Id: container.id,
    Name: `/${container.name}`,
    Created: container.createdAt.toISOString(),
    Image: container.image,
    State: { Status: stateOf(container), Running: container.isRunning, ExitCode: container.exitCode },
    Config: {
      Image: container.image,
      Cmd: container.command,
      Env: Object.entries(container.environment).map((entry) => entry.join("=")),
      Labels: container.labels,
    },
  };
}
