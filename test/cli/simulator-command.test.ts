import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, symlinkSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { LOOPBACK, SHOWS_PROCESSES, listeningAddresses, processTree, processesWith } from "../support/processes";
import { COMMAND_FILE, useCommandLine } from "./command-line";

const commandLine = useCommandLine();
const itWithCurl = spawnSync("curl", ["--version"]).error === undefined ? it : it.skip;

afterEach(() => {
  if (SHOWS_PROCESSES) processesWith(commandLine.sandbox.folder).forEach((id) => process.kill(id));
});

interface Description {
  readonly endpoint: string;
  readonly username: string;
  readonly password: string;
  readonly apiKey: string;
  readonly caCertificateFile: string;
  readonly hosts: object[];
}

/** Runs `use` while the simulator runs, then ends that with a signal; gives its exit code and everything it printed. */
async function whileSimulating(
  signal: NodeJS.Signals,
  use: (description: Description, processId: number) => void | Promise<void>,
): Promise<{ exitCode: number; lines: string[] }> {
  const simulator = spawn(process.execPath, [COMMAND_FILE, "simulator", "--port", "0", "--hosts", "2"], {
    env: commandLine.sandbox.env,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const lines: string[] = [];
  const output = createInterface(simulator.stdout).on("line", (line) => lines.push(line));
  const ended = once(simulator, "close");
  try {
    await Promise.race([once(output, "line"), ended]);
    await use(JSON.parse(lines[0] ?? "") as Description, simulator.pid ?? 0);
  } finally {
    simulator.kill(signal);
    await ended;
  }
  return { exitCode: simulator.exitCode ?? -1, lines };
}

function temporaryFiles(): string[] {
  return readdirSync(commandLine.sandbox.env.TMPDIR ?? "");
}

test.each(["SIGTERM", "SIGINT", "SIGHUP"] as const)(
  "describes itself in one line of JSON, and ends in order on %s",
  async (signal) => {
    const { exitCode, lines } = await whileSimulating(signal, (description) => {
      expect(description).toEqual({
        endpoint: expect.stringMatching(/^https:\/\/127\.0\.0\.1:\d+$/) as string,
        username: "admin",
        password: expect.any(String) as string,
        apiKey: expect.any(String) as string,
        caCertificateFile: expect.any(String) as string,
        hosts: ["192.168.44.11", "192.168.44.12"].map((runnerId) => ({
          runnerId,
          sshHost: "127.0.0.1",
          sshPort: expect.any(Number) as number,
          user: "elastic",
          privateKeyFile: expect.any(String) as string,
          hostKey: expect.stringMatching(/^ssh-ed25519 /) as string,
        })),
      });
      expect(existsSync(description.caCertificateFile)).toBe(true);
    });

    expect(exitCode).toBe(0);
    expect(lines).toHaveLength(1);
    expect(temporaryFiles()).toEqual([]);
  },
);

(SHOWS_PROCESSES ? it : it.skip)("listens on loopback only", async () => {
  await whileSimulating("SIGTERM", (_, processId) => {
    const addresses = listeningAddresses(processTree(processId));

    expect(addresses.length).toBeGreaterThan(2);
    expect(LOOPBACK).toEqual(expect.arrayContaining(addresses));
  });
});

itWithCurl("is controlled with curl by the credentials that it printed", async () => {
  await whileSimulating("SIGTERM", async ({ endpoint, username, password, apiKey, caCertificateFile }) => {
    const curl = async (...args: string[]): Promise<unknown> => {
      const { stdout } = await commandLine.sandbox.run("curl", ["-sS", "--cacert", caCertificateFile, ...args]);
      return JSON.parse(stdout);
    };
    const basic = ["-u", `${username}:${password}`, "-H", "Content-Type: application/json"];
    const fault = { method: "GET", path: "/platform", kind: "status", status: 503, times: 1 };

    await curl(...basic, `${endpoint}/_simulator/faults`, "-d", JSON.stringify(fault));
    const failed = await curl(...basic, `${endpoint}/api/v1/platform`);
    const platform = await curl(...basic, `${endpoint}/api/v1/platform`);
    const state = await curl("-H", `Authorization: ApiKey ${apiKey}`, `${endpoint}/_simulator/state`);
    const requests = await curl(...basic, `${endpoint}/_simulator/requests`);

    expect(failed).toMatchObject({ errors: [{}] });
    expect(platform).toMatchObject({ version: expect.any(String) as string });
    expect(state).toMatchObject({ tokens: [{ live: true }, {}, {}], runners: [{ connected: true }], allocators: [{}] });
    expect(requests).toMatchObject([{ path: "/platform" }, { path: "/platform" }]);
  });
});

(SHOWS_PROCESSES ? it : it.skip)(
  "ends in order when npx is told to end",
  async () => {
    const { sandbox } = commandLine;
    const bin = sandbox.makeFolder("node_modules/.bin");
    symlinkSync(COMMAND_FILE, join(bin, "cdktf-ece"));
    sandbox.writeFile("package.json", "{}");
    const npx = spawn("npx", ["cdktf-ece", "simulator", "--hosts", "1"], {
      cwd: sandbox.folder,
      env: { ...sandbox.env, npm_config_cache: sandbox.makeFolder("npm"), npm_config_offline: "true" },
      stdio: ["ignore", "pipe", "inherit"],
    });
    // The pipe closes with the last process that writes to it.
    const ended = once(npx, "close");
    await once(createInterface(npx.stdout), "line");

    npx.kill("SIGTERM");
    await ended;

    expect(temporaryFiles()).toEqual([]);
  },
  30_000,
);

test("says in one line that its port is in use", async () => {
  const other = createServer().listen(0, "127.0.0.1");
  await once(other, "listening");
  const { port } = other.address() as AddressInfo;

  const refusal = await commandLine.run(["simulator", "--port", String(port)]);
  other.close();

  expect(refusal).toMatchObject({
    exitCode: 1,
    stdout: "",
    stderr: `Port ${port} of 127.0.0.1 is in use; name another with --port, or 0 for a free one.\n`,
  });
  expect(temporaryFiles()).toEqual([]);
});
