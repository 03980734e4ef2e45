import { REGION } from "../platform";

/** A call as it came in. */
export interface Call {
  readonly method: string;
  readonly target: Target;
  readonly query: URLSearchParams;
  readonly authorization?: string;
  readonly body: string;
}

// Elastic's own clients name the region in platform paths, its documentation leaves it out.
const API_PATH = new RegExp(`^/api/v1(?:/regions/${REGION}(?=/platform(?:/|$)))?(?<path>/.*)$`);

/** What a call addresses. */
export interface Target {
  readonly scope: "api" | "control" | "elsewhere";
  /** The API path after `/api/v1`, without the region; the path as it is in the other scopes. */
  readonly path: string;
}

/** The target that the path of a URL names. */
export function parseTarget(pathname: string): Target {
  const path = API_PATH.exec(pathname)?.groups?.path;
  if (path !== undefined) return { scope: "api", path };

  return { scope: pathname.startsWith("/_simulator/") ? "control" : "elsewhere", path: pathname };
}

/** A call that reached the simulator; calls to `/_simulator/` are not among them. */
export interface RecordedRequest {
  readonly method: string;
  /** The API path after `/api/v1`, without the region; a roles token in it is blotted out. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  /** How the caller identified itself; the credentials are not kept. */
  readonly authentication: "Basic" | "ApiKey" | "Bearer" | "none";
  /** The JSON body with its secrets blotted out. */
  readonly body?: unknown;
  /** What was answered; undefined while the work is going on, and when the connection was dropped instead. */
  status?: number;
  /** The platform's time. */
  readonly at: string;
}

const SCHEMES = ["Basic", "ApiKey", "Bearer"] as const;
const JWT = /eyJ[\w-]+\.[\w-]+\.[\w-]*/g;
const SECRET_KEY = /password|token|secret|api_?key/i;
const BLOT = "[redacted]";

/** What is kept of a call. */
export function recordRequest(call: Call, at: Date): RecordedRequest {
  const [scheme] = (call.authorization ?? "").split(" ");
  return {
    method: call.method,
    path: redactText(call.target.path),
    query: Object.fromEntries(call.query),
    authentication: SCHEMES.find((known) => known === scheme) ?? "none",
    body: tryParse(call.body),
    at: at.toISOString(),
  };
}

function tryParse(body: string): unknown {
  try {
    return redact(JSON.parse(body));
  } catch {
    return undefined;
  }
}

/** Blots out roles tokens in a text. */
export function redactText(text: string): string {
  return text.replace(JWT, BLOT);
}

/** A copy of a JSON value without its secrets. */
function redact(value: unknown): unknown {
  if (typeof value === "string") return redactText(value);

  if (Array.isArray(value)) return value.map(redact);

  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([key, entry]) => [key, SECRET_KEY.test(key) ? BLOT : redact(entry)]),
    );
  }
  return value;
}
