/** A `--format` that the stand-ins cannot render. */
export class TemplateError extends Error {
  override readonly name = "TemplateError" as const;
}

/**
 * Renders the part of Go's templates that people give to `--format`: `{{.Field.Field}}`, `{{json .Field}}`,
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
