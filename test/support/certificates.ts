import "reflect-metadata";
import { isIP } from "node:net";
import * as x509 from "@peculiar/x509";

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const DAY_MS = 24 * 60 * 60 * 1000;

/** What a TLS server presents. */
export interface ServerIdentity {
  readonly cert: string;
  readonly key: string;
}

/** A certificate authority for tests, with keys of its own that live as long as the test. */
export class TestAuthority {
  readonly #certificate: x509.X509Certificate;
  readonly #keys: CryptoKeyPair;
  readonly #chain: readonly string[];

  private constructor(
    certificate: x509.X509Certificate,
    keys: CryptoKeyPair,
    /** The certificates from this authority up to, but without, the root. */
    chain: readonly string[],
  ) {
    this.#certificate = certificate;
    this.#keys = keys;
    this.#chain = chain;
  }

  static async create(name = "test root"): Promise<TestAuthority> {
    const keys = await createKeys();
    const certificate = await x509.X509CertificateGenerator.createSelfSigned({
      ...validity(),
      name: `CN=${name}`,
      keys,
      extensions: authorityExtensions(),
    });
    return new TestAuthority(certificate, keys, []);
  }

  get pem(): string {
    return this.#certificate.toString("pem");
  }

  /** An authority below this one. */
  async createIntermediate(name = "test intermediate"): Promise<TestAuthority> {
    const keys = await createKeys();
    const certificate = await this.#sign(`CN=${name}`, keys, authorityExtensions(), validity());
    return new TestAuthority(certificate, keys, [certificate.toString("pem"), ...this.#chain]);
  }

  /** A certificate for a server under some names and addresses, with the chain that the server sends. */
  async issue(
    names: readonly string[] = ["127.0.0.1", "::1", "localhost"],
    { expired = false } = {},
  ): Promise<ServerIdentity> {
    const keys = await createKeys();
    const alternatives = names.map((value) => ({ type: isIP(value) ? ("ip" as const) : ("dns" as const), value }));
    const extensions = [new x509.SubjectAlternativeNameExtension(alternatives)];
    const certificate = await this.#sign("CN=test server", keys, extensions, validity(expired ? 2 * DAY_MS : 0));
    const privateKey = await crypto.subtle.exportKey("pkcs8", keys.privateKey);
    return {
      cert: [certificate.toString("pem"), ...this.#chain].join("\n"),
      key: x509.PemConverter.encode(privateKey, "PRIVATE KEY"),
    };
  }

  async #sign(
    subject: string,
    keys: CryptoKeyPair,
    extensions: x509.Extension[],
    period: ReturnType<typeof validity>,
  ): Promise<x509.X509Certificate> {
    return x509.X509CertificateGenerator.create({
      ...period,
      subject,
      issuer: this.#certificate.subject,
      publicKey: keys.publicKey,
      signingKey: this.#keys.privateKey,
      extensions,
    });
  }
}

type CryptoKeyPair = Awaited<ReturnType<typeof createKeys>>;

function createKeys() {
  return crypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
}

function authorityExtensions(): x509.Extension[] {
  return [
    new x509.BasicConstraintsExtension(true, undefined, true),
    new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.digitalSignature, true),
  ];
}

/** A day around a moment that is `ageMs` ago. */
function validity(ageMs = 0) {
  const middle = Date.now() - ageMs;
  return {
    notBefore: new Date(middle - DAY_MS / 2),
    notAfter: new Date(middle + DAY_MS / 2),
    signingAlgorithm: ALGORITHM,
  };
}
