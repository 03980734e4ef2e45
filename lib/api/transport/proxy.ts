import type { ClientRequest } from "node:http";
import { BlockList, isIP, isIPv6, type Socket } from "node:net";
import { checkServerIdentity, type ConnectionOptions, type PeerCertificate } from "node:tls";
import { HttpsProxyAgent } from "https-proxy-agent";
import { getProxyForUrl } from "proxy-from-env";
import { PROXY_CODE_PREFIX } from "../errors/connection-error";
import { EceError } from "../errors/errors";
import { basicAuthorization } from "./credentials";
import type { TimeLimit } from "./time-limit";

/** A proxy on the way to the platform, in the form that axios takes. */
export interface Proxy {
  readonly protocol: "http:" | "https:";
  /** Without the brackets of an IPv6 address. */
  readonly host: string;
  readonly port: number;
  readonly auth?: { readonly username: string; readonly password: string };
}

/**
 * The proxy that HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY name for an address; undefined for none.
 *
 * @throws {@link EceError} if it is no http or https address; the error shows no password.
 */
export function proxyFor(endpoint: string): Proxy | undefined {
  const { protocol: scheme, hostname } = new URL(endpoint);
  const named = getProxyForUrl(endpoint);
  if (named === "" || isInExemptNetwork(withoutBrackets(hostname))) return undefined;
  const url = URL.canParse(named) ? new URL(named) : undefined;
  const protocol = url?.protocol;
  if (!url || (protocol !== "http:" && protocol !== "https:")) {
    throw new EceError("The environment names a proxy that is no http or https address.", {
      remedy: `Give ${scheme === "https:" ? "HTTPS_PROXY" : "HTTP_PROXY"} as http://HOST:PORT, or list ${hostname} in NO_PROXY.`,
    });
  }
  const auth = { username: decode(url.username), password: decode(url.password) };
  return {
    protocol,
    host: withoutBrackets(url.hostname),
    port: Number(url.port || (protocol === "https:" ? 443 : 80)),
    ...(auth.username !== "" && { auth }),
  };
}

/** As Terraform and curl do, and the library does not: NO_PROXY may list networks, such as 10.0.0.0/8. */
function isInExemptNetwork(host: string): boolean {
  const family = isIP(host);
  if (family === 0) return false;
  const exempt = new BlockList();
  for (const entry of (process.env.no_proxy ?? process.env.NO_PROXY ?? "").split(/[\s,]+/)) {
    const [network = "", bits = ""] = entry.split("/");
    const isNetwork = isIP(network) === family && /^\d+$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128);
    if (isNetwork) exempt.addSubnet(network, Number(bits), family === 4 ? "ipv4" : "ipv6");
  }
  return exempt.check(host, family === 4 ? "ipv4" : "ipv6");
}

function withoutBrackets(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, "");
}

/** Special characters should be escaped in a URL. A password with a stray % was not, and is taken as it is. */
function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** Options of a {@link TunnelAgent}. */
export interface TunnelOptions {
  readonly keepAlive: boolean;
  /** For the connection to the platform; that to the proxy has Node's defaults. */
  readonly tls: ConnectionOptions;
  /** Starts the time that the proxy has to open a tunnel. */
  readonly startTimeLimit: () => TimeLimit;
}

type Target = Parameters<HttpsProxyAgent<string>["connect"]>[1];

/**
 * Connects to the platform through a proxy's tunnel, inside which TLS runs from end to end.
 *
 * Left to itself, the library keeps its TLS options for the proxy, checks the certificate of a platform with an IP
 * address against "localhost", fails on a password with a stray %, waits without a limit for the tunnel, and passes off
 * the proxy's answer as the platform's when there is none.
 */
export class TunnelAgent extends HttpsProxyAgent<string> {
  readonly #name: string;
  readonly #options: TunnelOptions;

  constructor({ protocol, host, port, auth }: Proxy, options: TunnelOptions) {
    super(`${protocol}//${isIPv6(host) ? `[${host}]` : host}:${port}`, {
      keepAlive: options.keepAlive,
      headers: auth && { "Proxy-Authorization": basicAuthorization(auth) },
    });
    this.#name = `the proxy ${host}:${port}`;
    this.#options = options;
  }

  override async connect(request: ClientRequest, target: Target): Promise<Socket> {
    const { tls, startTimeLimit } = this.#options;
    const limit = startTimeLimit();
    let answer = { statusCode: 0, statusText: "" };
    request.once("proxyConnect", (given: typeof answer) => (answer = given));
    const tunnelled = {
      ...target,
      checkServerIdentity: (_name: string, certificate: PeerCertificate) =>
        checkServerIdentity(target.host ?? "", certificate),
      ...tls,
    };
    // Read before the first await, so that each tunnel gets the signal of its own limit.
    this.connectOpts = { ...this.connectOpts, signal: limit.signal };
    try {
      const socket = await super.connect(request, tunnelled);
      if (answer.statusCode === 200) return socket;
      socket.destroy();
    } catch (error) {
      if (limit.signal.aborted) throw proxyError(`${this.#name} does not answer`, "TIMEOUT");
      // Only a proxy that hangs up, or answers with something else than HTTP, leaves the library without a code.
      throw Object.assign(error as NodeJS.ErrnoException, {
        code: (error as NodeJS.ErrnoException).code ?? "ECONNRESET",
      });
    } finally {
      limit.end();
    }
    throw proxyError(`${this.#name} answered ${answer.statusCode} ${answer.statusText}`, String(answer.statusCode));
  }
}

function proxyError(message: string, code: string): Error {
  return Object.assign(new Error(message.trim()), { code: PROXY_CODE_PREFIX + code });
}
