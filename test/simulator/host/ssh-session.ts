import { readFileSync } from "node:fs";
import { Client, type ClientChannel, type ConnectConfig, utils } from "ssh2";
import { SimulatedHost, type HostOptions } from "../../../lib/simulator/host";
import { RecordingPlatform } from "./recording-platform";

export interface Finished {
  readonly exitCode: number | null;
  readonly signal?: string;
  readonly stdout: string;
  readonly stderr: string;
}

/** An SSH connection to a simulated host. */
export class SshSession {
  private constructor(readonly client: Client) {}

  static async open(host: SimulatedHost, options: ConnectConfig = {}): Promise<SshSession> {
    const client = new Client();
    await new Promise<void>((resolve, reject) => {
      client.once("ready", resolve).on("error", reject);
      client.once("connect", () => client.setNoDelay(true));
      client.connect({
        host: host.sshHost,
        port: host.sshPort,
        username: host.user,
        privateKey: readFileSync(host.privateKeyFile),
        hostVerifier: (key: Buffer) => key.toString("base64") === host.hostKey.split(" ")[1],
        ...options,
      });
    });
    return new SshSession(client);
  }

  start(command: string, options: { pty?: boolean } = {}): Promise<ClientChannel> {
    return new Promise((resolve, reject) =>
      this.client.exec(command, options, (error, channel) => (error ? reject(error) : resolve(channel))),
    );
  }

  async run(command: string, input = ""): Promise<Finished> {
    const channel = await this.start(command);
    return finish(channel, input);
  }

  /** Resolves when the connection has ended. */
  get closed(): Promise<void> {
    return new Promise((resolve) => this.client.once("close", () => resolve()));
  }
}

export function finish(channel: ClientChannel, input = ""): Promise<Finished> {
  let stdout = "";
  let stderr = "";
  channel.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
  channel.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  channel.end(input);
  // The event `exit` may have come before there was a listener; `close` has the same arguments.
  return new Promise((resolve) =>
    channel.on("close", (exitCode: number | null = null, signal?: string) =>
      resolve({ exitCode, signal, stdout, stderr }),
    ),
  );
}

/** Resolves when the channel has printed this text. */
export function printed(channel: ClientChannel, text: string): Promise<void> {
  let output = "";
  return new Promise((resolve) =>
    channel.on("data", (chunk: Buffer) => {
      output += chunk.toString();
      if (output.includes(text)) resolve();
    }),
  );
}

/** A private key that no host accepts. ssh2 (1.17) makes some that it cannot read itself. */
export function unknownKey(): string {
  const { private: key } = utils.generateKeyPairSync("ed25519");
  return utils.parseKey(key) instanceof Error ? unknownKey() : key;
}

/** Returns a function that starts a host with a session on it. All hosts are stopped after each test. */
export function useHosts(): (options?: HostOptions) => Promise<{
  host: SimulatedHost;
  platform: RecordingPlatform;
  session: SshSession;
}> {
  const hosts: SimulatedHost[] = [];
  afterEach(async () => {
    await Promise.all(hosts.splice(0).map((host) => host.stop()));
  });
  return async (options = {}) => {
    const platform = new RecordingPlatform();
    const host = await SimulatedHost.start({ ...options, platform, coordinatorHost: "192.168.44.10" });
    hosts.push(host);
    return { host, platform, session: await SshSession.open(host) };
  };
}
