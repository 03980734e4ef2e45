import { EceClient, checkApiKey, checkCaCertificate, parseEndpoint, type Credentials } from "../../api";
import { Diagnostics, isUnknown, type ConfigureRequest, type ObjectValue } from "../../plugin/framework";
import { log } from "../../plugin/log";
import { Ece } from "../platform/ece";
import { Settings } from "./settings";
import { Warnings } from "../platform/warnings";

/** Checks what the configuration alone tells, before anything is asked of the platform. */
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

/** Makes the connection; every fault of the settings is reported at once. */
export async function configureEce({ config }: ConfigureRequest, diagnostics: Diagnostics): Promise<Ece | undefined> {
  const warnings = new Warnings();
  // An endpoint that another resource makes is unknown while Terraform plans; that must not fail the plan.
  if (Object.values(config).some(isUnknown)) return new Ece(undefined, warnings);

  const settings = new Settings(config, diagnostics);
  const endpoint = readEndpoint(settings, diagnostics);
  const credentials = readCredentials(settings, diagnostics);
  const caCertificate = readCaCertificate(settings);
  const insecure = settings.boolean("insecure");
  const requestTimeoutMs = 1000 * settings.number("request_timeout_seconds");
  const maxRetries = settings.number("max_retries");
  if (diagnostics.hasErrors || endpoint === undefined || credentials === undefined) return undefined;

  const client = new EceClient({
    endpoint,
    credentials,
    caCertificate,
    insecure,
    requestTimeoutMs,
    maxRetries,
    onWarning: ({ summary, detail }) => warnings.add(summary, detail),
    log: (entry) => log.debug("ECE request", { ...entry }),
  });
  return new Ece(client, warnings);
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
  if (setting !== undefined) return settings.check(setting, parseEndpoint);
  diagnostics.addError(
    "No ECE endpoint",
    "Set the provider's endpoint or the environment variable ECE_ENDPOINT to where the ECE API is, such as https://coordinator.example:12443.",
    ["endpoint"],
  );
  return undefined;
}

function readCredentials(settings: Settings, diagnostics: Diagnostics): Credentials | undefined {
  const login = settings.boolean("login");
  const { apiKey, username, password } = nearest(settings);
  if (apiKey !== undefined) {
    const secret = settings.secret("api_key");
    if (secret === undefined) return undefined;
    log.redact(secret.value);
    settings.check(secret, checkApiKey);
    return { kind: "api-key", apiKey: secret.value };
  }
  if (username !== undefined && password !== undefined) {
    const secret = settings.secret("password");
    if (secret === undefined) return undefined;
    log.redact(secret.value);
    return { kind: login ? "bearer-login" : "basic", username: username.value, password: secret.value };
  }
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

/** The kind of credentials whose source is nearer: an api_key argument before ECE_USERNAME, ECE_USERNAME before EC_API_KEY. */
function nearest(settings: Settings) {
  const apiKey = settings.find("api_key");
  const username = settings.find("username");
  const password = settings.find("password");
  const userRank = Math.min(username?.rank ?? Infinity, password?.rank ?? Infinity);
  return apiKey !== undefined && apiKey.rank <= userRank ? { apiKey } : { username, password };
}

function readCaCertificate(settings: Settings): string | undefined {
  const inline = settings.find("ca_certificate");
  const file = settings.find("ca_certificate_file");
  if (file !== undefined && file.rank < (inline?.rank ?? Infinity)) {
    const pem = settings.readFile(file, file.value);
    if (pem !== undefined) settings.check(file, () => checkCaCertificate(pem));
    return pem;
  }
  if (inline !== undefined) settings.check(inline, checkCaCertificate);
  return inline?.value;
}
