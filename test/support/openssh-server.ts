import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, rmdirSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo, type Server } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { utils } from "ssh2";
import type { SimulatedHost, Simulator } from "../../lib/simulator";
import { useEach } from "./use-each";

const SSHD = "/usr/sbin/sshd";
/** What sshd wants to be there where root runs it; its own service makes it. */
const PRIVILEGE_SEPARATION_FOLDER = "/run/sshd";

/** Whether this machine has OpenSSH's server. */
export const hasSshd = process.platform === "linux" && existsSync(SSHD);

/**
 * OpenSSH's own server in front of a simulated host: its sessions are real ones of sshd, in the host's folder and environment.
 *
 * One process of sshd for each connection, as inetd would start it, so that the port is any that is free.
 */
export class OpensshServer {
  /** Whose sessions they are: sshd knows no others than those of the machine. */
  readonly user = userInfo().username;
  readonly hostKey: string;
  readonly #folder = mkdtempSync(join(tmpdir(), "cdktf-ece-sshd-"));
  readonly #sessions = new Set<ChildProcess>();
  readonly #madeFolder: boolean;
  readonly #listener: Server;
  #log = "";

  private constructor(host: SimulatedHost) {
    const key = utils.generateKeyPairSync("ecdsa", { bits: 256 });
    this.hostKey = key.public.trim();
    this.#madeFolder = process.getuid?.() === 0 && !existsSync(PRIVILEGE_SEPARATION_FOLDER);
    if (this.#madeFolder) mkdirSync(PRIVILEGE_SEPARATION_FOLDER, { mode: 0o755 });

    const hostKeyFile = this.#write("host-key", key.private);
    const client = utils.parseKey(readFileSync(host.privateKeyFile));
    if (client instanceof Error) throw client;
    const authorizedKeys = this.#write(
      "authorized-keys",
      `${client.type} ${client.getPublicSSH().toString("base64")}\n`,
    );
    const session = this.#write("session.sh", sessionScript(host), 0o755);
    const configuration = this.#write(
      "sshd_config",
      `HostKey ${hostKeyFile}
AuthorizedKeysFile ${authorizedKeys}
ForceCommand ${session}
PasswordAuthentication no
PermitRootLogin prohibit-password
StrictModes no
UsePAM no
PidFile none
`,
    );
    this.#listener = createServer({ pauseOnConnect: true }, (socket) => {
      const sshd = spawn(SSHD, ["-i", "-e", "-f", configuration], { stdio: [socket, socket, "pipe"] });
      this.#sessions.add(sshd);
      sshd.on("exit", () => this.#sessions.delete(sshd));
      sshd.stderr?.on("data", (chunk: Buffer) => (this.#log += chunk.toString()));
      socket.destroy();
    });
  }

  static async start(host: SimulatedHost): Promise<OpensshServer> {
    const server = new OpensshServer(host);
    await new Promise<void>((resolve) => server.#listener.listen(0, "127.0.0.1", resolve));
    return server;
  }

  get port(): number {
    return (this.#listener.address() as AddressInfo).port;
  }

  /** What sshd wrote to its log. */
  get messages(): string {
    return this.#log;
  }

  /** Kills the processes behind the connections, as a restart of a machine on the way does to them. */
  killSessions(): void {
    for (const sshd of this.#sessions)
      for (const pid of [...descendants(sshd.pid!), sshd.pid!]) process.kill(pid, "SIGKILL");
  }

  async stop(): Promise<void> {
    this.killSessions();
    await new Promise((resolve) => this.#listener.close(resolve));
    if (this.#madeFolder) rmdirSync(PRIVILEGE_SEPARATION_FOLDER);
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #write(name: string, content: string, mode = 0o600): string {
    const file = join(this.#folder, name);
    writeFileSync(file, content, { mode });
    return file;
  }
}

/** Gives each test a server in front of the first host of the test's simulator. */
export function useOpensshServer(simulator: () => Simulator): () => OpensshServer {
  return useEach(
    () => OpensshServer.start(simulator().hosts[0]!),
    (server) => server.stop(),
  );
}

/** Makes of a session on this machine one on the simulated host. */
function sessionScript(host: SimulatedHost): string {
  const home = join(host.folder, "home");
  return `#!/bin/sh
cd '${home}' || exit 1
exec env -i HOME='${home}' PATH='${join(host.folder, "bin")}' TMPDIR='${join(host.folder, "tmp")}' \\
  USER='${host.user}' LOGNAME='${host.user}' SHELL=/bin/sh LANG=C.UTF-8 /bin/sh -c "$SSH_ORIGINAL_COMMAND"
`;
}

/** sshd's own children; what they run is left to the hangup that follows. */
function descendants(pid: number): number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").split(" ").filter(Boolean).map(Number);
  return children
    .filter((child) => readFileSync(`/proc/${child}/comm`, "utf8").trim() === "sshd")
    .flatMap((child) => [...descendants(child), child]);
}
