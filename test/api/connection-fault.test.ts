import { createServer, type Server } from "node:http";
import { type AddressInfo, connect, createServer as createTcpServer } from "node:net";
import { EceConnectionError, type EceError } from "../../lib/api";
import { TestAuthority } from "../support/certificates";
import { createClient, failureOf, StubPlatform, stopAll } from "./stub-platform";

const PLATFORM = { body: { version: "4.0.3" } };

afterEach(stopAll);

describe("certificates", () => {
  let authority: TestAuthority;
  beforeAll(async () => {
    authority = await TestAuthority.create();
  });

  it("a platform whose authority is given is trusted", async () => {
    const stub = await StubPlatform.start(() => PLATFORM, { tls: await authority.issue() });

    const platform = await createClient(stub.endpoint, { caCertificate: authority.pem }).platform.get();

    expect(platform.version).toBe("4.0.3");
  });

  it("an intermediate authority is enough, because servers rarely show their root", async () => {
    const intermediate = await authority.createIntermediate();
    const stub = await StubPlatform.start(() => PLATFORM, { tls: await intermediate.issue() });

    await expect(
      createClient(stub.endpoint, { caCertificate: intermediate.pem }).platform.get(),
    ).resolves.toBeDefined();
  });

  it("an unknown authority is refused with the way to get it, and not tried again", async () => {
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

  it("an authority that is not the platform's is refused", async () => {
    const stub = await StubPlatform.start(() => PLATFORM, { tls: await authority.issue() });
    const other = await TestAuthority.create("somebody else");

    const failure = await failureOf(createClient(stub.endpoint, { caCertificate: other.pem }).platform.get());

    expect(failure).toMatchObject({ reason: "certificate" });
  });

  it("a certificate for another name is refused with what to do about the name", async () => {
    const stub = await StubPlatform.start(() => PLATFORM, { tls: await authority.issue(["coordinator.example"]) });

    const failure = await failureOf(createClient(stub.endpoint, { caCertificate: authority.pem }).platform.get());

    expect(failure).toMatchObject({ reason: "certificate" });
    expect((failure as EceError).remedy).toContain("does not name 127.0.0.1");
  });

  it("an expired certificate is refused with what to do about its date", async () => {
    const tls = await authority.issue(undefined, { expired: true });
    const stub = await StubPlatform.start(() => PLATFORM, { tls });

    const failure = await failureOf(createClient(stub.endpoint, { caCertificate: authority.pem }).platform.get());

    expect(failure).toMatchObject({ reason: "certificate" });
    expect((failure as EceError).remedy).toContain("Renew");
  });

  it("insecure takes any certificate", async () => {
    const stub = await StubPlatform.start(() => PLATFORM, { tls: await authority.issue(["elsewhere"]) });

    await expect(createClient(stub.endpoint, { insecure: true }).platform.get()).resolves.toBeDefined();
  });

  it("https to a port that speaks http names the ports", async () => {
    const stub = await StubPlatform.start(() => PLATFORM);

    const failure = await failureOf(createClient(stub.endpoint.replace("http:", "https:")).platform.get());

    expect(failure).toMatchObject({ reason: "tls" });
    expect((failure as EceError).remedy).toContain("https on port 12443");
  });

  describe("through a proxy of the environment", () => {
    let proxy: Server;
    let tunnels: string[];
    let refuseWith: string | undefined;
    const before = { ...process.env };

    beforeEach(async () => {
      tunnels = [];
      refuseWith = undefined;
      proxy = createServer();
      proxy.on("connect", (request, client, head) => {
        tunnels.push(request.url ?? "");
        if (refuseWith) return client.end(refuseWith);
        const [host, port] = (request.url ?? "").split(":");
        const upstream = connect(Number(port), host, () => {
          client.write("HTTP/1.1 200 Connection established\r\n\r\n");
          upstream.write(head);
          upstream.pipe(client).pipe(upstream);
        });
        upstream.on("error", () => undefined).on("close", () => client.destroy());
        client.on("error", () => upstream.destroy());
        return undefined;
      });
      await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
      process.env.HTTPS_PROXY = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
      delete process.env.NO_PROXY;
      delete process.env.no_proxy;
    });

    afterEach(async () => {
      process.env = { ...before };
      await stopAll();
      await new Promise((resolve) => proxy.close(resolve));
    });

    it("the platform is reached through a tunnel, and its certificate is checked all the same", async () => {
      const stub = await StubPlatform.start(() => PLATFORM, { tls: await authority.issue() });

      await createClient(stub.endpoint, { caCertificate: authority.pem }).platform.get();
      const untrusted = await failureOf(createClient(stub.endpoint).platform.get());

      expect(tunnels).toEqual([`127.0.0.1:${stub.port}`, `127.0.0.1:${stub.port}`]);
      expect(stub.requests).toHaveLength(1);
      expect(untrusted).toMatchObject({ reason: "certificate" });
    });

    it("NO_PROXY goes around it", async () => {
      process.env.NO_PROXY = "127.0.0.1";
      const stub = await StubPlatform.start(() => PLATFORM, { tls: await authority.issue() });

      await createClient(stub.endpoint, { caCertificate: authority.pem }).platform.get();

      expect(tunnels).toEqual([]);
    });

    it("a proxy that wants credentials is named as the one who does", async () => {
      refuseWith = "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n";
      const failure = await failureOf(createClient("https://127.0.0.1:9").platform.get());

      expect(failure).toMatchObject({ status: 407 });
      expect((failure as EceError).remedy).toContain("HTTPS_PROXY");
    });

    it("a proxy that is not there is suspected by the name of its variable", async () => {
      proxy.close();
      const failure = await failureOf(createClient("https://127.0.0.1:9", { maxRetries: 0 }).platform.get());

      expect(failure).toMatchObject({ reason: "refused" });
      expect((failure as EceError).remedy).toContain("HTTPS_PROXY is set");
    });
  });
});

it("a refused connection names the endpoint and the coordinators' ports", async () => {
  const server = createTcpServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));

  const failure = await failureOf(createClient(`https://127.0.0.1:${port}`, { maxRetries: 0 }).platform.get());

  expect(failure).toMatchObject({ reason: "refused" });
  expect((failure as EceError).remedy).toContain(`https://127.0.0.1:${port}`);
  expect((failure as EceError).remedy).toContain("12443");
});

it("a host name that does not exist is not tried again", async () => {
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
