import { X509Certificate } from "node:crypto";
import { endpointComplaint } from "../../ece";
import { EceError } from "../errors/errors";

/**
 * Checks the address of the platform and returns it in one form: scheme, host, port, and path without a slash at its
 * end. The API's own path, `/api/v1`, is taken off.
 *
 * @throws {@link EceError} if it is no address, or holds credentials, which the error does not show.
 */
export function parseEndpoint(text: string): string {
  const complaint = endpointComplaint(text);
  if (complaint !== undefined) throw new EceError(complaint.message, { remedy: complaint.remedy });
  const url = new URL(text);
  return url.origin + url.pathname.replace(/\/+$/, "").replace(/\/api\/v1$/, "");
}

/**
 * Checks the addresses of one platform's coordinators, with commas between them, and returns each once, as
 * {@link parseEndpoint} does.
 *
 * @throws {@link EceError} for the first that is none; where there are several, it names its place among them.
 */
export function parseEndpoints(text: string): [string, ...string[]] {
  const [first = "", ...others] = text.split(",").map((each) => each.trim());
  if (others.length === 0) return [parseEndpoint(first)];
  const parseAt = (given: string, index: number): string => {
    try {
      return parseEndpoint(given);
    } catch (error) {
      if (!(error instanceof EceError)) throw error;
      const { message, remedy } = error;
      throw new EceError(`Endpoint ${index + 1} of ${others.length + 1}: ${message}`, { remedy });
    }
  };
  const preferred = parseAt(first, 0);
  const rest = new Set(others.map((given, index) => parseAt(given, index + 1)));
  rest.delete(preferred);
  return [preferred, ...rest];
}

const BLOCK = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;

/**
 * Checks that a text holds certificates in PEM form. TLS would ignore any other text, and then trust no certificate.
 *
 * @throws {@link EceError} if it holds none, or a broken one.
 */
export function checkCaCertificate(pem: string): void {
  const blocks = pem.match(BLOCK);
  if (!blocks?.every(isCertificate)) {
    throw new EceError("The CA certificate is not a certificate in PEM form.", {
      remedy: "Give a text or file with one or more blocks that begin with -----BEGIN CERTIFICATE-----.",
    });
  }
}

function isCertificate(pem: string): boolean {
  try {
    new X509Certificate(pem);
    return true;
  } catch {
    return false;
  }
}
