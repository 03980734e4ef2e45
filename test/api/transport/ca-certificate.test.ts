import { checkCaCertificate } from "../../../lib/api/transport/ca-certificate";
import { TestAuthority } from "../../support/certificates";

test("a bundle of certificates is accepted", async () => {
  const [one, other] = await Promise.all([TestAuthority.create(), TestAuthority.create()]);

  expect(() => checkCaCertificate(`# ours\n${one.pem}\n${other.pem}\n`)).not.toThrow();
});

test.each([
  ["nothing", ""],
  ["the name of a file", "/etc/ssl/ece.pem"],
  ["a block of something else", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"],
])("%s is refused", (_case, text) => {
  expect(() => checkCaCertificate(text)).toThrow("The CA certificate is not a certificate in PEM form.");
});
