import type { ApiWarning } from "../../../lib/api";
import { createClient, StubPlatform, stopAll } from "../stub-platform";

const NOW = new Date("2026-03-01T00:00:00Z");
const API_KEY = { kind: "api-key", apiKey: "a2V5" } as const;

afterEach(stopAll);

test("plain http is warned about", () => {
  expect(warningsOf("http://ece.example:12400", {})).toMatchObject([{ kind: "plain-http" }]);
});

test("insecure is warned about, for each client", () => {
  expect(warningsOf("https://ece.example", { insecure: true })).toMatchObject([{ kind: "insecure" }]);
  expect(warningsOf("https://ece.example", { insecure: true })).toMatchObject([{ kind: "insecure" }]);
});

test("https with a checked certificate gives no warning", () => {
  expect(warningsOf("https://ece.example", {})).toEqual([]);
});

test.each([
  ["a date", "2026-03-10T08:00:00Z"],
  ["seconds", String(Date.parse("2026-03-10T08:00:00Z") / 1000)],
  ["milliseconds", String(Date.parse("2026-03-10T08:00:00Z"))],
])("an API key that expires soon is warned about once, when the header gives %s", async (_form, header) => {
  const warnings = await keyWarnings(header);

  expect(warnings).toHaveLength(1);
  expect(warnings[0]).toMatchObject({
    kind: "api-key-expires",
    summary: "The ECE API key expires on 2026-03-10",
    detail: expect.stringContaining("2026-03-10T08:00:00.000Z") as string,
  });
});

test.each([
  ["expires later", "2026-06-01T00:00:00Z"],
  ["has a date that nobody can read", "never"],
])("an API key that %s is not warned about", async (_case, header) => {
  expect(await keyWarnings(header)).toEqual([]);
});

function warningsOf(endpoint: string, options: { insecure?: boolean }): ApiWarning[] {
  const warnings: ApiWarning[] = [];
  createClient(endpoint, { ...options, onWarning: (warning) => warnings.push(warning) });
  return warnings;
}

async function keyWarnings(header: string): Promise<ApiWarning[]> {
  const stub = await StubPlatform.start(() => ({ headers: { "X-Elastic-Api-Key-Expiration": header } }));
  const warnings: ApiWarning[] = [];
  const client = createClient(stub.endpoint, {
    credentials: API_KEY,
    now: () => NOW,
    onWarning: (warning) => warnings.push(warning),
  });
  await client.authentication.whoAmI();
  await client.authentication.whoAmI();
  return warnings.filter(({ kind }) => kind === "api-key-expires");
}
