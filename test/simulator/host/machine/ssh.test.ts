import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { printed, SshSession, unknownKey, useHosts } from "../ssh-session";

const startHost = useHosts();

describe("authentication", () => {
  test("refuses other keys, other users and passwords", async () => {
    const { host } = await startHost();

    const refusal = /authentication methods failed/;
    await expect(SshSession.open(host, { privateKey: unknownKey() })).rejects.toThrow(refusal);
    await expect(SshSession.open(host, { username: "root" })).rejects.toThrow(refusal);
    await expect(SshSession.open(host, { privateKey: undefined, password: "elastic" })).rejects.toThrow(refusal);
  });

  test("presents the host key that hostKey shows", async () => {
    const { host } = await startHost();
    const { host: other } = await startHost();

    const keyOfOther = (key: Buffer) => key.toString("base64") === other.hostKey.split(" ")[1];

    expect(host.hostKey).toMatch(/^ssh-ed25519 AAAA\S+$/);
    await expect(SshSession.open(host, { hostVerifier: keyOfOther })).rejects.toThrow(/denied/);
  });
});

describe("commands", () => {
  test("run in the host's home without the simulator's environment", async () => {
    process.env.ECE_PASSWORD = "of-the-simulator";
    const { host, session } = await startHost();

    const { stdout } = await session.run("pwd; env");

    delete process.env.ECE_PASSWORD;
    expect(stdout.split("\n")[0]).toBe(join(host.folder, "home"));
    expect(stdout).toContain(`PATH=${join(host.folder, "bin")}\n`);
    expect(stdout).not.toContain("of-the-simulator");
  });

  test("return their exit code, both streams, and the signal that ended them", async () => {
    const { session } = await startHost();

    expect(await session.run("cat; echo out; echo err >&2; exit 7", "in ")).toEqual({
      exitCode: 7,
      stdout: "in out\n",
      stderr: "err\n",
    });
    expect(await session.run("kill -TERM $$")).toMatchObject({ exitCode: null, signal: "SIGTERM" });
  });

  test("are recorded in order", async () => {
    const { host, session } = await startHost();

    await session.run("true");
    await session.run("false");

    expect(host.commands).toEqual(["true", "false"]);
  });

  test("receive the signals that the client sends", async () => {
    const { session } = await startHost();
    const channel = await session.start(
      "trap 'echo interrupted; exit 3' INT; echo ready; while :; do sleep 0.05; done",
    );
    const exit = new Promise((resolve) => channel.on("exit", resolve));
    await printed(channel, "ready");

    channel.signal("INT");

    await printed(channel, "interrupted");
    expect(await exit).toBe(3);
  });

  test("keep the client waiting only while a background job has their stdout", async () => {
    const { session } = await startHost();

    const held = await session.run("(until [ -e go ]; do sleep 0.05; done; echo late) & echo early; touch go");
    const free = await session.run("(until [ -e never ]; do sleep 0.05; done) >/dev/null 2>&1 </dev/null & echo early");

    expect(held.stdout).toBe("early\nlate\n");
    expect(free.stdout).toBe("early\n");
  });
});

describe("a cut connection", () => {
  const waitFor = (file: string) => `until [ -e ${file} ]; do sleep 0.05; done`;

  test("sends SIGHUP to a command with a terminal", async () => {
    const { host, session } = await startHost();
    const channel = await session.start("trap 'touch hung-up; exit' HUP; echo ready; while :; do sleep 0.05; done", {
      pty: true,
    });
    await printed(channel, "ready");

    host.cutConnections();

    await (await SshSession.open(host)).run(waitFor("hung-up"));
    expect(existsSync(join(host.folder, "home/hung-up"))).toBe(true);
  });

  test("does not stop a command without a terminal until it writes", async () => {
    const { host, session } = await startHost();
    const channel = await session.start(
      `echo $$ >pid; echo ready; ${waitFor("go")}; touch survived; echo more; touch beyond`,
    );
    await printed(channel, "ready");

    host.cutConnections();

    await (await SshSession.open(host)).run("touch go; while kill -0 $(cat pid) 2>/dev/null; do sleep 0.05; done");
    expect(existsSync(join(host.folder, "home/survived"))).toBe(true);
    expect(existsSync(join(host.folder, "home/beyond"))).toBe(false);
  });

  test("does not stop a process in a session of its own, with or without a terminal", async () => {
    const { host, session } = await startHost();
    const job = `touch detached; ${waitFor("go")}; echo done >result; sleep 1000`;
    const channel = await session.start(
      `setsid sh -c '${job}' >/dev/null 2>&1 </dev/null & ${waitFor("detached")}; echo ready; sleep 1000`,
      { pty: true },
    );
    await printed(channel, "ready");

    host.cutConnections();

    await (await SshSession.open(host)).run(`touch go; ${waitFor("result")}`);
    expect(readFileSync(join(host.folder, "home/result"), "utf8")).toBe("done\n");
  });
});

describe("forwarding", () => {
  test("makes a host a bastion for another host", async () => {
    const { session: bastion } = await startHost();
    const { host: target } = await startHost();

    const socket = await new Promise<NodeJS.ReadWriteStream>((resolve, reject) =>
      bastion.client.forwardOut("127.0.0.1", 0, target.sshHost, target.sshPort, (error, channel) =>
        error ? reject(error) : resolve(channel),
      ),
    );
    const session = await SshSession.open(target, { sock: socket as never });

    expect(await session.run("hostname -I")).toMatchObject({ stdout: "192.168.44.11\n" });
  });

  test("is possible only to loopback", async () => {
    const { host, session } = await startHost();

    const forward = new Promise((resolve, reject) =>
      session.client.forwardOut("127.0.0.1", 0, "192.0.2.1", host.sshPort, (error, channel) =>
        error ? reject(error) : resolve(channel),
      ),
    );

    await expect(forward).rejects.toThrow(/open failure/i);
  });
});
