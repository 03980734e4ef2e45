import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import { isIP } from "node:net";
import { checkServerIdentity, type ConnectionOptions } from "node:tls";
import { AxiosHeaders, type InternalAxiosRequestConfig } from "axios";
import { type Proxy, proxyFor, TunnelAgent } from "./proxy";
import type { StartTimeLimit } from "./time-limit";

/** How coordinators are connected with. */
export interface ConnectionSettings {
  readonly caCertificate?: string;
  readonly tlsServerName?: string;
  readonly insecure: boolean;
  readonly requestTimeoutMs: number;
  readonly startTimeLimit: StartTimeLimit;
}

interface Agents {
  readonly httpAgent: HttpAgent;
  readonly httpsAgent: HttpAgent;
}

/** One address of the platform, with the proxy on the way and the connections to it. */
export class Coordinator {
  readonly endpoint: string;
  readonly #proxy: Proxy | undefined;
  readonly #keptAlive: Agents;
  readonly #oneShot: Agents;

  constructor(endpoint: string, settings: ConnectionSettings) {
    this.endpoint = endpoint;
    this.#proxy = proxyFor(endpoint);
    this.#keptAlive = createAgents(settings, this.#proxy, true);
    // For requests that must not be repeated: the server may close a kept connection just as one is sent on it.
    this.#oneShot = createAgents(settings, this.#proxy, false);
  }

  /** The configuration of a request that goes to this coordinator. */
  address(
    config: InternalAxiosRequestConfig,
    { repeatable }: { readonly repeatable: boolean },
  ): InternalAxiosRequestConfig {
    return {
      ...config,
      // axios adds the length of the body, which is not that of what is sent next.
      headers: new AxiosHeaders(config.headers),
      ...(repeatable ? this.#keptAlive : this.#oneShot),
      baseURL: `${this.endpoint}/api/v1`,
      // Over https the agent handles the proxy.
      proxy: (this.endpoint.startsWith("http:") && this.#proxy) || false,
    };
  }

  /** Closes the connections; requests on them fail. */
  close(): void {
    for (const { httpAgent, httpsAgent } of [this.#keptAlive, this.#oneShot]) {
      httpAgent.destroy();
      httpsAgent.destroy();
    }
  }
}

function createAgents(settings: ConnectionSettings, proxy: Proxy | undefined, keepAlive: boolean): Agents {
  const { caCertificate, tlsServerName, insecure, requestTimeoutMs, startTimeLimit } = settings;
  const tls = {
    ca: caCertificate,
    rejectUnauthorized: !insecure,
    // People are told to trust the last certificate that the server shows, which need not be a root.
    allowPartialTrustChain: true,
    ...(tlsServerName !== undefined && named(tlsServerName)),
  };
  const httpsAgent = proxy
    ? new TunnelAgent(proxy, { keepAlive, tls, startTimeLimit: () => startTimeLimit(requestTimeoutMs) })
    : new HttpsAgent({ keepAlive, ...tls });
  return { httpAgent: new HttpAgent({ keepAlive }), httpsAgent };
}

/** Asks for the certificate of this name and checks it, whatever the address; an IP address is not asked for in TLS. */
function named(name: string): ConnectionOptions {
  return {
    servername: isIP(name) === 0 ? name : "",
    checkServerIdentity: (_address, certificate) => checkServerIdentity(name, certificate),
  };
}
