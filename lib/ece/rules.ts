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
const OCTET = "(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)";
const IPV4 = `${OCTET}(?:\\.${OCTET}){3}`;
/** An address with a port behind it has one colon; these have more. */
const IPV6 = "(?=[^:]*:[^:]*:)[0-9A-Fa-f:.]+";
const HOST_NAME = "(?![0-9.]+$)[A-Za-z0-9][A-Za-z0-9._-]*";
const ADDRESS: Rule = {
  pattern: new RegExp(`^(?:${IPV4}|${IPV6}|${HOST_NAME})$`),
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
  hostIp: { pattern: new RegExp(`^(?:${IPV4}|${IPV6})$`), allowed: "an IP address, without port" },
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
  hostKey: {
    pattern: /^(?:(?:ssh-(?:ed25519|rsa)|ecdsa-sha2-nistp(?:256|384|521)) [A-Za-z0-9+/]+={0,2}(?: [^\n]*)?\n?)?$/,
    allowed:
      "the type and the base64 text of a public key, which ssh-keyscan prints after the host's name, or an empty text",
  },
  localFile: { pattern: /^[^"'\\$%`\p{Cc}]+$/u, allowed: "the path of a file, without quotes, backslashes, $ and %" },
  hostFile: {
    pattern: /^[A-Za-z0-9/][A-Za-z0-9./_-]*$/,
    allowed: "a path on the host of letters, digits, slashes, dots, dashes and underscores",
  },
  externalHostname: ADDRESS,
  apiBaseUrl: {
    pattern: /^https?:\/\/[A-Za-z0-9][A-Za-z0-9./:_-]*$/,
    allowed: "a URL such as https://ece.example:12443",
  },
  hostDockerHost: {
    pattern: /^(?:unix:\/\/)?\/[A-Za-z0-9./_-]+$/,
    allowed: "the path of a socket such as /var/run/docker.sock",
  },
  configFile: {
    pattern: /^\/[A-Za-z0-9./_-]+$/,
    allowed: "an absolute path on the host of letters, digits, slashes, dots, dashes and underscores",
  },
  installerFlag: { pattern: /^--[a-z][a-z0-9-]*$/, allowed: "a flag such as --proxy-tags, without its value" },
  installerValue: {
    pattern: /^[A-Za-z0-9/{][A-Za-z0-9./:_,{}"-]*$/,
    allowed: 'letters, digits and ./:_,{}"- without blanks, which the installer would cut',
  },
  installerUrl: {
    pattern: /^https?:\/\/[A-Za-z0-9[][A-Za-z0-9./:?&=%~+_,@[\]-]*$/,
    allowed: "a URL with https, or with http and installerSha256",
  },
  sha256: { pattern: /^[0-9a-fA-F]{64}$/, allowed: "64 hexadecimal digits" },
  tlsServerName: ADDRESS,
  apiKey: { pattern: /^[\x21-\x7e]+$/, allowed: "printable characters without blanks and line breaks" },
  username: {
    pattern: /^(?! )[^\p{Cc}:]+(?<! )$/u,
    allowed: "a user name without colons and line breaks, and without blanks around it",
  },
  password: { pattern: /^\P{Cc}*$/u, allowed: "a text without line breaks and other control characters" },
  alias: {
    pattern: /^[A-Za-z_][A-Za-z0-9_-]*$/,
    allowed: "letters, digits, dashes and underscores, beginning with a letter or underscore",
  },
  duration: { pattern: /^(\d+(ms|s|m|h))+$/, allowed: 'a time such as "5m" or "90s"' },
} satisfies { [prop: string]: Rule };
