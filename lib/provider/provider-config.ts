import { EceClient, type Credentials } from "../api";
import { Diagnostics, isUnknown, type ConfigureRequest, type ObjectValue, type Schema } from "../plugin/framework";
import { log } from "../plugin/protocol";
import { VERSION } from "../version";
import { Ece } from "./ece";
import { readLocalFile } from "./local-file";

/** The environment variables behind an argument, first match wins: our own name, then those of ecctl and elastic/ec. */
const ENVIRONMENT = {
  endpoint: ["ECE_ENDPOINT", "EC_ENDPOINT", "EC_HOST"],
  api_key: ["ECE_API_KEY", "EC_API_KEY"],
  username: ["ECE_USERNAME", "EC_USERNAME", "EC_USER"],
  password: ["ECE_PASSWORD", "EC_PASSWORD", "EC_PASS"],
  login: ["ECE_LOGIN", "EC_LOGIN"],
  ca_certificate: ["ECE_CA_CERTIFICATE", "EC_CA_CERTIFICATE"],
  ca_certificate_file: ["ECE_CA_CERTIFICATE_FILE", "EC_CA_CERTIFICATE_FILE"],
  insecure: ["ECE_INSECURE", "EC_INSECURE"],
  request_timeout_seconds: ["ECE_REQUEST_TIMEOUT_SECONDS", "EC_REQUEST_TIMEOUT_SECONDS"],
  max_retries: ["ECE_MAX_RETRIES", "EC_MAX_RETRIES"],
} as const;

type Argument = keyof typeof ENVIRONMENT;

function environmentNote(argument: Argument): string {
  return `Environment: ${ENVIRONMENT[argument].map((name) => `\`${name}\``).join(", ")}.`;
}

const FILE_NOTE = "`file:PATH` reads it from a file.";
const DEFAULT_TIMEOUT_SECONDS = 60;
const DEFAULT_MAX_RETRIES = 4;

export const providerSchema: Schema = {
  description:
    "Elastic Cloud Enterprise (ECE): roles tokens and hosts. Every argument can come from the environment; keep credentials there.",
  attributes: {
    endpoint: {
      type: "string",
      optional: true,
      description: `Where the ECE API is, such as \`https://coordinator.example:12443\`. ${environmentNote("endpoint")}`,
    },
    api_key: {
      type: "string",
      optional: true,
      sensitive: true,
      description: `An API key of a user with the role Platform admin; instead of a username and password. ${FILE_NOTE} ${environmentNote("api_key")}`,
    },
    username: {
      type: "string",
      optional: true,
      description: `A user with the role Platform admin, such as \`admin\`. ${environmentNote("username")}`,
    },
    password: {
      type: "string",
      optional: true,
      sensitive: true,
      description: `The password of that user. ${FILE_NOTE} ${environmentNote("password")}`,
    },
    login: {
      type: "bool",
      optional: true,
      description: `Exchange the username and password for a short-lived bearer token instead of sending them with every request (default: \`false\`). ${environmentNote("login")}`,
    },
    ca_certificate: {
      type: "string",
      optional: true,
      description: `The certificate authority of the endpoint, as PEM. ${environmentNote("ca_certificate")}`,
    },
    ca_certificate_file: {
      type: "string",
      optional: true,
      description: `The path of a PEM file with the certificate authority of the endpoint. ${environmentNote("ca_certificate_file")}`,
    },
    insecure: {
      type: "bool",
      optional: true,
      description: `Accept any certificate (default: \`false\`): whoever stands in between can read every token. ${environmentNote("insecure")}`,
    },
    request_timeout_seconds: {
      type: "number",
      optional: true,
      description: `How long one request to the API may take (default: \`${DEFAULT_TIMEOUT_SECONDS}\`). ${environmentNote("request_timeout_seconds")}`,
    },
    max_retries: {
      type: "number",
      optional: true,
      description: `How often a request that can be repeated safely is repeated after a passing fault (default: \`${DEFAULT_MAX_RETRIES}\`). ${environmentNote("max_retries")}`,
    },
  },
};

/** A setting with its origin: 0 the configuration, 1 and up the environment variables in their order. */
interface Setting {
  readonly value: string;
  readonly rank: number;
  readonly source: string;
}

class Settings {
  constructor(
    private readonly config: ObjectValue,
    private readonly diagnostics: Diagnostics,
  ) {}

  find(argument: Argument): Setting | undefined {
    const configured = this.config[argument];
    if (configured !== null && configured !== undefined && !isUnknown(configured)) {
      return { value: String(configured), rank: 0, source: `the argument ${argument}` };
    }
    for (const [index, name] of ENVIRONMENT[argument].entries()) {
      const value = process.env[name];
      // Terraform and shells leave exported but empty variables behind; they mean "not set".
      if (value)
        return { value, rank: name.startsWith("ECE_") ? 1 : 2 + index, source: `the environment variable ${name}` };
    }
    return undefined;
  }

  secret(argument: Argument): Setting | undefined {
    const setting = this.find(argument);
    if (!setting?.value.startsWith("file:")) return setting;
    const content = this.readFile(argument, setting, setting.value.slice("file:".length));
    return content === undefined ? undefined : { ...setting, value: content.trim() };
  }

  boolean(argument: Argument): boolean {
    const setting = this.find(argument);
    if (setting === undefined) return false;
    if (/^(true|1|yes)$/i.test(setting.value)) return true;
    if (/^(false|0|no)$/i.test(setting.value)) return false;
    this.fault(argument, setting, `is neither true nor false: "${setting.value}"`);
    return false;
  }

  wholeNumber(argument: Argument, fallback: number, minimum: number): number {
    const setting = this.find(argument);
    if (setting === undefined) return fallback;
    const number = Number(setting.value);
    if (Number.isInteger(number) && number >= minimum) return number;
    this.fault(argument, setting, `must be a whole number of at least ${minimum}, not "${setting.value}"`);
    return fallback;
  }

  readFile(argument: Argument, setting: Setting, path: string): string | undefined {
    try {
      return readLocalFile(path);
    } catch (error) {
      const reason = (error as NodeJS.ErrnoException).code ?? "unreadable";
      this.fault(argument, setting, `names a file that cannot be read (${reason}): ${path}`);
      return undefined;
    }
  }

  fault(argument: Argument, setting: Setting, text: string): void {
    this.diagnostics.addError(`Invalid ECE provider setting ${argument}`, `The value from ${setting.source} ${text}.`, [
      argument,
    ]);
  }
}

/** Checks what the configuration alone tells, before anything is asked of the platform. */
export function validateProviderConfig({ config }: { config: ObjectValue }, diagnostics: Diagnostics): void {
  if (isSet(config.api_key) && (isSet(config.username) || isSet(config.password))) {
    diagnostics.addError(
      "Two kinds of ECE credentials",
      "Set either api_key, or username and password; the platform takes one of them.",
      ["api_key"],
    );
  }
  if (isSet(config.ca_certificate) && isSet(config.ca_certificate_file)) {
    diagnostics.addError(
      "Two ECE certificate authorities",
      "Set either ca_certificate or ca_certificate_file, not both.",
      ["ca_certificate_file"],
    );
  }
}

function isSet(value: unknown): boolean {
  return value !== null && value !== undefined;
}

/** Makes the connection; every fault of the settings is reported at once. */
export async function configureEce({ config }: ConfigureRequest, diagnostics: Diagnostics): Promise<Ece | undefined> {
  // An endpoint that another resource makes is unknown while Terraform plans; that must not fail the plan.
  if (Object.values(config).some(isUnknown)) return new Ece(undefined);

  const settings = new Settings(config, diagnostics);
  const credentials = readCredentials(settings, diagnostics);
  const endpoint = readEndpoint(settings, diagnostics);
  const caCertificate = readCaCertificate(settings);
  const insecure = settings.boolean("insecure");
  const requestTimeoutMs = 1000 * settings.wholeNumber("request_timeout_seconds", DEFAULT_TIMEOUT_SECONDS, 1);
  const maxRetries = settings.wholeNumber("max_retries", DEFAULT_MAX_RETRIES, 0);
  if (diagnostics.hasErrors || endpoint === undefined || credentials === undefined) return undefined;

  const ece: Ece = new Ece(
    new EceClient({
      endpoint,
      credentials,
      caCertificate,
      insecure,
      requestTimeoutMs,
      maxRetries,
      userAgent: `cdktf-ece/${VERSION}`,
      onWarning: (warning) => ece.warn(warning.summary, warning.detail),
      log: (entry) => log.debug("ECE request", { ...entry }),
    }),
  );
  return ece;
}

/** Connects with what the environment alone says, for use outside Terraform. Throws an error that lists every fault. */
export async function connectFromEnvironment(): Promise<Ece> {
  const diagnostics = new Diagnostics();
  const ece = await configureEce(
    { config: {}, terraformVersion: "", signal: new AbortController().signal },
    diagnostics,
  );
  if (ece !== undefined) return ece;
  throw new Error([...diagnostics].map(({ summary, detail }) => `${summary}: ${detail}`).join("\n"));
}

function readEndpoint(settings: Settings, diagnostics: Diagnostics): string | undefined {
  const setting = settings.find("endpoint");
  if (setting === undefined) {
    diagnostics.addError(
      "No ECE endpoint",
      "Set the provider's endpoint or the environment variable ECE_ENDPOINT to where the ECE API is, such as https://coordinator.example:12443.",
      ["endpoint"],
    );
    return undefined;
  }
  const url = URL.canParse(setting.value) ? new URL(setting.value) : undefined;
  if (url === undefined || !["http:", "https:"].includes(url.protocol)) {
    settings.fault("endpoint", setting, `is not a URL such as https://coordinator.example:12443`);
    return undefined;
  }
  if (url.username !== "" || url.password !== "") {
    settings.fault("endpoint", setting, "carries credentials: use api_key, or username and password");
    return undefined;
  }
  return setting.value;
}

function readCredentials(settings: Settings, diagnostics: Diagnostics): Credentials | undefined {
  const apiKey = settings.secret("api_key");
  const username = settings.find("username");
  const password = settings.secret("password");
  for (const secret of [apiKey, password]) if (secret) log.redact(secret.value);

  // The nearer source wins: an api_key argument over ECE_USERNAME, ECE_USERNAME over EC_API_KEY.
  const userRank = Math.min(username?.rank ?? Infinity, password?.rank ?? Infinity);
  if (apiKey !== undefined && apiKey.rank <= userRank) return { kind: "api-key", apiKey: apiKey.value };
  if (username !== undefined && password !== undefined) {
    const kind = settings.boolean("login") ? "bearer-login" : "basic";
    return { kind, username: username.value, password: password.value };
  }
  // A secret's file that could not be read is reported already.
  if (diagnostics.hasErrors) return undefined;
  if (username !== undefined) {
    diagnostics.addError(
      "No ECE password",
      `There is a username from ${username.source} but no password. Set ECE_PASSWORD.`,
      ["password"],
    );
  } else if (password !== undefined) {
    diagnostics.addError(
      "No ECE username",
      `There is a password from ${password.source} but no username. Set ECE_USERNAME.`,
      ["username"],
    );
  } else {
    diagnostics.addError(
      "No ECE credentials",
      "Set the environment variable ECE_API_KEY, or ECE_USERNAME and ECE_PASSWORD. API keys cannot exist for the built-in users admin and readonly.",
    );
  }
  return undefined;
}

function readCaCertificate(settings: Settings): string | undefined {
  const inline = settings.find("ca_certificate");
  const file = settings.find("ca_certificate_file");
  const fromFile = file !== undefined && (inline === undefined || file.rank < inline.rank);
  const setting = fromFile ? file : inline;
  if (setting === undefined) return undefined;
  const argument = fromFile ? "ca_certificate_file" : "ca_certificate";
  const pem = fromFile ? settings.readFile(argument, setting, setting.value) : setting.value;
  if (pem === undefined) return undefined;
  if (!pem.includes("-----BEGIN CERTIFICATE-----")) {
    settings.fault(
      argument,
      setting,
      'holds no PEM certificate (a block that starts with "-----BEGIN CERTIFICATE-----")',
    );
  }
  return pem;
}
