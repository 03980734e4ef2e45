import { X509Certificate, createPrivateKey } from "node:crypto";
import { createIdentity } from "../../../../lib/plugin/protocol/process/identity";

const identity = createIdentity();
const certificate = new X509Certificate(identity.certificatePem);

test("the certificate is for localhost and signed by itself", () => {
  expect(certificate.checkHost("localhost")).toBe("localhost");
  expect(certificate.issuer).toBe("CN=localhost");
  expect(certificate.verify(certificate.publicKey)).toBe(true);
  expect(certificate.ca).toBe(true);
});

test("the certificate is for client and server, on an ECDSA P-256 key", () => {
  expect([...certificate.keyUsage].sort()).toEqual(["1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"]);
  expect(certificate.publicKey.asymmetricKeyDetails).toEqual({ namedCurve: "prime256v1" });
});

test("the certificate is valid at once, even by a clock that is slightly behind", () => {
  expect(Date.parse(certificate.validFrom)).toBeLessThanOrEqual(Date.now() - 29_000);
  expect(Date.parse(certificate.validTo)).toBeGreaterThan(Date.now());
});

test("the key belongs to the certificate, and both forms of the certificate are the same", () => {
  expect(certificate.checkPrivateKey(createPrivateKey(identity.privateKeyPem))).toBe(true);
  expect(certificate.raw.equals(identity.certificateDer)).toBe(true);
});

test("every run has a key and a serial number of its own", () => {
  const other = createIdentity();

  expect(other.privateKeyPem).not.toBe(identity.privateKeyPem);
  expect(new X509Certificate(other.certificatePem).serialNumber).not.toBe(certificate.serialNumber);
});
