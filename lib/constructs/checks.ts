import { Token, type TerraformElement } from "cdktf";
import type { IConstruct } from "constructs";
import { endpointComplaint, isUserRole, referencedFile, RULES, USER_ROLES, type Rule as TextRule } from "../ece";

/** What stands for a value that only Terraform knows, also as an element of a list and as a key of a map. */
const TOKEN_TEXT = /\{tftoken\[/i;

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
    return [`${name} is ${shown(value)}: expected ${allowed}`];
  };
}

/** A text that is not shown, a file that holds it (`file:PATH`), or a token that Terraform fills in. */
export function secret({ pattern, allowed }: TextRule): Rule {
  return (name, value) => {
    if (Token.isUnresolved(value) || (typeof value === "string" && pattern.test(value))) return [];
    const file = typeof value === "string" ? referencedFile(value) : undefined;
    return file === undefined ? [`${name} cannot be one: expected ${allowed}`] : text(RULES.localFile)(name, file);
  };
}

/** The address of the API, or several with commas between them, or a token that Terraform fills in. */
export function endpoints(name: string, value: unknown): readonly string[] {
  if (Token.isUnresolved(value)) return [];
  if (typeof value !== "string") return [`${name} is ${shown(value)}: expected an address such as https://HOST:12443`];
  return value
    .split(",")
    .map((each) => each.trim())
    .filter((each) => !Token.isUnresolved(each))
    .flatMap((each) => endpointComplaint(each) ?? [])
    .map(({ message, remedy }) => `${name}: ${message} ${remedy}`);
}

/** A whole number, or a token that Terraform fills in. */
export function wholeNumber(least: number, most = Infinity): Rule {
  const range = most === Infinity ? `of at least ${least}` : `from ${least} to ${most}`;
  return (name, value) => {
    if (Token.isUnresolved(value)) return [];
    if (typeof value === "number" && Number.isInteger(value) && value >= least && value <= most) return [];
    return [`${name} is ${shown(value)}: expected a whole number ${range}`];
  };
}

/** A number above 0, or a token that Terraform fills in. */
export function positiveNumber(name: string, value: unknown): readonly string[] {
  if (Token.isUnresolved(value) || (typeof value === "number" && Number.isFinite(value) && value > 0)) return [];
  return [`${name} is ${shown(value)}: expected a number above 0`];
}

/** What decides how a host is declared, so that it must be known at synth. */
export function known(rule: Rule): Rule {
  return (name, value) =>
    Token.isUnresolved(value) || (typeof value === "string" && TOKEN_TEXT.test(value))
      ? [`${name} must be known at synth: only Terraform knows this value`]
      : rule(name, value);
}

/** True or false, known at synth. */
export const yesOrNo: Rule = known((name, value) =>
  typeof value === "boolean" ? [] : [`${name} is ${shown(value)}: expected true or false`],
);

/** A list of texts, known at synth but for its elements. */
export function listOf(rule: TextRule): Rule {
  return known((name, value) => {
    if (!Array.isArray(value)) return [`${name} is ${shown(value)}: expected a list`];
    const spread = spreadTokens(name, value);
    return spread.length > 0 ? spread : value.flatMap((each, index) => text(rule)(`${name}[${index}]`, each));
  });
}

/** One of some texts, known at synth. */
export function oneOf(...allowed: readonly string[]): Rule {
  return known((name, value) =>
    (allowed as readonly unknown[]).includes(value)
      ? []
      : [`${name} is ${shown(value)}: expected one of ${allowed.join(", ")}`],
  );
}

/** A list of ECE's roles; the whole of it, or any element, may be a token that Terraform fills in. */
export function roleList(name: string, value: unknown): readonly string[] {
  if (Token.isUnresolved(value)) return [];
  if (!Array.isArray(value) || value.length === 0)
    return [`${name} is empty: name at least one of ${USER_ROLES.join(", ")}`];

  const spread = spreadTokens(name, value);
  if (spread.length > 0) return spread;
  const roles = (value as readonly string[]).filter((role) => !Token.isUnresolved(role));
  return [
    ...roles
      .filter((role) => !isUserRole(role))
      .map((role) => `${name} has ${shown(role)}: the roles of ECE are ${USER_ROLES.join(", ")}`),
    ...roles
      .filter((role, index) => roles.indexOf(role) !== index)
      .map((role) => `${name} has ${shown(role)} twice: name each role once`),
  ];
}

/** Whether a list, or any element of it, is a token that Terraform fills in. */
export function hasUnresolved(list: unknown): boolean {
  return Token.isUnresolved(list) || (Array.isArray(list) && list.some((each) => Token.isUnresolved(each)));
}

/**
 * Terraform's names begin with a letter; CDKTF makes them of the ids of constructs, and an address is a natural one.
 *
 * The name of an element is asked for, since a stack may make names in its own way.
 */
export function nameErrors(element: TerraformElement): string[] {
  const { friendlyUniqueId: name } = element;
  if (!/^[0-9-]/.test(name)) return [];
  return [
    `its name in Terraform would be ${name}, which must begin with a letter or an underscore: begin the id of the construct with one, such as "host-10.0.0.11"`,
  ];
}

/** A list that only Terraform knows has no elements at synth: what was spread is text that stands for the list. */
function spreadTokens(name: string, list: readonly unknown[]): string[] {
  return list.some((each) => typeof each === "string" && each.includes("#{TfToken["))
    ? [`${name} holds a list that only Terraform knows, spread into another: join them with Fn.concat()`]
    : [];
}

/** A value as messages show it; text that stands for one that only Terraform knows would tell nobody anything. */
function shown(value: unknown): string {
  const json = String(JSON.stringify(value));
  return TOKEN_TEXT.test(json) ? "made of a value that only Terraform knows" : json;
}
