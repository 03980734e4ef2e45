/** From the most talkative to the least. */
const LEVELS = ["trace", "debug", "info", "warn", "error"] as const;

export type LogLevel = (typeof LEVELS)[number];

/** What a line has beside its message; errors are written with their stack. */
export type LogFields = { readonly [name: string]: unknown };

export interface LogOptions {
  /** The least level that is written. @default "off" */
  readonly level?: LogLevel | "off";
  /** @default - standard error, where Terraform reads it */
  readonly write?: (line: string) => void;
}

/** Writes structured lines for Terraform, one JSON object each, with no secret in them. */
export interface Log extends Record<LogLevel, (message: string, fields?: LogFields) => void> {
  /** Registers a secret, which is replaced in all later lines. Empty text is ignored. */
  redact(secret: string): void;
  /** The text as it may be shown: registered secrets and whatever looks like a credential are replaced. */
  withoutSecrets(text: string): string;
}

const REDACTED = "(redacted)";

// What gives a secret away by its form: private keys, JSON web tokens, authorization headers and their values.
const CREDENTIALS: readonly [pattern: RegExp, replacement: string][] = [
  [/-----BEGIN ([A-Z ]*PRIVATE KEY)-----[^]*?(?:-----END \1-----|$)/g, REDACTED],
  [/\beyJ[\w-]+\.[\w-]+(?:\.[\w-]*)?/g, REDACTED],
  [/\b(authorization["']?\s*[:=]\s*["']?)(?:(?:Basic|Bearer|ApiKey)\s+)?[^\s"',]+/gi, `$1${REDACTED}`],
  [/\b(Basic|Bearer|ApiKey)\s+[\w.~+/-]{16,}=*/g, `$1 ${REDACTED}`],
];

/** A log in hclog's JSON form, which Terraform merges into its own. */
export function createLog({ level = "off", write = (line) => process.stderr.write(line) }: LogOptions = {}): Log {
  const secrets = new Set<string>();
  const threshold = level === "off" ? LEVELS.length : LEVELS.indexOf(level);

  const withoutSecrets = (text: string): string => {
    const longestFirst = [...secrets].sort((a, b) => b.length - a.length);
    const known = longestFirst.reduce((result, secret) => result.replaceAll(secret, REDACTED), text);
    return CREDENTIALS.reduce((result, [pattern, replacement]) => result.replace(pattern, replacement), known);
  };

  const clean = (name: string, value: unknown): unknown => {
    if (/^authorization$/i.test(name)) return REDACTED;
    const plain = value instanceof Error ? (value.stack ?? value.message) : value;
    return typeof plain === "string" ? withoutSecrets(plain) : plain;
  };

  const logAt =
    (entryLevel: LogLevel) =>
    (message: string, fields: LogFields = {}): void => {
      if (LEVELS.indexOf(entryLevel) < threshold) return;
      const entry = {
        ...fields,
        "@level": entryLevel,
        "@message": message,
        "@module": "provider",
        "@timestamp": timestamp(),
      };
      write(`${JSON.stringify(entry, clean)}\n`);
    };

  return {
    trace: logAt("trace"),
    debug: logAt("debug"),
    info: logAt("info"),
    warn: logAt("warn"),
    error: logAt("error"),
    redact: (secret) => void (secret !== "" && secrets.add(secret)),
    withoutSecrets,
  };
}

/** The level that a user asks for: `TF_LOG_PROVIDER` is for providers, `TF_LOG` for Terraform and all of them. */
export function logLevel(environment: NodeJS.ProcessEnv): LogLevel | "off" {
  const asked = (environment["TF_LOG_PROVIDER"] || environment["TF_LOG"] || "off").toLowerCase();
  if (asked === "off") return "off";
  // Terraform takes "JSON", and any word it does not know, for "TRACE".
  return LEVELS.find((level) => level === asked) ?? "trace";
}

// go-plugin reads a line as JSON only if its time has exactly six decimals.
function timestamp(): string {
  return new Date().toISOString().replace("Z", "000Z");
}

/** The log of this process. */
export const log = createLog({ level: logLevel(process.env) });
