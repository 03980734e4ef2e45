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
    Config: {
      Image: container.image,
      Cmd: container.command,
      Env: Object.entries(container.environment).map((entry) => entry.join("=")),
      Labels: container.labels,
    },
  };
}

/** A `--format` that is not simulated. */
export class TemplateError extends Error {
  override readonly name = "TemplateError" as const;
}

/**
 * Renders the kinds of Go templates that people give to `--format`: `{{.Field.Field}}`, `{{json .Field}}`,
 * `{{index .Field "key"}}` and `{{.Label "key"}}` (of a list's row).
 */
export function renderTemplate(template: string, data: Readonly<Record<string, unknown>>): string {
  return template.replaceAll("\\t", "\t").replace(/\{\{\s*(.*?)\s*\}\}/g, (action, expression: string) => {
    const parts = /^(?<verb>json |index )?\s*\.(?<path>[\w.]*)(?:\s+"(?<key>[^"]*)")?$/.exec(expression)?.groups;
    if (parts === undefined) throw new TemplateError(`cannot render ${action} of the format`);
    if (parts.path === "Label") return labelOf(data, parts.key ?? "");
    const value = valueAt(data, parts.path ?? "", action);
    if (parts.verb === "json ") return JSON.stringify(value);
    return text(parts.key === undefined ? value : (value as Record<string, unknown>)[parts.key]);
  });
}

function valueAt(data: Readonly<Record<string, unknown>>, path: string, action: string): unknown {
  let value: unknown = data;
  for (const field of path.split(".").filter((name) => name !== "")) {
    if (typeof value !== "object" || value === null || !(field in value))
      throw new TemplateError(`cannot render ${action}: there is no field ${field}`);

    value = (value as Record<string, unknown>)[field];
  }
  return value;
}

function labelOf(data: Readonly<Record<string, unknown>>, key: string): string {
  const label = text(data.Labels)
    .split(",")
    .find((entry) => entry.startsWith(`${key}=`));
  return label?.slice(key.length + 1) ?? "";
}

function text(value: unknown): string {
  if (value === undefined || value === null) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}
