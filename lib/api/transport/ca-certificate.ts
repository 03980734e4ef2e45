import { X509Certificate } from "node:crypto";
import { EceError } from "../errors/errors";

const BLOCK = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;

/** Refuses what TLS would silently ignore, so that it does not come back as a certificate that nobody trusts. */
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
