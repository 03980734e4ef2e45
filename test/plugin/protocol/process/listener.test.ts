import { existsSync, rmSync, statSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { once } from "node:events";
import { dirname } from "node:path";
import { GrpcServer } from "../../../../lib/plugin/protocol/grpc/server";
import { listen } from "../../../../lib/plugin/protocol/process/listener";

let server: GrpcServer;
const folders: string[] = [];

beforeEach(() => (server = new GrpcServer({})));
afterEach(() => {
  server.destroy();
  // Jest's own process does not reach the exit at which a plugin's removes its folder.
  folders.splice(0).forEach((folder) => rmSync(folder, { recursive: true }));
});

test("the socket stands in a folder that only its user can enter", async () => {
  const { network, address } = await listen(server, {}, "linux");
  folders.push(dirname(address));

  expect(network).toBe("unix");
  expect(statSync(address).isSocket()).toBe(true);
  expect(statSync(dirname(address)).mode & 0o777).toBe(0o700);
});

test("the socket stands elsewhere where the path of the temporary folder leaves no room for it", async () => {
  const before = process.env.TMPDIR;
  process.env.TMPDIR = `/tmp/${"x".repeat(90)}`;

  const { address } = await listen(server, {}, "linux").finally(() =>
    before === undefined ? delete process.env.TMPDIR : (process.env.TMPDIR = before),
  );
  folders.push(dirname(address));

  expect(dirname(dirname(address))).toBe("/tmp");
  expect(statSync(address).isSocket()).toBe(true);
  expect(statSync(dirname(address)).mode & 0o777).toBe(0o700);
});

test("each server has a folder of its own", async () => {
  const other = new GrpcServer({});

  const first = await listen(server, {}, "linux");
  const second = await listen(other, {}, "linux");
  other.destroy();
  folders.push(dirname(first.address), dirname(second.address));

  expect(dirname(second.address)).not.toBe(dirname(first.address));
  expect(existsSync(dirname(first.address))).toBe(true);
});

describe("where there are no unix sockets", () => {
  const taken = createServer();
  let port: number;

  beforeAll(async () => {
    taken.listen(0, "127.0.0.1");
    await once(taken, "listening");
    port = (taken.address() as AddressInfo).port;
  });
  afterAll(() => taken.close());

  test("the server listens on the loopback interface", async () => {
    const { network, address } = await listen(server, {}, "win32");

    expect(network).toBe("tcp");
    expect(address).toMatch(/^127\.0\.0\.1:[1-9]\d*$/);
  });

  test("a port that is taken is passed over", async () => {
    const range = { PLUGIN_MIN_PORT: String(port), PLUGIN_MAX_PORT: String(port + 20) };

    const { address } = await listen(server, range, "win32");

    expect(Number(address.split(":")[1])).toBeGreaterThan(port);
    expect(Number(address.split(":")[1])).toBeLessThanOrEqual(port + 20);
  });

  test("a range without a free port is an error that names it", async () => {
    const range = { PLUGIN_MIN_PORT: String(port), PLUGIN_MAX_PORT: String(port) };

    await expect(listen(server, range, "win32")).rejects.toThrow(`between ${port} and ${port}`);
  });
});
