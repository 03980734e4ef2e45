import { webcrypto } from "node:crypto";
import type * as X509 from "@peculiar/x509";

/** A certificate and its key, made for one run of the process and held in memory only. */
export interface Identity {
  readonly certificateDer: Buffer;
  readonly certificatePem: string;
  readonly privateKeyPem: string;
}

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const HOUR_MS = 3_600_000;
// Terraform holds no run longer than this; go-plugin's own certificates live for 30 years.
const VALID_MS = 10 * 365 * 24 * HOUR_MS;
const CLOCK_SKEW_MS = 30_000;

/** A self-signed certificate for `localhost`, which is the name that Terraform checks for. */
export async function createIdentity(): Promise<Identity> {
  const x509 = await import("@peculiar/x509");
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
  const now = Date.now();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: "CN=localhost",
    notBefore: new Date(now - CLOCK_SKEW_MS),
    notAfter: new Date(now + VALID_MS),
    signingAlgorithm: ALGORITHM,
    keys,
    extensions: extensions(x509),
  });
  const key = Buffer.from(await webcrypto.subtle.exportKey("pkcs8", keys.privateKey));
  return {
    certificateDer: Buffer.from(certificate.rawData),
    certificatePem: certificate.toString("pem"),
    privateKeyPem: x509.PemConverter.encode(key, "PRIVATE KEY"),
  };
}

function extensions(x509: typeof X509): X509.Extension[] {
  const { digitalSignature, keyEncipherment, keyAgreement, keyCertSign } = x509.KeyUsageFlags;
  const { clientAuth, serverAuth } = x509.ExtendedKeyUsage;
  return [
    new x509.BasicConstraintsExtension(true, undefined, true),
    new x509.KeyUsagesExtension(digitalSignature | keyEncipherment | keyAgreement | keyCertSign, true),
    new x509.ExtendedKeyUsageExtension([clientAuth, serverAuth]),
    new x509.SubjectAlternativeNameExtension([{ type: "dns", value: "localhost" }]),
  ];
}
