import { execFile, spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { connect } from "node:net";
import { networkInterfaces } from "node:os";
import { promisify } from "node:util";

import { Simulator } from "../../lib/simulator";
import { call, errorCode } from "./http-call";
import { useSimulator } from "../support/use-simulator";

const describeWithCurl = spawnSync("curl", ["--version"]).error === undefined ? describe : describe.skip;
const TOKENS = "/api/v1/platform/configuration/security/enrollment-tokens";

describeWithCurl("the commands of Elastic's documentation", () => {
  const simulator = useSimulator();

  async function curl(...args: string[]): Promise<unknown> {
    const credentials = ["-u", `admin:${simulator().password}`, "--cacert", simulator().caCertificateFile];
    const { stdout } = await promisify(execFile)("curl", ["-sS", "--fail-with-body", ...credentials, ...args]);
    return JSON.parse(stdout);
  }

  test("create an ephemeral roles token", async () => {
    const reply = await curl(
      "-XPOST",
      "-H",
      "Content-Type: application/json",
      `${simulator().endpoint}${TOKENS}`,
      "-d",
      '{ "persistent": false, "roles": [ "allocator"] }',
    );

    expect(reply).toEqual({ token: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/) as string });
  });

  test("create, list and revoke a persistent roles token", async () => {
    const url = `${simulator().endpoint}${TOKENS}`;
    const json = ["-H", "Content-Type: application/json"];

    const made = (await curl("-XPOST", ...json, url, "-d", '{ "persistent": true, "roles": [ "allocator"] }')) as {
      token_id: string;
    };
    const listed = await curl(url);
    const revoked = await curl("-XDELETE", ...json, `${url}/${made.token_id}`);

    expect(made).toEqual({ token: expect.any(String) as string, token_id: expect.any(String) as string });
    expect(listed).toMatchObject({
      tokens: [{ roles: [] }, {}, {}, { token_id: made.token_id, roles: ["allocator"] }],
    });
    expect(revoked).toEqual({});
    expect(
      simulator()
        .state()
        .tokens.filter(({ live }) => live),
    ).toHaveLength(3);
  });

  test("list the allocators by zone", async () => {
    const reply = await curl(`${simulator().endpoint}/api/v1/platform/infrastructure/allocators`);

    expect(reply).toMatchObject({
      zones: [{ zone_id: "ece-zone-1", allocators: [{ allocator_id: "192.168.44.10" }] }],
    });
  });
});

describe("Simulator", () => {
  const running = useSimulator();

  test("answers both path forms", async () => {
    const paths = [
      "/api/v1/platform/infrastructure/runners",
      "/api/v1/regions/ece-region/platform/infrastructure/runners",
    ];
    const [short, long] = await Promise.all(paths.map((path) => call(running(), "GET", path)));

    expect(short?.status).toBe(200);
    expect(short?.body).toEqual(long?.body);
  });

  test("is trusted only through its certificate authority", async () => {
    const simulator = running();

    await expect(fetch(`${simulator.endpoint}/api/v1/platform`)).rejects.toMatchObject({
      cause: { code: "SELF_SIGNED_CERT_IN_CHAIN" },
    });
    expect(readFileSync(simulator.caCertificateFile, "utf8")).toBe(simulator.caCertificate);
  });

  test("listens on loopback only", async () => {
    const simulator = running();
    const port = Number(new URL(simulator.endpoint).port);
    const addresses = Object.values(networkInterfaces()).flatMap((one) => one ?? []);
    const outside = addresses.filter(({ internal, family }) => !internal && family === "IPv4");

    for (const { address } of outside) {
      const outcome = await new Promise((resolve) => {
        const socket = connect(port, address, () => resolve("connected")).on("error", () => resolve("refused"));
        socket.unref();
      });
      expect([address, outcome]).toEqual([address, "refused"]);
    }
  });

  test("rejects at stop() if there were calls to unknown routes, and names these", async () => {
    const simulator = await Simulator.start();

    const reply = await call(simulator, "PATCH", "/api/v1/platform/license");
    await call(simulator, "PATCH", `/api/v1/tokens/${simulator.platform.tokens.all()[0]?.token}`);

    expect([reply.status, errorCode(reply)]).toEqual([501, "simulator.unknown_route"]);
    expect(reply.text).toContain("PATCH /platform/license");
    expect(simulator.requests).toMatchObject([{ method: "PATCH", path: "/platform/license", status: 501 }, {}]);
    await expect(simulator.stop()).rejects.toThrow(
      "does not simulate: PATCH /platform/license, PATCH /tokens/[redacted]",
    );
  });

  test("does not reject at stop() if failOnUnknownRoute is false", async () => {
    const simulator = await Simulator.start({ failOnUnknownRoute: false });
    await call(simulator, "GET", "/");

    await expect(simulator.stop()).resolves.toBeUndefined();
  });

  test("leaves no listener, no file, and no delayed call that would keep the process alive", async () => {
    const simulator = await Simulator.start();
    const timers = countTimers();
    simulator.faults.add({ path: "/platform", kind: "delay", milliseconds: 600_000 });
    const delayed = call(simulator, "GET", "/api/v1/platform").catch((error: NodeJS.ErrnoException) => error.code);
    await new Promise<void>((resolve) => {
      const look = () => (countTimers() > timers ? resolve() : setImmediate(look));
      look();
    });

    await simulator.stop();

    expect(await delayed).toBe("ECONNRESET");
    expect(countTimers()).toBe(timers);
    expect(existsSync(simulator.caCertificateFile)).toBe(false);
    await expect(call(simulator, "GET", "/api/v1/platform")).rejects.toMatchObject({ code: "ECONNREFUSED" });
  });

  test("does not start on a port that is taken", async () => {
    const simulator = running();
    const port = Number(new URL(simulator.endpoint).port);

    await expect(Simulator.start({ port })).rejects.toMatchObject({ code: "EADDRINUSE" });
  });

  describe("with hosts", () => {
    const withHosts = useSimulator({ hosts: 2 });

    test("starts the given number of hosts, with a runner id each", () => {
      expect(withHosts().hosts.map(({ runnerId }) => runnerId)).toEqual(["192.168.44.11", "192.168.44.12"]);
    });
  });
});

function countTimers(): number {
  return process.getActiveResourcesInfo().filter((resource) => resource === "Timeout").length;
}
