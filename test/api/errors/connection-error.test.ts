import { type AddressInfo, createServer as createTcpServer } from "node:net";
import { EceConnectionError, EceError } from "../../../lib/api";
import { TestAuthority } from "../../support/certificates";
import { ConnectProxy } from "../../support/connect-proxy";
import { createClient, failureOf, StubPlatform, stopAll, TimeLimits } from "../stub-platform";

const PLATFORM = { body: { version: "4.0.3" } };

afterEach(stopAll);

describe("certificates", () => {
  let authority: TestAuthority;
  beforeAll(async () => {
    authority = await TestAuthority.create();
  });

  test("a platform whose authority is given is trusted", async () => {
    const stub = await StubPlatform.start(() => PLATFORM, { tls: await authority.issue() });

    const platform = await createClient(stub.endpoint, { caCertificate: authority.pem }).platform.get();

    expect(platform.version).toBe("4.0.3");
  });

  test("an intermediate authority is enough, because servers rarely show their root", async () => {
    const intermediate = await authority.createIntermediate();
    const stub = await StubPlatform.start(() => PLATFORM, { tls: await intermediate.issue() });

    await expect(
      createClient(stub.endpoint, { caCertificate: intermediate.pem }).platform.get(),
    ).resolves.toBeDefined();
  });

  test("an unknown authority is refused with the way to get it, and not tried again", async () => {
    const stub = await StubPlatform.start(() => PLATFORM, { tls: await authority.issue() });
    const attempts: number[] = [];

    const failure = await failureOf(
      createClient(stub.endpoint, { log: ({ attempt }) => attempts.push(attempt) }).platform.get(),
    );

    expect(failure).toBeInstanceOf(EceConnectionError);
    expect(failure).toMatchObject({ reason: "certificate", outcomeUnknown: false });
    const { remedy } = failure as EceError;
    expect(remedy).toContain(`openssl s_client -showcerts -connect 127.0.0.1:${stub.port}`);
    expect(remedy).toContain("LAST");
    expect(remedy).toContain("ca_certificate_file");
    expect(attempts).toEqual([1]);
    expect(stub.requests).toEqual([]);
  });

  test("another authority than the platform's is refused", async () => {
    const stub = await StubPlatform.start(() => PLATFORM, { tls: await authority.issue() });
    const other = await TestAuthority.create("somebody else");

    const failure = await failureOf(createClient(stub.endpoint, { caCertificate: other.pem }).platform.get());

    expect(failure).toMatchObject({ reason: "certificate" });
  });

  test("a certificate for another name is refused with what to do about the name", async () => {
    const stub = await StubPlatform.start(() => PLATFORM, { tls: await authority.issue(["coordinator.example"]) });

    const failure = await failureOf(createClient(stub.endpoint, { caCertificate: authority.pem }).platform.get());

    expect(failure).toMatchObject({ reason: "certificate" });
    expect((failure as EceError).remedy).toContain("does not name 127.0.0.1");
  });

  test.each(["coordinator.example", "10.1.2.3"])(
    "the certificate can be asked for by another name, such as %s",
    async (name) => {
      const stub = await StubPlatform.start(() => PLATFORM, { tls: await authority.issue([name]) });
      const connect = (tlsServerName: string) =>
        createClient(stub.endpoint, { caCertificate: authority.pem, tlsServerName }).platform.get();

      const platform = await connect(name);
      const failure = await failureOf(connect("other.example"));

      expect(platform.version).toBe("4.0.3");
      expect(failure).toMatchObject({ reason: "certificate" });
    },
  );

  test("an expired certificate is refused with what to do about its date", async () => {
    const tls = await authority.issue(undefined, { expired: true });
    const stub = await StubPlatform.start(() => PLATFORM, { tls });

    const failure = await failureOf(createClient(stub.endpoint, { caCertificate: authority.pem }).platform.get());

    expect(failure).toMatchObject({ reason: "certificate" });
    expect((failure as EceError).remedy).toContain("Renew");
  });

  test("insecure accepts any certificate", async () => {
    const stub = await StubPlatform.start(() => PLATFORM, { tls: await authority.issue(["elsewhere"]) });

    await expect(createClient(stub.endpoint, { insecure: true }).platform.get()).resolves.toBeDefined();
  });

  test("https to a port that speaks http names the ports", async () => {
    const stub = await StubPlatform.start(() => PLATFORM);

    const failure = await failureOf(createClient(stub.endpoint.replace("http:", "https:")).platform.get());

    expect(failure).toMatchObject({ reason: "tls" });
    expect((failure as EceError).remedy).toContain("https on port 12443");
  });

  describe("through a proxy of the environment", () => {
    let proxy: ConnectProxy;
    const before = { ...process.env };

    beforeEach(async () => {
      proxy = await ConnectProxy.start();
      for (const name of Object.keys(process.env)) if (/_proxy$/i.test(name)) delete process.env[name];
      process.env.HTTPS_PROXY = `http://${proxy.address}`;
    });

    afterEach(async () => {
      process.env = { ...before };
      await stopAll();
      await proxy.stop();
    });

    test("the platform is reached through one tunnel, and its certificate is checked all the same", async () => {
      const stub = await StubPlatform.start(() => PLATFORM, { tls: await authority.issue() });
      const client = createClient(stub.endpoint, { caCertificate: authority.pem });

      await client.platform.get();
      await client.platform.get();
      const untrusted = await failureOf(createClient(stub.endpoint).platform.get());

      expect(stub.requests).toHaveLength(2);
      expect(untrusted).toMatchObject({ reason: "certificate" });
      expect(proxy.tunnels).toEqual([`127.0.0.1:${stub.port}`, `127.0.0.1:${stub.port}`]);
    });

    test("the certificate must name the platform's address, not this machine's", async () => {
      const named = await StubPlatform.start(() => PLATFORM, { tls: await authority.issue(["127.0.0.1"]) });
      const local = await StubPlatform.start(() => PLATFORM, { tls: await authority.issue(["localhost"]) });
      const caCertificate = authority.pem;

      const platform = await createClient(named.endpoint, { caCertificate }).platform.get();
      const failure = await failureOf(createClient(local.endpoint, { caCertificate }).platform.get());

      expect(platform.version).toBe("4.0.3");
      expect(failure).toMatchObject({ reason: "certificate" });
      expect((failure as EceError).remedy).toContain("does not name 127.0.0.1");
    });

    test("the certificate can be asked for by another name", async () => {
      const stub = await StubPlatform.start(() => PLATFORM, { tls: await authority.issue(["coordinator.example"]) });
      const options = { caCertificate: authority.pem, tlsServerName: "coordinator.example" };

      await expect(createClient(stub.endpoint, options).platform.get()).resolves.toBeDefined();
    });

    test("a platform with an IPv6 address is reached", async () => {
      const stub = await StubPlatform.start(() => PLATFORM, { tls: await authority.issue(), host: "::1" });

      await createClient(stub.endpoint, { caCertificate: authority.pem }).platform.get();

      expect(proxy.tunnels).toEqual([`[::1]:${stub.port}`]);
    });

    test.each([
      ["p%40ss%3Aword", "p@ss:word"],
      ["100%", "100%"],
    ])("the proxy's password %s is sent to the proxy alone, as %s", async (written, shown) => {
      const stub = await StubPlatform.start(() => PLATFORM, { tls: await authority.issue() });
      process.env.HTTPS_PROXY = `http://me:${written}@${proxy.address}`;

      await createClient(stub.endpoint, { caCertificate: authority.pem }).platform.get();

      expect(proxy.credentials).toEqual([`me:${shown}`]);
      expect(stub.requests[0]?.headers).not.toHaveProperty("proxy-authorization");
    });

    test("a plain http request is sent to it, with its password", async () => {
      const forward = await StubPlatform.start(() => PLATFORM);
      process.env.HTTP_PROXY = forward.endpoint.replace("//", "//me:p%40ss@");

      await createClient("http://192.0.2.1:12400").platform.get();

      expect(forward.requests[0]?.headers).toMatchObject({
        host: "192.0.2.1:12400",
        "proxy-authorization": `Basic ${Buffer.from("me:p@ss").toString("base64")}`,
      });
    });

    test.each(["127.0.0.1", "*", "127.0.0.0/8", "10.0.0.0/8, ::1/128, 127.0.0.0/30", ".example,127.0.0.1"])(
      "NO_PROXY=%s goes around it",
      async (exempt) => {
        process.env.NO_PROXY = exempt;
        const stub = await StubPlatform.start(() => PLATFORM, { tls: await authority.issue() });

        await createClient(stub.endpoint, { caCertificate: authority.pem }).platform.get();

        expect(proxy.tunnels).toEqual([]);
      },
    );

    test.each(["127.0.0.2", "127.0.0.0/33", "10.0.0.0/8", "::/0"])("NO_PROXY=%s does not", async (exempt) => {
      process.env.NO_PROXY = exempt;
      const stub = await StubPlatform.start(() => PLATFORM, { tls: await authority.issue() });

      await createClient(stub.endpoint, { caCertificate: authority.pem }).platform.get();

      expect(proxy.tunnels).toHaveLength(1);
    });

    test("one that asks for credentials is named in the error, and not asked again", async () => {
      proxy.refusal = "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n";

      const failure = await failureOf(createClient("https://127.0.0.1:9").platform.get());

      expect(failure).toMatchObject({ reason: "proxy", outcomeUnknown: false });
      expect((failure as EceError).message).toContain(`the proxy ${proxy.address} answered 407`);
      expect((failure as EceError).remedy).toContain("HTTPS_PROXY");
      expect(proxy.tunnels).toHaveLength(1);
    });

    test("one that cannot reach the platform is asked again, also for a POST, which cannot have been carried out", async () => {
      proxy.refusal = "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n";
      const client = createClient("https://127.0.0.1:9", { maxRetries: 2 });

      const failure = await failureOf(client.enrollmentTokens.create({ roles: [], persistent: true }));

      expect(failure).toMatchObject({ reason: "proxy", outcomeUnknown: false });
      expect((failure as EceError).remedy).toContain("NO_PROXY");
      expect(proxy.tunnels).toHaveLength(3);
    });

    test("one that never answers is left after the time limit", async () => {
      const limits = new TimeLimits();
      const silent = createTcpServer((socket) => socket.once("data", () => limits.expire()));
      await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
      process.env.HTTPS_PROXY = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
      const { startTimeLimit } = limits;
      const client = createClient("https://127.0.0.1:9", { maxRetries: 0, startTimeLimit });

      const failure = await failureOf(client.platform.get());
      // Ends only when the client has closed its connection.
      await new Promise((resolve) => silent.close(resolve));

      expect(failure).toBeInstanceOf(EceError);
    });

    test("one that hangs up is a broken connection, and asked again where that is safe", async () => {
      proxy.refusal = "";
      const client = createClient("https://127.0.0.1:9", { maxRetries: 1 });

      const reading = await failureOf(client.platform.get());
      const writing = await failureOf(client.enrollmentTokens.create({ roles: [], persistent: true }));

      expect([reading, writing]).toMatchObject([{ reason: "reset" }, { reason: "reset" }]);
      expect(proxy.tunnels).toHaveLength(3);
    });

    test("one that is not there is suspected: the remedy names its variable", async () => {
      await proxy.stop();

      const failure = await failureOf(createClient("https://127.0.0.1:9", { maxRetries: 0 }).platform.get());

      expect(failure).toMatchObject({ reason: "refused" });
      expect((failure as EceError).remedy).toContain("HTTPS_PROXY is set");
    });

    test.each(["socks5://me:hush@127.0.0.1:1080", "http://"])("%s is refused without showing a password", (named) => {
      process.env.HTTPS_PROXY = named;

      expect(() => createClient("https://ece.example")).toThrow(
        /^The environment names a proxy that is no http or https address\.$/,
      );
    });
  });
});

test("a refused connection names the endpoint and the coordinators' ports", async () => {
  const server = createTcpServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));

  const failure = await failureOf(createClient(`https://127.0.0.1:${port}`, { maxRetries: 0 }).platform.get());

  expect(failure).toMatchObject({ reason: "refused" });
  expect((failure as EceError).remedy).toContain(`https://127.0.0.1:${port}`);
  expect((failure as EceError).remedy).toContain("12443");
});

test("a host name that does not exist is not tried again", async () => {
  const attempts: number[] = [];
  const client = createClient("https://coordinator.invalid:12443", {
    maxRetries: 1,
    log: ({ attempt }) => attempts.push(attempt),
  });

  const failure = await failureOf(client.platform.get());

  // Where there is no name server at all, the answer is that it cannot be asked, which may pass.
  expect(failure).toMatchObject({ reason: "dns", outcomeUnknown: false });
  expect((failure as EceError).remedy).toContain("coordinator.invalid");
  if ((failure as Error).message.includes("ENOTFOUND")) expect(attempts).toEqual([1]);
});
