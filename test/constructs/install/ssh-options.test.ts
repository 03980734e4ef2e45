import { HostKey } from "../../../lib";
import { HOST_KEY_LINE } from "../synthesis";

test("takes the type and the key of a public key line, without its comment", () => {
  expect(HostKey.of(`${HOST_KEY_LINE} root@host\n`)._line).toBe(HOST_KEY_LINE);
});

test.each([
  "",
  "AAAAC3NzaC1lZDI1NTE5AAAAIJfDB6vQyrNRxwqYVL7qGuPCGTGdxGqEUsLgX1Pqfd3V",
  "ssh-ed25519 not/base64!",
  "ssh-rsa AAAAC3NzaC1lZDI1NTE5AAAAIJfDB6vQyrNRxwqYVL7qGuPCGTGdxGqEUsLgX1Pqfd3V",
  `host.example ${HOST_KEY_LINE}`,
  undefined as unknown as string,
])("refuses %j", (line) => {
  expect(() => HostKey.of(line)).toThrow("is no SSH public key");
});

test("leaves a key that Terraform fills in to Terraform", () => {
  expect(HostKey.of("${TfToken[TOKEN.0]}")._line).toBe("${TfToken[TOKEN.0]}");
});

test("the placeholder of an example is refused as one", () => {
  expect(() => HostKey.of("ssh-ed25519 AAAA…")).toThrow(/the placeholder of an example: give .*ssh-keyscan HOST/);
});
