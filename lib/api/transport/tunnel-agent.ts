import { request as requestOverHttp } from "node:http";
import { Agent, type AgentOptions, type RequestOptions, request as requestOverHttps } from "node:https";
import { isIPv6 } from "node:net";
import type { Duplex } from "node:stream";
import { PROXY_CODE_PREFIX } from "../errors/connection-error";
import { basicAuthorization } from "./credentials";
import type { Proxy } from "./proxy";

/** What a tunnel needs to know beside what an agent does. */
export interface TunnelOptions extends AgentOptions {
  readonly proxy: Proxy;
  /** How long the proxy may take to open the tunnel. */
  readonly timeoutMs: number;
}

/**
 * Connects to the platform through a proxy's tunnel, inside which TLS runs from end to end.
 *
 * Not axios' own: that one hands over escaped passwords as they are, gets IPv6 addresses wrong, has Node complain about
 * addresses as server names, and opens a tunnel for every request.
 */
export class TunnelAgent extends Agent {
  readonly #proxy: Proxy;
  readonly #timeoutMs: number;

  constructor({ proxy, timeoutMs, ...options }: TunnelOptions) {
    super(options);
    this.#proxy = proxy;
    this.#timeoutMs = timeoutMs;
  }

  override createConnection(
    options: RequestOptions,
    callback: (error: Error | null, stream: Duplex) => void = () => undefined,
  ): undefined {
    const fail = callback as (error: Error) => void;
    const { protocol, host, port, auth } = this.#proxy;
    const target = `${isIPv6(options.host ?? "") ? `[${options.host}]` : options.host}:${options.port}`;
    const open = protocol === "https:" ? requestOverHttps : requestOverHttp;
    const opening = open({
      ...{ method: "CONNECT", host, port, path: target, timeout: this.#timeoutMs, agent: false },
      headers: { host: target, ...(auth && { "proxy-authorization": basicAuthorization(auth) }) },
    });
    opening.once("connect", ({ statusCode = 0, statusMessage = "" }, socket) => {
      if (statusCode === 200) {
        const tunnelled = { ...options, socket };
        callback(null, super.createConnection(tunnelled) as Duplex);
        return;
      }
      socket.destroy();
      fail(proxyFault(`the proxy ${host}:${port} answered ${statusCode} ${statusMessage}`, String(statusCode)));
    });
    opening.once("timeout", () => opening.destroy(proxyFault(`the proxy ${host}:${port} does not answer`, "TIMEOUT")));
    opening.once("error", fail);
    opening.end();
  }
}

function proxyFault(message: string, code: string): Error {
  return Object.assign(new Error(message.trim()), { code: PROXY_CODE_PREFIX + code });
}
