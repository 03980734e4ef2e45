import { parseArgs } from "node:util";
import { EngineError, type ContainerOptions } from "./container-engine";

/** The arguments of `docker run`. */
export interface RunArguments {
  readonly options: ContainerOptions;
  /** Ports of the host that the container publishes. */
  readonly ports: readonly number[];
  readonly isAttached: boolean;
  readonly isInteractive: boolean;
  /** Whether the container is removed when it ends. */
  readonly isTransient: boolean;
}

/** Parses the arguments of `docker run`: options, the image, then the container's command. */
export function parseRun(args: readonly string[]): RunArguments {
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
  const imageIndex = tokens.find((token) => token.kind === "positional")?.index ?? args.length;
  const image = args[imageIndex];
  if (image === undefined) throw new EngineError('"run" requires at least 1 argument: the image.', 125);
  const { values } = parseArgs({ args: args.slice(0, imageIndex), options: flags });
  return {
    options: {
      image,
      command: args.slice(imageIndex + 1),
      environment: assignments(values.env),
      labels: assignments(values.label),
      mounts: (values.volume ?? []).map((volume) => {
        const [source = "", destination = source] = volume.split(":");
        return { source, destination };
      }),
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
    entries.map((entry) => {
      const [name = "", ...value] = entry.split("=");
      return [name, value.join("=")];
    }),
  );
}
