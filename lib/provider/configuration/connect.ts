/**
 * The provider's own configuration: its arguments, where their values come from, and the connection that they make.
 * Imports the room `platform`, `api`, `ece`, `plugin/framework` and `plugin/log`.
 */
import {
  EceClient,
  checkApiKey,
  checkCaCertificate,
  checkPassword,
  checkUsername,
  parseEndpoints,
  type ApiWarning,
  type Credentials,
  type EceClientOptions,
} from "../../api";
import { RULES } from "../../ece";
import { Diagnostics, isUnknown, isWhollyKnown, type ConfigureRequest, type ObjectValue } from "../../plugin/framework";
import { log } from "../../plugin/log";
import { Ece, Warnings } from "../platform/ece";
import type { Clock } from "../platform/wait";
import { readGivenUp, readSshSettings } from "./blocks";
import { Settings } from "./settings";

/** Checks the configuration alone, before anything is asked of the platform. */
export function validateProviderConfig({ config }: { config: ObjectValue }, diagnostics: Diagnostics): void {
  const isSet = (argument: string): boolean => {
    const value = config[argument] ?? null;
    return value !== null && value !== "" && !isUnknown(value);
  };
  if (isSet("api_key") && (isSet("username") || isSet("password"))) {
    diagnostics.addError(
      "Two kinds of ECE credentials",
      "Set either api_key, or username and password; the platform takes one of them.",
      ["api_key"],
    );
  }
  if (isSet("ca_certificate") && isSet("ca_certificate_file")) {
    diagnostics.addError(
      "Two ECE certificate authorities",
      "Set either ca_certificate or ca_certificate_file, not both.",
      ["ca_certificate_file"],
    );
  }
}

/** What is not a setting of users; for tests. */
export interface ConnectionOptions {
  /** @default - the system's clock */
  readonly clock?: Clock;
  /** Options of the client, instead of what the settings say. */
  readonly client?: Partial<EceClientOptions>;
}

/** The connection as Terraform's configuration, or else the environment, describes it. */
export async function configureEce(
  { config }: Pick<ConfigureRequest, "config">,
  diagnostics: Diagnostics,
  { clock, client: overrides }: ConnectionOptions = {},
): Promise<Ece | undefined> {
  const warnings = new Warnings();
  const options = { clock, givenUp: readGivenUp(config), sshSettings: readSshSettings(config) };
  // An endpoint that another resource makes is unknown while Terraform plans; that must not fail the plan.
  if (!isWhollyKnown(config)) return new Ece(undefined, warnings, options);

  const onWarning = ({ summary, detail }: ApiWarning) => warnings.add(summary, detail);
  const client = connect(new Settings(config, diagnostics), { onWarning, ...overrides });
  return client && new Ece(client, warnings, options);
}

/** A client as the environment alone describes it, for use outside Terraform. Throws one error that lists all errors. */
export function connectFromEnvironment(onWarning: (warning: ApiWarning) => void): EceClient {
  const diagnostics = new Diagnostics();
  const client = tryConnectFromEnvironment(diagnostics, { onWarning });
  if (client !== undefined) return client;
  throw new Error([...diagnostics].map(({ summary, detail }) => `${summary}: ${detail}`).join("\n"));
}

/** A client as the environment and these options describe it; undefined where the environment has errors. */
export function tryConnectFromEnvironment(
  diagnostics: Diagnostics,
  options: Partial<EceClientOptions>,
): EceClient | undefined {
  return connect(new Settings({}, diagnostics), options);
}

/** Makes a client; all errors of the settings are reported at once, and then there is none. */
function connect(settings: Settings, options: Partial<EceClientOptions>): EceClient | undefined {
  const endpoint = readEndpoint(settings);
  const credentials = readCredentials(settings);
  const caCertificate = readCaCertificate(settings);
  const tlsServerName = readTlsServerName(settings);
  const insecure = settings.boolean("insecure");
  const requestTimeoutMs = 1000 * settings.number("request_timeout_seconds");
  const maxRetries = settings.number("max_retries");
  if (settings.hasErrors || endpoint === undefined || credentials === undefined) return undefined;

  return new EceClient({
    endpoint,
    credentials,
    caCertificate,
    tlsServerName,
    insecure,
    requestTimeoutMs,
    maxRetries,
    log: (entry) => log.debug("ECE request", { ...entry }),
    ...options,
  });
}

function readEndpoint(settings: Settings): string | undefined {
  const setting = settings.tryFind("endpoint");
  if (setting !== undefined) {
    settings.check(setting, parseEndpoints);
    return setting.value;
  }
  settings.addMissing(
    "No ECE endpoint",
    "Set the provider's endpoint or the environment variable ECE_ENDPOINT to where the ECE API is, such as https://coordinator.example:12443.",
    "endpoint",
  );
  return undefined;
}

function readCredentials(settings: Settings): Credentials | undefined {
  const login = settings.boolean("login");
  const { apiKey, username, password } = closestCredentials(settings);
  if (apiKey !== undefined) {
    const secret = settings.tryFindSecret("api_key");
    if (secret === undefined) return undefined;
    log.redact(secret.value);
    settings.check(secret, checkApiKey);
    return { kind: "api-key", apiKey: secret.value };
  }
  if (username !== undefined && password !== undefined) {
    const secret = settings.tryFindSecret("password");
    if (secret === undefined) return undefined;
    log.redact(secret.value);
    settings.check(username, checkUsername);
    settings.check(secret, checkPassword);
    return { kind: login ? "bearer-login" : "basic", username: username.value, password: secret.value };
  }
  if (username !== undefined) {
    settings.addMissing(
      "No ECE password",
      `There is a username from ${username.source} but no password. Set ECE_PASSWORD.`,
      "password",
    );
  } else if (password !== undefined) {
    settings.addMissing(
      "No ECE username",
      `There is a password from ${password.source} but no username. Set ECE_USERNAME.`,
      "username",
    );
  } else {
    settings.addMissing(
      "No ECE credentials",
      "Set the environment variable ECE_API_KEY, or ECE_USERNAME and ECE_PASSWORD. API keys cannot exist for the built-in users admin and readonly.",
    );
  }
  return undefined;
}

/** The credentials whose source is the closer one: an api_key argument before ECE_USERNAME, ECE_USERNAME before EC_API_KEY. */
function closestCredentials(settings: Settings) {
  const apiKey = settings.tryFind("api_key");
  const username = settings.tryFind("username");
  const password = settings.tryFind("password");
  const distance = Math.min(username?.distance ?? Infinity, password?.distance ?? Infinity);
  return apiKey !== undefined && apiKey.distance <= distance ? { apiKey } : { username, password };
}

/** That of the environment is checked here, as the schema sees arguments alone. */
function readTlsServerName(settings: Settings): string | undefined {
  const setting = settings.tryFind("tls_server_name");
  if (setting === undefined) return undefined;
  const { pattern, allowed } = RULES.tlsServerName;
  if (!pattern.test(setting.value)) settings.addError(setting, `Must be ${allowed}.`);
  return setting.value;
}

function readCaCertificate(settings: Settings): string | undefined {
  const inline = settings.tryFind("ca_certificate");
  const file = settings.tryFind("ca_certificate_file");
  if (file !== undefined && file.distance < (inline?.distance ?? Infinity)) {
    const pem = settings.tryReadFile(file, file.value);
    if (pem !== undefined) settings.check(file, () => checkCaCertificate(pem));
    return pem;
  }
  if (inline !== undefined) settings.check(inline, checkCaCertificate);
  return inline?.value;
}
