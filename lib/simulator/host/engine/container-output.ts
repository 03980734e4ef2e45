import { EngineError, type Container } from "./container-engine";

/** Parses a filter of `docker ps`, `key=value`. */
export function containerFilter(filter: string): (container: Container) => boolean {
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

/** `running` or `exited`. */
function stateOf({ isRunning }: Container): string {
  return isRunning ? "running" : "exited";
}

/** A row of `docker ps`, with the fields of its format. */
export function listContainer(container: Container, isIdWhole: boolean): Readonly<Record<string, string>> {
  return {
    ID: isIdWhole ? container.id : container.id.slice(0, 12),
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
  };
}

/** The output of `docker inspect` for a container. */
export function describeContainer(container: Container): Readonly<Record<string, unknown>> {
  return {
    Id: container.id,
    Name: `/${container.name}`,
    Created: container.createdAt.toISOString(),
    Image: container.image,
    State: { Status: stateOf(container), Running: container.isRunning, ExitCode: container.exitCode },
    Mounts: container.mounts.map(({ source, destination }) => ({
      Type: "bind",
      Source: source,
      Destination: destination,
      Mode: "",
      RW: true,
      Propagation: "rprivate",
    })),
    Config: {
      Image: container.image,
      Cmd: container.command,
      Env: Object.entries(container.environment).map((entry) => entry.join("=")),
      Labels: container.labels,
    },
  };
}
