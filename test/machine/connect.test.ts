import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { utils } from "ssh2";
import { MachineError, openSession, type MachineAccess, type SshSettings } from "../../lib/machine";
import { Sandbox } from "../support/sandbox";
import { TestClock } from "../support/test-clock";
import { useEach } from "../support/use-each";
import { useSimulator } from "../support/use-simulator";

const simulator = useSimulator({ hosts: 2 });
const sandbox = useEach(
  () => new Sandbox(),
  (folder) => folder.remove(),
);
const [machine, bastion] = [() => simulator().hosts[0]!, () => simulator().hosts[1]!];

const before = { ...process.env };
afterEach(() => {
  process.env = { ...before };
});
beforeEach(() => {
  delete process.env.SSH_AUTH_SOCK;
});

function access(overrides: Partial<MachineAccess> = {}): MachineAccess {
  const { sshHost: host, sshPort: port, user, hostKey, privateKeyFile } = machine();
  return { host, port, user, hostKey, privateKeyFile, connectTimeoutMs: 1000, ...overrides };
}

function open(overrides: Partial<MachineAccess> = {}, settings: SshSettings = {}) {
  const clock = new TestClock();
  const { signal } = new AbortController();
  return openSession(access(overrides), {
    settings,
    signal,
    now: () => clock.now(),
    sleep: (milliseconds, stop) => clock.sleep(milliseconds, stop),
  });
}

async function greeting(overrides: Partial<MachineAccess> = {}, settings: SshSettings = {}): Promise<string> {
  const session = await open(overrides, settings);
  const { whoami } = await session.run(
    { whoami: 'echo "$NAME on $(hostname)"' },
    { environment: { NAME: "it's" }, signal: new AbortController().signal },
  );
  session.close();
  return whoami.output;
}

/** The private key of the host under another path. */
function copyOfKey(name: string): string {
  return sandbox().writeFile(name, readFileSync(machine().privateKeyFile, "utf8"));
}

function foreignKey(name = "foreign"): string {
  const key = utils.generateKeyPairSync("ecdsa", { bits: 256 });
  return sandbox().writeFile(name, key.private);
}

async function failure(overrides: Partial<MachineAccess>, settings: SshSettings = {}): Promise<MachineError> {
  const error: unknown = await open(overrides, settings).catch((reason: unknown) => reason);
  if (!(error instanceof MachineError)) throw error;
  return error;
}

test("commands run one by one, each with its own exit code and output, whatever one of them does", async () => {
  const session = await open();
  const results = await session.run(
    { broken: "echo some; exit 3", quoted: `printf '%s' "a'b"`, missing: "no-such-command", last: "echo last" },
    { environment: {}, signal: new AbortController().signal },
  );
  session.close();

  expect(results).toMatchObject({
    broken: { exitCode: 3, output: "some" },
    quoted: { exitCode: 0, output: "a'b" },
    missing: { exitCode: 127 },
    last: { exitCode: 0, output: "last" },
  });
});

test("a command on a connection that is cut is an error, not an answer", async () => {
  const session = await open();
  const running = session.run({ wait: "sleep 60" }, { environment: {}, signal: new AbortController().signal });
  machine().cutConnections();

  await expect(running).rejects.toMatchObject({ reason: "unreachable" });
});

test("a bastion with keys of its own leads to the host", async () => {
  const { sshHost: host, sshPort: port, user, hostKey, privateKeyFile } = bastion();

  expect(await greeting({ bastion: { host, port, user, hostKey, privateKeyFile } })).toBe(
    `it's on host-${machine().hostIp.replaceAll(".", "-")}`,
  );
});

test("a bastion that presents another key is refused before the host is asked", async () => {
  const { sshHost: host, sshPort: port, user, privateKeyFile } = bastion();
  const { reason, message } = await failure({
    bastion: { host, port, user, hostKey: machine().hostKey, privateKeyFile },
  });

  expect(reason).toBe("host-key");
  expect(message).toContain(`:${port} presents another host key than the stored one`);
  expect(machine().commands).toEqual([]);
});

test("a host that presents another key is refused at once", async () => {
  const { reason, message } = await failure({ hostKey: bastion().hostKey, connectTimeoutMs: 3_600_000 });

  expect(reason).toBe("host-key");
  expect(message).toContain("set the host key to the new one if it is right");
});

test("an empty host key accepts any, a missing one none", async () => {
  expect(await greeting({ hostKey: "" })).toContain("host-");
  expect((await failure({ hostKey: null })).message).toContain("No host key");
});

test("a host that does not answer is tried until its time is over", async () => {
  machine().disconnect();
  const { reason, message } = await failure({ connectTimeoutMs: 60_000 });

  expect(reason).toBe("unreachable");
  expect(message).toContain(`127.0.0.1:${machine().sshPort}`);
});

describe("keys are looked for where Terraform runs", () => {
  test("the provider's file comes before the path as it was written", async () => {
    const configured = copyOfKey("configured");

    expect(await greeting({ privateKeyFile: "/nowhere/key" }, { privateKeyFile: configured })).toContain("host-");
    expect((await failure({}, { privateKeyFile: foreignKey() })).message).toContain("accepts none of these keys");
  });

  test("the agent comes before the path as it was written, which is tried next", async () => {
    process.env.SSH_AUTH_SOCK = join(sandbox().folder, "no-agent");

    expect(await greeting()).toContain("host-");
  });

  test("where no key is, the error names all places, and how to give one", async () => {
    const { reason, message } = await failure({ privateKeyFile: "~/.ssh/of-another-machine" }, { agent: false });

    expect(reason).toBe("key");
    expect(message).toContain("ECE_SSH_PRIVATE_KEY_FILE");
    expect(message).toContain("~/.ssh/of-another-machine is not on this machine");
    expect(message).toContain("the SSH agent is switched off");
  });

  test("an encrypted key is for the agent, and the error says so without its text", async () => {
    const encrypted = utils.generateKeyPairSync("ecdsa", { bits: 256, passphrase: "x", cipher: "aes256-cbc" });
    const file = join(sandbox().folder, "encrypted");
    writeFileSync(file, encrypted.private);
    const { message } = await failure({ privateKeyFile: file });

    expect(message).toContain(`ssh-add ${file}`);
    expect(message).not.toContain("PRIVATE KEY-----");
  });

  test("a file that is no key is an error that names it", async () => {
    const { message } = await failure({ privateKeyFile: sandbox().writeFile("text", "hello") });

    expect(message).toContain("holds no private key");
  });

  test("a key that the host does not take is an error that names it", async () => {
    const file = foreignKey();

    expect((await failure({ privateKeyFile: file })).message).toContain(`accepts none of these keys: ${file}`);
  });
});
