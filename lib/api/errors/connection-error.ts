import { isIP } from "node:net";
import type { ConnectionErrorReason } from "./errors";

/** What follows from Node's code for a connection that could not be made or broke. */
export interface ConnectionErrorKind {
  readonly reason: ConnectionErrorReason;
  readonly remedy: string;
  /** The request cannot have reached the platform. */
  readonly neverSent: boolean;
  /** It may pass by itself, so that another attempt can succeed. */
  readonly passing: boolean;
}

const REASONS: Readonly<Record<string, ConnectionErrorReason>> = {
  ECONNREFUSED: "refused",
  ENOTFOUND: "dns",
  EAI_AGAIN: "dns",
  EHOSTUNREACH: "unreachable",
  ENETUNREACH: "unreachable",
  EHOSTDOWN: "unreachable",
  ETIMEDOUT: "unreachable",
  ECONNRESET: "reset",
  EPIPE: "reset",
  EPROTO: "tls",
  ERR_TLS_CERT_ALTNAME_INVALID: "certificate",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "certificate",
  UNABLE_TO_GET_ISSUER_CERT: "certificate",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "certificate",
  SELF_SIGNED_CERT_IN_CHAIN: "certificate",
  DEPTH_ZERO_SELF_SIGNED_CERT: "certificate",
};

/** Prefix of our codes for what a proxy answered; its status follows. */
export const PROXY_CODE_PREFIX = "ECE_PROXY_";

/** What proxies answer while the platform does not answer them. */
const PASSING_PROXY_CODES = ["502", "503", "504", "TIMEOUT"].map((end) => PROXY_CODE_PREFIX + end);

/** Tells from Node's code what went wrong and what to do about it. */
export function classifyConnectionError(code: string, endpoint: string): ConnectionErrorKind {
  const reason = REASONS[code] ?? reasonByPrefix(code);
  return {
    reason,
    remedy: remedy(reason, code, new URL(endpoint)),
    neverSent: !["reset", "other"].includes(reason) && code !== "ETIMEDOUT",
    // A name that does not exist is a mistake; a name server that does not answer is an outage.
    passing:
      reason === "proxy"
        ? PASSING_PROXY_CODES.includes(code)
        : !["certificate", "tls", "other"].includes(reason) && code !== "ENOTFOUND",
  };
}

function reasonByPrefix(code: string): ConnectionErrorReason {
  if (code.startsWith("CERT_")) return "certificate";
  if (code.startsWith(PROXY_CODE_PREFIX)) return "proxy";
  if (code.startsWith("ERR_SSL_") || code.startsWith("ERR_TLS_")) return "tls";
  return "other";
}

function remedy(reason: ConnectionErrorReason, code: string, { protocol, hostname, host, port }: URL): string {
  switch (reason) {
    case "certificate":
      return certificateRemedy(code, hostname, port || "443");
    case "tls":
      return `Check the scheme and the port of the endpoint: coordinators speak https on port 12443 and http on port 12400.${proxyHint()}`;
    case "proxy":
      return code === `${PROXY_CODE_PREFIX}407`
        ? `The proxy asks for credentials: put them into HTTPS_PROXY (http://USER:PASSWORD@HOST:PORT), or list ${hostname} in NO_PROXY.`
        : `The proxy cannot reach ${host}, or may not let this machine through to it: ask those who run it, or list ${hostname} in NO_PROXY.`;
    case "dns":
      return `Check the host name in the endpoint: ${hostname} cannot be resolved on this machine.${proxyHint()}`;
    case "refused":
    case "unreachable":
    case "reset":
    case "other":
      return `${unreachableRemedy(protocol, host)}${proxyHint()}`;
  }
}

/** What to do when no coordinator answers at the endpoint. */
export function unreachableRemedy(protocol: string, host: string): string {
  return `Check that the endpoint ${protocol}//${host} is that of a running coordinator (https on port 12443, http on port 12400), and that no firewall stands between.`;
}

/** What to do when no coordinator answers at any of several endpoints. */
export function noneReachedRemedy(): string {
  return `Check that a coordinator runs at one of the endpoints (https on port 12443, http on port 12400), and that no firewall stands between.${proxyHint()}`;
}

function certificateRemedy(code: string, hostname: string, port: string): string {
  if (code === "ERR_TLS_CERT_ALTNAME_INVALID")
    return `The certificate of the platform does not name ${hostname}: use a host name that it does name as the endpoint, give such a name as tls_server_name (ECE_TLS_SERVER_NAME), or upload a certificate for this one to the platform (Settings, TLS).`;

  if (code === "CERT_HAS_EXPIRED" || code === "CERT_NOT_YET_VALID")
    return "Renew the platform's certificate (Settings, TLS in the Cloud UI), and check the clock of this machine.";

  const server = isIP(hostname) || hostname.startsWith("[") ? "" : ` -servername ${hostname}`;
  return (
    "The platform's certificate comes from a certificate authority that this machine does not trust, as ECE's own does. " +
    `Show its chain with "openssl s_client -showcerts -connect ${hostname}:${port}${server} </dev/null", ` +
    "check that the chain is your platform's, save the LAST certificate to a file, and name that file in ca_certificate_file."
  );
}

/** A proxy of the environment is easily forgotten, so the remedy names its variable. */
function proxyHint(): string {
  const variable = ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"].find(
    (name) => process.env[name],
  );
  return variable ? ` ${variable} is set, so a proxy may be what fails: NO_PROXY lists the hosts that go without.` : "";
}
