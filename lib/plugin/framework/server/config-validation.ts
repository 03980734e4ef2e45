import { formatPath, type Diagnostics } from "../diagnostics";
import type { Schema } from "../schema";
import { attributeSites, hasSite, valueAt, type AttributeSite } from "./schema-walk";
import { isObjectValue, isWhollyKnown, type ObjectValue, type Value } from "../value";

/**
 * Validates a configuration against its schema, without network. Unknown values are passed over: Terraform validates
 * again when it knows them.
 */
export function validateAgainstSchema(schema: Schema, config: ObjectValue, diagnostics: Diagnostics): void {
  for (const site of attributeSites(schema))
    if (hasSite(config, site)) validateAttribute(site, valueAt(config, site.path), diagnostics);
}

function validateAttribute({ attribute, path }: AttributeSite, value: Value, diagnostics: Diagnostics): void {
  const name = formatPath(path);
  if (value === null) {
    if (attribute.required) diagnostics.addError(`Missing ${name}`, `The argument ${name} is required: set it.`, path);
    return;
  }
  if (attribute.computed && !attribute.optional && attribute.default === undefined) {
    diagnostics.addError(
      `Cannot set ${name}`,
      `The provider itself decides on ${name}: remove it from the configuration.`,
      path,
    );
    return;
  }
  if (attribute.deprecated) diagnostics.addWarning(`${name} is deprecated`, attribute.description, path);
  if (!isWhollyKnown(value)) return;
  for (const validator of attribute.validators ?? []) {
    const problem = validator(value, path);
    if (problem === undefined) continue;
    diagnostics.addError(`Invalid ${name}`, attribute.sensitive ? withoutSecrets(problem, value) : problem, path);
  }
}

/** The text without any string of the value: validators quote what they got, and do not know that it is a secret. */
function withoutSecrets(text: string, value: Value): string {
  if (typeof value === "string") return value === "" ? text : text.replaceAll(value, "(sensitive value)");
  const members = Array.isArray(value) ? value : isObjectValue(value) ? Object.values(value) : [];
  return members.reduce(withoutSecrets, text);
}
