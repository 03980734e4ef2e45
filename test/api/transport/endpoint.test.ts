import { checkCaCertificate, parseEndpoint, parseEndpoints } from "../../../lib/api/transport/endpoint";
import { TestAuthority } from "../../support/certificates";

test.each([
  ["https://ece.example:12443", "https://ece.example:12443"],
  ["https://ece.example:12443/", "https://ece.example:12443"],
  ["HTTPS://ECE.example", "https://ece.example"],
  ["https://lb.example/ece//", "https://lb.example/ece"],
  ["https://ece.example:12443/api/v1/", "https://ece.example:12443"],
  ["http://[::1]:12400", "http://[::1]:12400"],
])("%s is taken as %s", (given, taken) => {
  expect(parseEndpoint(given)).toBe(taken);
});

test.each(["ece.example:12443", "10.0.0.10", "", "ftp://ece.example"])("%j is refused with an example", (given) => {
  const example: unknown = expect.objectContaining({ remedy: expect.stringContaining("https://HOST:12443") as string });

  expect(() => parseEndpoint(given)).toThrow(example as Error);
});

test("a query is refused", () => {
  expect(() => parseEndpoint("https://ece.example/?q=1")).toThrow("must not have a query");
});

test.each(["https://admin:hush@ece.example", "admin:hush@ece.example:12443", "https:/admin:hush@ece.example"])(
  "credentials in the endpoint are refused without showing them: %s",
  (given) => {
    expect(() => parseEndpoint(given)).toThrow(/^The endpoint holds a user name or a password\.$/);
  },
);

test("several endpoints stand in their order, each once", () => {
  const given = "https://one.example:12443/, https://two.example ,https://one.example:12443";

  expect(parseEndpoints(given)).toEqual(["https://one.example:12443", "https://two.example"]);
  expect(parseEndpoints("https://one.example")).toEqual(["https://one.example"]);
});

test.each([
  ["https://one.example,two.example", 'Endpoint 2 of 2: The endpoint "two.example" is not'],
  ["https://one.example,,https://two.example", 'Endpoint 2 of 3: The endpoint "" is not'],
  ["https://a:hush@one.example,https://two.example", "Endpoint 1 of 2: The endpoint holds a user name"],
])("of several endpoints, the one that is none is named by its place: %s", (given, message) => {
  expect(() => parseEndpoints(given)).toThrow(message);
});

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
