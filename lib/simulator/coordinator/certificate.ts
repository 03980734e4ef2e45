import type { webcrypto } from "node:crypto";
import "reflect-metadata";
import * as x509 from "@peculiar/x509";

/** The certificate of an HTTPS server on loopback, with its key and its authority. */
export interface ServerCertificate {
  /** PEM of the authority, which is all that clients need to trust. */
  readonly caCertificate: string;
  /** PEM of the server's certificate, followed by the authority's, as ECE sends them. */
  readonly chain: string;
  /** PEM of the server's private key. */
  readonly privateKey: string;
}

const KEY_ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const VALIDITY_DAYS = 30;

/** Creates an authority for this run, and a certificate for the names of loopback signed by it. */
export async function createServerCertificate(): Promise<ServerCertificate> {
  const [authorityKeys, leafKeys] = await Promise.all([createKeys(), createKeys()]);
  const now = Date.now();
  const common = {
    // A client's clock may be a little behind.
    notBefore: new Date(now - 60 * 60 * 1000),
    notAfter: new Date(now + VALIDITY_DAYS * 24 * 60 * 60 * 1000),
    signingAlgorithm: KEY_ALGORITHM,
  };
  const authority = await x509.X509CertificateGenerator.createSelfSigned({
    ...common,
    name: "CN=cdktf-ece simulator authority",
    keys: authorityKeys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
      await x509.SubjectKeyIdentifierExtension.create(authorityKeys.publicKey),
    ],
  });
  const leaf = await x509.X509CertificateGenerator.create({
    ...common,
    subject: "CN=cdktf-ece simulator",
    issuer: authority.subject,
    publicKey: leafKeys.publicKey,
    signingKey: authorityKeys.privateKey,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension([
        { type: "ip", value: "127.0.0.1" },
        { type: "ip", value: "::1" },
        { type: "dns", value: "localhost" },
      ]),
      await x509.AuthorityKeyIdentifierExtension.create(authorityKeys.publicKey),
    ],
  });
  const caCertificate = `${authority.toString("pem")}\n`;
  return {
    caCertificate,
    chain: `${leaf.toString("pem")}\n${caCertificate}`,
    privateKey: x509.PemConverter.encode(await crypto.subtle.exportKey("pkcs8", leafKeys.privateKey), "PRIVATE KEY"),
  };
}

function createKeys(): Promise<webcrypto.CryptoKeyPair> {
  return crypto.subtle.generateKey(KEY_ALGORITHM, true, ["sign", "verify"]);
}
