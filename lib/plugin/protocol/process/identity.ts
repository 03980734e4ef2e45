import { generateKeyPairSync, randomBytes, sign } from "node:crypto";
import { AsnConvert, OctetString } from "@peculiar/asn1-schema";
import * as x509 from "@peculiar/asn1-x509";

/** A certificate and its key, made for one run of the process and held in memory only. */
export interface Identity {
  readonly certificateDer: Buffer;
  readonly certificatePem: string;
  readonly privateKeyPem: string;
}

const HOST = "localhost";
const COMMON_NAME = "2.5.4.3";
const ECDSA_WITH_SHA256 = "1.2.840.10045.4.3.2";
const CLOCK_SKEW_MS = 30_000;
// Longer than any run of Terraform.
const LIFETIME_MS = 365 * 24 * 3_600_000;

/**
 * A self-signed certificate for `localhost`, the name that Terraform checks for.
 *
 * Built from the ASN.1 definitions: the convenient libraries on top of them take twice as long to load, and Terraform
 * starts a provider several times in one command.
 */
export function createIdentity(): Identity {
  const keys = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const publicKey = keys.publicKey.export({ type: "spki", format: "der" });
  const now = Date.now();
  const signatureAlgorithm = new x509.AlgorithmIdentifier({ algorithm: ECDSA_WITH_SHA256 });
  const tbsCertificate = new x509.TBSCertificate({
    version: x509.Version.v3,
    serialNumber: serialNumber(),
    signature: signatureAlgorithm,
    issuer: commonName(HOST),
    subject: commonName(HOST),
    validity: new x509.Validity({ notBefore: new Date(now - CLOCK_SKEW_MS), notAfter: new Date(now + LIFETIME_MS) }),
    subjectPublicKeyInfo: AsnConvert.parse(publicKey, x509.SubjectPublicKeyInfo),
    extensions: new x509.Extensions(extensions()),
  });
  const signature = sign("sha256", Buffer.from(AsnConvert.serialize(tbsCertificate)), keys.privateKey);
  const certificate = new x509.Certificate({
    tbsCertificate,
    signatureAlgorithm,
    signatureValue: arrayBuffer(signature),
  });
  const certificateDer = Buffer.from(AsnConvert.serialize(certificate));
  return {
    certificateDer,
    certificatePem: certificatePem(certificateDer),
    privateKeyPem: keys.privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
  };
}

function extensions(): x509.Extension[] {
  const { digitalSignature, keyEncipherment, keyAgreement, keyCertSign } = x509.KeyUsageFlags;
  const usages = digitalSignature | keyEncipherment | keyAgreement | keyCertSign;
  return [
    extension(x509.id_ce_basicConstraints, new x509.BasicConstraints({ cA: true }), true),
    extension(x509.id_ce_keyUsage, new x509.KeyUsage(usages), true),
    extension(x509.id_ce_extKeyUsage, new x509.ExtendedKeyUsage([x509.id_kp_clientAuth, x509.id_kp_serverAuth])),
    extension(x509.id_ce_subjectAltName, new x509.SubjectAlternativeName([new x509.GeneralName({ dNSName: HOST })])),
  ];
}

function extension(extnID: string, value: object, critical = false): x509.Extension {
  return new x509.Extension({ extnID, critical, extnValue: new OctetString(AsnConvert.serialize(value)) });
}

function commonName(utf8String: string): x509.Name {
  const value = new x509.AttributeValue({ utf8String });
  return new x509.Name([
    new x509.RelativeDistinguishedName([new x509.AttributeTypeAndValue({ type: COMMON_NAME, value })]),
  ]);
}

/** A random serial number: positive, and always of full length. */
function serialNumber(): ArrayBuffer {
  const bytes = randomBytes(16);
  bytes.writeUInt8((bytes.readUInt8() & 0x3f) | 0x40);
  return arrayBuffer(bytes);
}

function arrayBuffer(bytes: Buffer): ArrayBuffer {
  return Uint8Array.from(bytes).buffer;
}

function certificatePem(der: Buffer): string {
  const lines = der.toString("base64").match(/.{1,64}/g) ?? [];
  return ["-----BEGIN CERTIFICATE-----", ...lines, "-----END CERTIFICATE-----", ""].join("\n");
}
