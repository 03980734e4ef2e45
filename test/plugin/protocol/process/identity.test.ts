import "reflect-metadata";
import { X509Certificate, createPrivateKey } from "node:crypto";
import * as x509 from "@peculiar/x509";
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

test("the certificate has what Go's TLS asks of an authority, read by another library", () => {
  const read = new x509.X509Certificate(identity.certificateDer);
  const { digitalSignature, keyEncipherment, keyAgreement, keyCertSign } = x509.KeyUsageFlags;

  const constraints = read.getExtension(x509.BasicConstraintsExtension);
  const usages = read.getExtension(x509.KeyUsagesExtension);

  expect(constraints).toMatchObject({ ca: true, critical: true });
  expect(usages).toMatchObject({
    usages: digitalSignature | keyEncipherment | keyAgreement | keyCertSign,
    critical: true,
  });
  expect(read.subject).toBe("CN=localhost");
  expect(Buffer.from(read.rawData)).toEqual(identity.certificateDer);
});

test.each([
  ["2026-02-03T04:05:06.789Z", "2027-02-03T04:05:06.000Z"],
  ["2049-06-30T23:59:59.999Z", "2050-06-30T23:59:59.000Z"],
  ["2051-12-31T00:00:00.000Z", "2052-12-30T00:00:00.000Z"],
])("a certificate of %s is valid until %s", (now, end) => {
  const { validFrom, validTo } = new X509Certificate(createIdentity(new Date(now)).certificatePem);

  expect(new Date(validTo).toISOString()).toBe(end);
  expect(Date.parse(validFrom)).toBe(Math.floor((Date.parse(now) - 30_000) / 1000) * 1000);
});
