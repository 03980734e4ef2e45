import { Token } from "cdktf";
import type { IConstruct } from "constructs";
import { isUserRole, USER_ROLES, type Rule as TextRule } from "../ece";

/** Returns what is wrong with a value that is called `name` in messages. */
export type Rule = (name: string, value: unknown) => readonly string[];

/** Returns what is wrong with a configuration; `prefix` goes before the names of its props. */
export type Check<Config> = (config: Config, prefix: string) => readonly string[];

/** Everything that is wrong with a configuration, in the order of the checks. */
export function check<Config>(config: Config, checks: readonly Check<Config>[], prefix = ""): string[] {
  return checks.flatMap((each) => each(config, prefix));
}

/** Throws an error that names the construct and everything that is wrong with it. */
export function throwOnErrors(scope: IConstruct, errors: readonly string[]): void {
  if (errors.length > 0) throw new Error(`[${scope.node.path}] ${errors.join("; ")}`);
}

/** A row of a table of checks: the rule sees the prop even if it is missing, as JavaScript may leave it out. */
export function required<Config>(prop: keyof Config & string, rule: Rule): Check<Config> {
  return (config, prefix) => rule(prefix + prop, config[prop]);
}

/** A row of a table of checks: the rule sees the prop if it is given. */
export function optional<Config>(prop: keyof Config & string, rule: Rule): Check<Config> {
  return (config, prefix) => (config[prop] === undefined ? [] : rule(prefix + prop, config[prop]));
}

/** A text, or a token that Terraform fills in. */
export function text({ pattern, allowed }: TextRule): Rule {
  return (name, value) => {
    if (value === undefined || value === null) return [`${name} is missing: expected ${allowed}`];
    if (Token.isUnresolved(value) || (typeof value === "string" && pattern.test(value))) return [];
    return [`${name} is ${JSON.stringify(value)}: expected ${allowed}`];
  };
}

/** A whole number, or a token that Terraform fills in. */
export function wholeNumber(least: number, most = Infinity): Rule {
  const range = most === Infinity ? `of at least ${least}` : `from ${least} to ${most}`;
  return (name, value) => {
    if (Token.isUnresolved(value)) return [];
    if (typeof value === "number" && Number.isInteger(value) && value >= least && value <= most) return [];
    return [`${name} is ${JSON.stringify(value)}: expected a whole number ${range}`];
  };
}

/** A number above 0, or a token that Terraform fills in. */
export function positiveNumber(name: string, value: unknown): readonly string[] {
  if (Token.isUnresolved(value) || (typeof value === "number" && Number.isFinite(value) && value > 0)) return [];
  return [`${name} is ${JSON.stringify(value)}: expected a number above 0`];
}

/** One of some texts, which must be known at synth. */
export function oneOf(...allowed: readonly string[]): Rule {
  return (name, value) =>
    (allowed as readonly unknown[]).includes(value)
      ? []
      : [`${name} is ${JSON.stringify(value)}: expected one of ${allowed.join(", ")}`];
}

/** A list of ECE's roles, or a token that Terraform fills in. */
export function roleList(name: string, value: unknown): readonly string[] {
  if (Token.isUnresolved(value)) return [];
  if (!Array.isArray(value) || value.length === 0)
    return [`${name} is empty: name at least one of ${USER_ROLES.join(", ")}`];

  const roles = value as readonly string[];
  return [
    ...roles
      .filter((role) => !isUserRole(role))
      .map((role) => `${name} has ${JSON.stringify(role)}: the roles of ECE are ${USER_ROLES.join(", ")}`),
    ...roles
      .filter((role, index) => roles.indexOf(role) !== index)
      .map((role) => `${name} has ${JSON.stringify(role)} twice: name each role once`),
  ];
}
