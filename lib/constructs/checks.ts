import { Token } from "cdktf";

/** What a value must look like to reach the installer, or Terraform's SSH, unharmed. */
export interface Rule {
  readonly pattern: RegExp;
  /** What is allowed, for the message. */
  readonly allowed: string;
}

const NAME: Rule = {
  pattern: /^[A-Za-z0-9][A-Za-z0-9._-]*$/,
  allowed: "letters, digits, dots, dashes and underscores, beginning with a letter or digit",
};
const ADDRESS: Rule = {
  pattern: /^[A-Za-z0-9:][A-Za-z0-9.:_-]*$/,
  allowed: "a host name or an IP address, without scheme or port",
};

/** The rules, by prop. */
export const RULES = {
  runnerId: {
    pattern: /^[A-Za-z0-9][A-Za-z0-9.:_-]*$/,
    allowed: "letters, digits, dots, colons, dashes and underscores, beginning with a letter or digit",
  },
  coordinatorHost: ADDRESS,
  availabilityZone: NAME,
  hostStoragePath: {
    pattern: /^(?!.*\/\.{1,2}(\/|$))\/[A-Za-z0-9._-]+(\/[A-Za-z0-9._-]+)+$/,
    allowed:
      "an absolute path of at least two folders (the cleanup removes it), of letters, digits, dots, dashes and underscores",
  },
  hostIp: { pattern: /^[0-9A-Fa-f:.]+$/, allowed: "an IP address" },
  tag: NAME,
  dockerRegistry: {
    pattern: /^[A-Za-z0-9][A-Za-z0-9./:_-]*$/,
    allowed: "a registry such as docker.elastic.co, with port and path where it has them",
  },
  eceDockerRepository: { pattern: /^[A-Za-z0-9][A-Za-z0-9./_-]*$/, allowed: "a repository such as cloud-enterprise" },
  version: { pattern: /^\d+\.\d+\.\d+(-[A-Za-z0-9.]+)?$/, allowed: "a version such as 4.0.3" },
  sshHost: ADDRESS,
  sshUser: {
    pattern: /^(?!root$)[A-Za-z_][A-Za-z0-9._-]*$/,
    allowed: "a user other than root, whom the installer refuses",
  },
  bastionUser: { pattern: /^[A-Za-z_][A-Za-z0-9._-]*$/, allowed: "a user name" },
  localFile: { pattern: /^[^"'\\$%`\p{Cc}]+$/u, allowed: "the path of a file, without quotes, backslashes, $ and %" },
  hostFile: {
    pattern: /^[A-Za-z0-9/][A-Za-z0-9./_-]*$/,
    allowed: "a path on the host of letters, digits, slashes, dots, dashes and underscores",
  },
  installerUrl: {
    pattern: /^https?:\/\/[A-Za-z0-9[][A-Za-z0-9./:?&=%~+_,@[\]-]*$/,
    allowed: "a URL with https, or with http and installerSha256",
  },
  sha256: { pattern: /^[0-9a-fA-F]{64}$/, allowed: "64 hexadecimal digits" },
  duration: { pattern: /^(\d+(ms|s|m|h))+$/, allowed: 'a time such as "5m" or "90s"' },
} satisfies { [prop: string]: Rule };

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
