import { REGION } from "../platform";

/** A call as the server received it. */
export interface Call {
  readonly method: string;
  readonly target: Target;
  readonly query: URLSearchParams;
  readonly authorization?: string;
  readonly body: string;
}

// Elastic's own clients name the region in platform paths, its documentation leaves it out.
const API_PATH = new RegExp(`^/api/v1(?:/regions/${REGION}(?=/platform(?:/|$)))?(?<path>/.*)$`);

/** What the path of a call addresses. */
export interface Target {
  readonly scope: "api" | "control" | "elsewhere";
  /** The API path after `/api/v1`, without the region; the path as it is in the other scopes. */
  readonly path: string;
}

/** Parses the path of a URL. */
export function parseTarget(pathname: string): Target {
  const path = API_PATH.exec(pathname)?.groups?.path;
  if (path !== undefined) return { scope: "api", path };

  return { scope: pathname.startsWith("/_simulator/") ? "control" : "elsewhere", path: pathname };
}

/** The record of a call to the simulator. Calls to `/_simulator/` are not recorded. */
export interface RecordedRequest {
  readonly method: string;
  /** The API path after `/api/v1`, without the region; a roles token in it is redacted. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  /** The scheme of the credentials; these themselves are not kept. */
  readonly authentication: "Basic" | "ApiKey" | "Bearer" | "none";
  /** The JSON body, its secrets redacted. */
  readonly body?: unknown;
  /** The status of the reply; undefined until it is sent, and if the connection was dropped instead. */
  status?: number;
  /** When the call came, by the platform's clock. */
  readonly at: string;
  /** The place of the coordinator that got it, 1 for the first. */
  readonly coordinator: number;
}

const SCHEMES = ["Basic", "ApiKey", "Bearer"] as const;
const JWT = /eyJ[\w-]+\.[\w-]+\.[\w-]*/g;
const SECRET_KEY = /password|token|secret|api_?key/i;
const REDACTED = "[redacted]";

/** Creates the record of a call. */
export function recordRequest(call: Call, at: Date, coordinator: number): RecordedRequest {
  const [scheme] = (call.authorization ?? "").split(" ");
  return {
    method: call.method,
    path: redactText(call.target.path),
    query: Object.fromEntries(call.query),
    authentication: SCHEMES.find((known) => known === scheme) ?? "none",
    body: tryParse(call.body),
    at: at.toISOString(),
    coordinator,
  };
}

function tryParse(body: string): unknown {
  try {
    return redact(JSON.parse(body));
  } catch {
    return undefined;
  }
}

/** Replaces roles tokens in a text. */
export function redactText(text: string): string {
  return text.replace(JWT, REDACTED);
}

/** A copy of a JSON value without its secrets. */
function redact(value: unknown): unknown {
  if (typeof value === "string") return redactText(value);

  if (Array.isArray(value)) return value.map(redact);

  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([key, entry]) => [key, SECRET_KEY.test(key) ? REDACTED : redact(entry)]),
    );
  }
  return value;
}
