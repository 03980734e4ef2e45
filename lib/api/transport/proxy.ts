import { BlockList, isIP } from "node:net";
import { getProxyForUrl } from "proxy-from-env";
import { EceError } from "../errors/errors";

/** A proxy on the way to the platform. */
export interface Proxy {
  readonly protocol: "http:" | "https:";
  /** Without the brackets of an IPv6 address. */
  readonly host: string;
  readonly port: number;
  readonly auth?: { readonly username: string; readonly password: string };
}

/**
 * The proxy that HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY tell for an address; undefined for none.
 *
 * @throws {@link EceError} when what they tell is no proxy that is spoken to in HTTP; the error shows no password.
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

/** URLs need their special characters escaped; those who did not know kept theirs. */
function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
