import type { AttributePath } from "../diagnostics";
import { schemaType, type Schema } from "../schema";
import { UNKNOWN, equalValues, type ObjectValue } from "../value";
import { attributeSites, hasSite, mapAttributes, valueAt, withDefaults } from "./schema-walk";

/** What Terraform knows when it asks for the plan of a resource that is to exist. */
export interface PlannedChange {
  /** Null when the resource is to be created. */
  readonly priorState: ObjectValue | null;
  /** Terraform's own merge of configuration and prior state. */
  readonly proposedNewState: ObjectValue;
  readonly config: ObjectValue;
}

/**
 * The planned state: the proposed one with defaults. If that changes anything, computed attributes that the configuration
 * does not set become unknown, except those that keep their prior value.
 */
export function planState(schema: Schema, { priorState, proposedNewState, config }: PlannedChange): ObjectValue {
  const plan = withDefaults(schema, config, proposedNewState);
  if (priorState !== null && equalValues(schemaType(schema), plan, priorState)) return plan;
  return mapAttributes(schema, plan, (site, value) => {
    const { attribute, path } = site;
    if (!attribute.computed || attribute.default !== undefined || valueAt(config, path) !== null) return value;
    const keepsPrior = attribute.useStateForUnknown && priorState !== null && hasSite(priorState, site);
    return keepsPrior ? value : UNKNOWN;
  });
}

/** The attributes whose planned change replaces the resource; an unknown value counts as a change. */
export function pathsRequiringReplace(schema: Schema, priorState: ObjectValue, plan: ObjectValue): AttributePath[] {
  return attributeSites(schema)
    .filter(({ attribute }) => attribute.requiresReplace)
    .filter(({ attribute, path }) => !equalValues(attribute.type, valueAt(priorState, path), valueAt(plan, path)))
    .map(({ path }) => path);
}

/** Each path once, in a stable order. */
export function distinctPaths(paths: readonly AttributePath[]): AttributePath[] {
  return [...new Map(paths.map((path) => [JSON.stringify(path), path])).entries()]
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([, path]) => path);
}
