import { generateKeyPairSync, randomBytes, sign } from "node:crypto";

/** A certificate and its key, made for one run of the process and held in memory only. */
export interface Identity {
  readonly certificateDer: Buffer;
  readonly certificatePem: string;
  readonly privateKeyPem: string;
}

const HOST = "localhost";
const CLOCK_SKEW_MS = 30_000;
// Longer than any run of Terraform.
const LIFETIME_MS = 365 * 24 * 3_600_000;

// The tags of ASN.1 that a certificate has.
const BOOLEAN = 0x01;
const INTEGER = 0x02;
const BIT_STRING = 0x03;
const OCTET_STRING = 0x04;
const OBJECT_ID = 0x06;
const UTF8_STRING = 0x0c;
const UTC_TIME = 0x17;
const GENERALIZED_TIME = 0x18;
const SEQUENCE = 0x30;
const SET = 0x31;
const VERSION = 0xa0;
const EXTENSIONS = 0xa3;
const DNS_NAME = 0x82;

// What is the same in every certificate: https://www.rfc-editor.org/rfc/rfc5280#section-4.1
const TRUE = Buffer.of(0xff);
const V3 = der(VERSION, der(INTEGER, Buffer.of(2)));
const ECDSA_WITH_SHA256 = der(SEQUENCE, objectId("2a8648ce3d040302"));
const NAME = der(SEQUENCE, der(SET, der(SEQUENCE, objectId("550403"), der(UTF8_STRING, Buffer.from(HOST)))));
const CERTIFICATE_EXTENSIONS = der(
  EXTENSIONS,
  der(
    SEQUENCE,
    // Basic constraints: an authority, that of its own.
    extension("551d13", der(SEQUENCE, der(BOOLEAN, TRUE)), true),
    // Key usage: digital signature, key encipherment, key agreement, certificates; two bits are unused.
    extension("551d0f", der(BIT_STRING, Buffer.of(2, 0b1010_1100)), true),
    // Extended key usage: client and server.
    extension("551d25", der(SEQUENCE, objectId("2b06010505070302"), objectId("2b06010505070301"))),
    // Subject alternative name.
    extension("551d11", der(SEQUENCE, der(DNS_NAME, Buffer.from(HOST)))),
  ),
);

/**
 * A self-signed certificate for `localhost`, the name that Terraform checks for, on an ECDSA P-256 key.
 *
 * Written out here, since libraries for certificates take longer to load than all else that a start needs, and Terraform
 * starts a provider several times in one command.
 */
export function createIdentity(now: Date = new Date()): Identity {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const notBefore = new Date(now.getTime() - CLOCK_SKEW_MS);
  const notAfter = new Date(now.getTime() + LIFETIME_MS);
  const toBeSigned = der(
    SEQUENCE,
    V3,
    der(INTEGER, serialNumber()),
    ECDSA_WITH_SHA256,
    NAME,
    der(SEQUENCE, time(notBefore), time(notAfter)),
    NAME,
    publicKey.export({ type: "spki", format: "der" }),
    CERTIFICATE_EXTENSIONS,
  );
  const signature = Buffer.concat([Buffer.of(0), sign("sha256", toBeSigned, privateKey)]);
  const certificateDer = der(SEQUENCE, toBeSigned, ECDSA_WITH_SHA256, der(BIT_STRING, signature));
  return {
    certificateDer,
    certificatePem: certificatePem(certificateDer),
    privateKeyPem: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
  };
}

/** An element of ASN.1: its tag, the length of its content in one to three bytes, and the content. */
function der(tag: number, ...content: readonly Buffer[]): Buffer {
  const bytes = Buffer.concat(content);
  const length = bytes.length;
  const lengthBytes = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.of(tag, ...lengthBytes), bytes]);
}

function objectId(hex: string): Buffer {
  return der(OBJECT_ID, Buffer.from(hex, "hex"));
}

function extension(id: string, value: Buffer, critical = false): Buffer {
  const flags = critical ? [der(BOOLEAN, TRUE)] : [];
  return der(SEQUENCE, objectId(id), ...flags, der(OCTET_STRING, value));
}

/** With two digits of the year until 2049, and with four after that. */
function time(date: Date): Buffer {
  const digits = date.toISOString().replace(/[-:T]|\.\d+/g, "");
  return date.getUTCFullYear() < 2050
    ? der(UTC_TIME, Buffer.from(digits.slice(2)))
    : der(GENERALIZED_TIME, Buffer.from(digits));
}

/** A random serial number: positive, and always of full length. */
function serialNumber(): Buffer {
  const bytes = randomBytes(16);
  bytes.writeUInt8((bytes.readUInt8() & 0x3f) | 0x40);
  return bytes;
}

function certificatePem(der: Buffer): string {
  const lines = der.toString("base64").match(/.{1,64}/g) ?? [];
  return ["-----BEGIN CERTIFICATE-----", ...lines, "-----END CERTIFICATE-----", ""].join("\n");
}
