import { request } from "node:https";
import { text } from "node:stream/consumers";
import type { IncomingHttpHeaders } from "node:http";
import type { Simulator } from "../../lib/simulator";

export interface HttpReply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The parsed text, if it is JSON and whole. */
  readonly body: unknown;
}

/** Calls the simulator without the project's own client. `path` begins with `/api/v1` or `/_simulator`. */
export async function call(
  simulator: Simulator,
  method: string,
  path: string,
  options: { body?: unknown; authorization?: string } = {},
): Promise<HttpReply> {
  const basic = Buffer.from(`${simulator.username}:${simulator.password}`).toString("base64");
  return new Promise((resolve, reject) => {
    const outgoing = request(
      simulator.endpoint + path,
      {
        method,
        ca: simulator.caCertificate,
        agent: false,
        headers: { Authorization: options.authorization ?? `Basic ${basic}`, "Content-Type": "application/json" },
      },
      (response) => {
        text(response).then((body) => {
          const isJson = response.headers["content-type"]?.startsWith("application/json");
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            text: body,
            body: isJson ? tryParse(body) : undefined,
          });
        }, reject);
      },
    );
    outgoing.on("error", reject);
    outgoing.end(options.body === undefined ? undefined : JSON.stringify(options.body));
  });
}

function tryParse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

/** The code of the error in a reply. */
export function errorCode(reply: HttpReply): unknown {
  return (reply.body as { errors: { code: string }[] }).errors[0]?.code;
}
