import { createLog, logLevel, type LogLevel } from "../../../lib/plugin/log";

const JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI0MiJ9.c2lnbmF0dXJl";

function recorder(level: LogLevel | "off" = "trace") {
  const lines: string[] = [];
  return { lines, log: createLog({ level, write: (line) => lines.push(line) }) };
}

test("an entry is one line of hclog's JSON", () => {
  const { log, lines } = recorder();

  log.info("listening\nnow", { port: 7, "@level": "error" });

  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(/^\{.*\}\n$/);
  expect(JSON.parse(lines[0]!)).toEqual({
    "@level": "info",
    "@message": "listening\nnow",
    "@module": "provider",
    // go-plugin parses nothing but six decimals.
    "@timestamp": expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/) as string,
    port: 7,
  });
});

test("entries below the level are not written", () => {
  const { log, lines } = recorder("warn");

  log.trace("t");
  log.debug("d");
  log.info("i");
  log.warn("w");
  log.error("e");

  expect(lines.map((line) => (JSON.parse(line) as { "@message": string })["@message"])).toEqual(["w", "e"]);
});

test("nothing is written when the log is off", () => {
  const { log, lines } = recorder("off");

  log.error("e");

  expect(lines).toEqual([]);
});

test.each<[NodeJS.ProcessEnv, string]>([
  [{}, "off"],
  [{ TF_LOG: "" }, "off"],
  [{ TF_LOG: "DEBUG" }, "debug"],
  [{ TF_LOG: "json" }, "trace"],
  [{ TF_LOG: "TRACE", TF_LOG_PROVIDER: "warn" }, "warn"],
  [{ TF_LOG: "TRACE", TF_LOG_PROVIDER: "off" }, "off"],
  [{ TF_LOG: "loud" }, "trace"],
])("%j asks for %s", (environment, level) => {
  expect(logLevel(environment)).toBe(level);
});

describe("secrets", () => {
  test("a registered secret is replaced in messages, fields, nested fields and errors", () => {
    const { log, lines } = recorder();
    log.redact('p"ss\nword');
    log.redact('p"ss\nword-longer');

    log.debug('with p"ss\nword', {
      url: '/?p=p"ss\nword-longer',
      request: { headers: ['x p"ss\nword'] },
      error: new Error('bad p"ss\nword'),
    });

    expect(lines[0]).not.toMatch(/ss\\nword|longer/);
    expect(lines[0]).toContain("with (redacted)");
    expect(lines[0]).toContain("Error: bad (redacted)");
  });

  test.each([
    [`token ${JWT}, then`, "token (redacted), then"],
    ["Authorization: Basic dXNlcjpwYXNz", "Authorization: (redacted)"],
    ['{"authorization":"ApiKey abc"}', '{"authorization":"(redacted)"}'],
    ["sent Bearer abcdefghij0123456789==", "sent Bearer (redacted)"],
    ["-----BEGIN EC PRIVATE KEY-----\nMIG\n-----END EC PRIVATE KEY-----\nmore", "(redacted)\nmore"],
    ["Basic authentication is off", "Basic authentication is off"],
  ])("what looks like a credential is replaced: %j", (text, shown) => {
    const { log, lines } = recorder();

    log.debug(text);

    expect((JSON.parse(lines[0]!) as { "@message": string })["@message"]).toBe(shown);
    expect(log.withoutSecrets(text)).toBe(shown);
  });

  test("a field that is an authorization is replaced whatever it holds", () => {
    const { log, lines } = recorder();

    log.debug("request", { headers: { Authorization: "x" } });

    expect(JSON.parse(lines[0]!)).toMatchObject({ headers: { Authorization: "(redacted)" } });
  });

  test("an empty secret replaces nothing", () => {
    const { log } = recorder();
    log.redact("");

    expect(log.withoutSecrets("text")).toBe("text");
  });
});
