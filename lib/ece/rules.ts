/** The least memory, in MB, that an allocator may offer: the installer refuses less. */
export const LEAST_CAPACITY_MB = 8192;

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

/** The rules, each under the name of the argument that it is for. */
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
