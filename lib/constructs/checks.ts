import { Token } from "cdktf";
import type { Rule } from "../ece";

/** What is wrong with a required text; callers from JavaScript may have left it out. */
export function textFaults(prop: string, value: string | undefined, rule: Rule): string[] {
  if (value === undefined || value === null) return [`${prop} is missing: expected ${rule.allowed}`];
  if (Token.isUnresolved(value) || (typeof value === "string" && rule.pattern.test(value))) return [];
  return [`${prop} is ${JSON.stringify(value)}: expected ${rule.allowed}`];
}

/** What is wrong with an optional text. */
export function optionalTextFaults(prop: string, value: string | undefined, rule: Rule): string[] {
  return value === undefined ? [] : textFaults(prop, value, rule);
}

/** What is wrong with an optional whole number. */
export function wholeNumberFaults(prop: string, value: number | undefined, least: number, most: number): string[] {
  if (value === undefined || Token.isUnresolved(value)) return [];
  if (Number.isInteger(value) && value >= least && value <= most) return [];
  return [
    `${prop} is ${JSON.stringify(value)}: expected a whole number ${most === Infinity ? `of at least ${least}` : `from ${least} to ${most}`}`,
  ];
}
