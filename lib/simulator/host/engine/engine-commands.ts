import { isIPv4 } from "node:net";
import { parseArgs } from "node:util";
import { EngineError, type Container, type ContainerEngine } from "./container-engine";
import { containerFilter, describeContainer, listContainer } from "./container-output";
import { renderTemplate, TemplateError } from "./go-template";
import type { Invocation, StandIn } from "../machine";
import { parseRun } from "./run-arguments";

/** The program in a container that runs in the foreground; returns its exit code. */
export type ContainerProgram = (
  container: Container,
  stopped: AbortSignal,
  terminal: Pick<Invocation, "out" | "err">,
) => Promise<number>;

/** What the commands need of the engine. */
export interface EngineCommandOptions {
  readonly kind: "docker" | "podman";
  /** @default - a version that ECE supports */
  readonly version?: string;
  /** What podman builds networks with. */
  readonly networkBackend: () => "cni" | "netavark";
  /** Where images and containers are kept. */
  readonly dataRoot: () => string;
  readonly containers: ContainerEngine;
  readonly state: () => "running" | "stopped" | "hung" | "missing";
  /** Whether the host's user may talk to the engine without sudo. */
  readonly isUserAllowed: boolean;
  readonly portsInUse: ReadonlySet<number>;
  /** The program of an image. A container without one exits at once with 0, or runs on if it is detached. */
  readonly tryFindProgram: (image: string) => ContainerProgram | undefined;
  /** Runs a command in a container, in its environment. */
  readonly execute: (command: readonly string[], environment: Container["environment"]) => Promise<Execution>;
}

/** How a command in a container has ended. */
export interface Execution {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

const DEFAULT_VERSIONS = { docker: "27.0.3", podman: "5.2.2" };

/**
 * The engine's commands: `docker` for Docker; `podman`, `podman-remote` and the `docker` wrapper that ECE's
 * documentation asks for on hosts with Podman. There, `podman` without sudo is the user's own engine, which ECE does
 * not use: it has no containers.
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
  readonly #options: EngineCommandOptions;
  readonly #invocation: Invocation;

  constructor(options: EngineCommandOptions, invocation: Invocation) {
    this.#options = options;
    this.#invocation = invocation;
  }

  async run(): Promise<number> {
    const { out } = this.#invocation;
    const [verb = "help", ...args] = withoutNoun(withoutGlobalOptions(this.#invocation.args));
    if (verb === "--version" || verb === "-v") {
      out(
        this.#options.kind === "docker"
          ? `Docker version ${this.#version}, build 0`
          : `podman version ${this.#version}`,
      );
      return 0;
    }
    await this.#connect();
    switch (verb) {
      case "info":
        return this.#describe(args, this.#info);
      case "version":
        return this.#describe(args, {
          Client: { Version: this.#version },
          Server: { Version: this.#version },
          ...(this.#options.kind === "podman" ? { Version: this.#version } : {}),
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
        return this.#each(named(args), (container) =>
          this.#options.containers.stop(container, verb === "kill" ? 137 : 143),
        );
      case "start":
        return this.#each(named(args), (container) => this.#options.containers.start(container));
      case "restart":
        return this.#each(named(args), (container) => {
          this.#options.containers.stop(container);
          this.#options.containers.start(this.#find(container.id));
        });
      case "rename":
        this.#options.containers.rename(this.#find(args[0] ?? ""), args[1] ?? "");
        return 0;
      case "exec":
        return this.#execute(args);
      case "logs":
        this.#find(args.at(-1) ?? "");
        return 0;
      case "pull":
        out(`${args.at(-1) ?? ""}: image is up to date`);
        return 0;
      case "run":
        return this.#runContainer(args);
      default:
        throw new EngineError(`${this.#invocation.command}: the simulated engine has no command '${verb}'`);
    }
  }

  /** The containers of this caller's engine. */
  get #containers(): readonly Container[] {
    const { command, isRoot } = this.#invocation;
    return command === "podman" && !isRoot ? [] : this.#options.containers.containers;
  }

  get #version(): string {
    return this.#options.version ?? DEFAULT_VERSIONS[this.#options.kind];
  }

  /** What `docker info` and `podman info` say, as far as somebody may ask. */
  get #info(): Readonly<Record<string, unknown>> {
    const own = this.#containers;
    const running = own.filter(({ isRunning }) => isRunning).length;
    if (this.#options.kind === "docker") {
      return {
        ServerVersion: this.#version,
        Containers: own.length,
        ContainersRunning: running,
        Driver: "overlay2",
        CgroupDriver: "systemd",
        CgroupVersion: "2",
        DockerRootDir: this.#options.dataRoot(),
      };
    }
    return {
      Host: { NetworkBackend: this.#options.networkBackend(), CgroupVersion: "v2", OS: "linux" },
      Store: {
        ContainerStore: { Number: own.length, Running: running },
        GraphDriverName: "overlay",
        GraphRoot: this.#options.dataRoot(),
      },
      Version: { Version: this.#version },
      // The docker wrapper has the fields of docker.
      ...(this.#invocation.command === "docker" ? { ServerVersion: this.#version, Containers: own.length } : {}),
    };
  }

  async #connect(): Promise<void> {
    const { command, isRoot } = this.#invocation;
    // The command waits for an answer until somebody ends it.
    if (this.#options.state() === "hung" && !(command === "podman" && !isRoot)) await new Promise(() => undefined);
    if (this.#options.state() === "stopped" && !(command === "podman" && !isRoot))
      throw new EngineError("Cannot connect to the engine at unix:///var/run/docker.sock. Is its daemon running?");

    if (!isRoot && !this.#options.isUserAllowed && command !== "podman")
      throw new EngineError("permission denied while trying to connect to unix:///var/run/docker.sock");
  }

  #find(reference: string): Container {
    const container = this.#options.containers.tryFind(reference);
    if (container === undefined || !this.#containers.includes(container))
      throw new EngineError(`Error: No such container: ${reference}`);

    return container;
  }

  #describe(args: readonly string[], facts: Readonly<Record<string, unknown>>): number {
    const { values } = parseArgs({ args: [...args], options: { format: { type: "string", short: "f" } } });
    this.#invocation.out(renderTemplate(values.format ?? "{{json .}}", facts));
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
      .map((container) => listContainer(container, values["no-trunc"] === true));
    if (values.quiet === true) {
      rows.forEach(({ ID = "" }) => this.#invocation.out(ID));
    } else if (values.format !== undefined) {
      const template = values.format.replace(/^table\s+/, "");
      rows.forEach((row) => this.#invocation.out(renderTemplate(template, row)));
    } else {
      this.#invocation.out("CONTAINER ID   IMAGE   COMMAND   CREATED   STATUS   PORTS   NAMES");
      const template = "{{.ID}}   {{.Image}}   {{.Command}}   {{.CreatedAt}}   {{.Status}}   {{.Ports}}   {{.Names}}";
      rows.forEach((row) => this.#invocation.out(renderTemplate(template, row)));
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
    if (values.format === undefined) this.#invocation.out(JSON.stringify(descriptions, null, 2));
    else for (const description of descriptions) this.#invocation.out(renderTemplate(values.format, description));
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
      throw new EngineError(`"${this.#invocation.command} rm" requires at least 1 argument.`);
    const exitCode = this.#each(positionals, (container) => {
      if (container.isRunning && values.force !== true) {
        throw new EngineError(
          `cannot remove container "/${container.name}": container is running: stop it or force removal`,
        );
      }
      this.#options.containers.remove(container);
    });
    return values.force === true ? 0 : exitCode;
  }

  async #execute(args: readonly string[]): Promise<number> {
    const [name = "", ...command] = withoutOptions(args, ["-e", "--env", "-u", "--user", "-w", "--workdir"]);
    const container = this.#find(name);
    if (!container.isRunning) {
      throw this.#options.kind === "docker"
        ? new EngineError(`Error response from daemon: container ${container.id} is not running`)
        : new EngineError("Error: can only create exec sessions on running containers: container state improper", 255);
    }
    if (command.length === 0) throw new EngineError(`"${this.#invocation.command} exec" requires a command.`);

    const { exitCode, stdout, stderr } = await this.#options.execute(command, container.environment);
    if (stdout !== "") this.#invocation.out(stdout.replace(/\n$/, ""));
    if (stderr !== "") this.#invocation.err(stderr.replace(/\n$/, ""));
    return exitCode;
  }

  /** Goes on after a container that does not exist, as the real commands do. */
  #each(references: readonly string[], action: (container: Container) => void): number {
    let exitCode = 0;
    for (const reference of references) {
      try {
        action(this.#find(reference));
        this.#invocation.out(reference);
      } catch (error) {
        if (!(error instanceof EngineError)) throw error;
        this.#invocation.err(error.message);
        exitCode = error.exitCode;
      }
    }
    return exitCode;
  }

  async #runContainer(args: readonly string[]): Promise<number> {
    const { options, ports, isAttached, isInteractive, isTransient } = parseRun(args);
    // No registry has it.
    if (isIPv4(options.image)) throw new EngineError(`Unable to find image '${options.image}:latest' locally`, 125);

    const busy = ports.find((port) => this.#options.portsInUse.has(port));
    if (busy !== undefined) throw new EngineError(`Bind for 0.0.0.0:${busy} failed: port is already allocated.`, 125);

    const { container, stopped } = this.#options.containers.run(options);
    const program = this.#options.tryFindProgram(container.image);
    if (!isAttached) {
      this.#invocation.out(container.id);
      return 0;
    }
    if (isInteractive) this.#invocation.swallowInput();
    const exitCode = (await program?.(container, stopped, this.#invocation)) ?? 0;
    const current = this.#options.containers.tryFind(container.id);
    if (current !== undefined && isTransient) this.#options.containers.remove(current);
    else if (current !== undefined) this.#options.containers.stop(current, exitCode);
    return exitCode;
  }
}

function withoutGlobalOptions(args: readonly string[]): readonly string[] {
  const [first, ...rest] = args;
  if (first === undefined || !first.startsWith("-") || first === "--version" || first === "-v") return args;
  const takesValue = ["--url", "--host", "-H", "--log-level", "--context", "--config"].includes(first);
  return withoutGlobalOptions(takesValue ? rest.slice(1) : rest);
}

/** The names after the options of `docker stop`, `kill` and `start`. */
function named(args: readonly string[]): string[] {
  const options = {
    attach: { type: "boolean", short: "a" },
    signal: { type: "string", short: "s" },
    time: { type: "string", short: "t" },
    timeout: { type: "string" },
  } as const;
  return parseArgs({ args: [...args], allowPositionals: true, options }).positionals;
}

/** What follows the options before the first other argument. */
function withoutOptions(args: readonly string[], withValue: readonly string[]): readonly string[] {
  const [first, ...rest] = args;
  if (first === undefined || !first.startsWith("-")) return args;
  return withoutOptions(withValue.includes(first) ? rest.slice(1) : rest, withValue);
}

function withoutNoun(args: readonly string[]): readonly string[] {
  return args[0] === "container" ? args.slice(1) : args;
}
