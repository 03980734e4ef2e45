import { DataResource, TerraformSelf } from "cdktf";
import type { Construct } from "constructs";
import { spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import type { SimulatedHost, Simulator } from "../../lib/simulator";
import { useEach } from "./use-each";

/** What cloud-init is told, as far as it understands it here. */
interface CloudConfig {
  readonly files: readonly { readonly path: string; readonly permissions: string; readonly content: string }[];
  readonly commands: readonly (readonly string[])[];
}

/** A cloud with one machine, a simulated host, which does at its start what cloud-init does with user data. */
export class SimulatedCloud {
  readonly #server: Server;
  #output = "";
  #boots: Promise<unknown> = Promise.resolve();

  readonly #host: SimulatedHost;

  private constructor(host: SimulatedHost) {
    this.#host = host;

    this.#server = createServer((request, response) => {
      void body(request).then((text) => {
        if (request.method === "DELETE") host.wipe();
        else this.#boots = this.#boot(readCloudConfig(text));
        response.end();
      });
    });
  }

  static async start(host: SimulatedHost): Promise<SimulatedCloud> {
    const cloud = new SimulatedCloud(host);
    await new Promise<void>((resolve) => cloud.#server.listen(0, "127.0.0.1", resolve));
    return cloud;
  }

  /** What the machine wrote to /var/log/cloud-init-output.log. */
  get console(): string {
    return this.#output;
  }

  /** Waits until the last boot has run all of its commands: a host joins before its script has cleaned up. */
  async booted(): Promise<void> {
    await this.#boots;
  }

  /** The machine as a Terraform resource: another user data makes it another machine. */
  declareVm(scope: Construct, id: string, userData: string): DataResource {
    const url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
    return new DataResource(scope, id, {
      triggersReplace: { user_data: userData },
      input: { url },
      provisioners: [
        {
          type: "local-exec",
          command: `printenv USER_DATA | curl --fail --silent --show-error --data-binary @- ${url}`,
          environment: { USER_DATA: userData },
        },
        {
          type: "local-exec",
          when: "destroy",
          command: `curl --fail --silent --show-error --request DELETE ${TerraformSelf.getString("input.url")}`,
        },
      ],
    });
  }

  async stop(): Promise<void> {
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** The machine's /run is a folder of the host. */
  async #boot({ files, commands }: CloudConfig): Promise<void> {
    const { folder, user } = this.#host;
    const onHost = (text: string) => text.replaceAll("/run/cdktf-ece", join(folder, "run"));
    mkdirSync(join(folder, "run"), { recursive: true });
    for (const { path, permissions, content } of files)
      writeFileSync(onHost(path), onHost(content), { mode: Number.parseInt(permissions, 8) });

    writeFileSync(join(folder, "bin/runuser"), RUNUSER, { mode: 0o755 });
    const env = { PATH: join(folder, "bin"), HOME: join(folder, "home"), USER: user, LANG: "C.UTF-8" };
    for (const [program = "", ...args] of commands) {
      const child = spawn(join(folder, "bin", program), args.map(onHost), { env, cwd: folder });
      for (const stream of [child.stdout, child.stderr])
        stream.on("data", (chunk: Buffer) => (this.#output += chunk.toString()));

      await new Promise((resolve) => child.on("close", resolve));
    }
  }
}

/** Gives each test a cloud, whose machine is the first host of the test's simulator. */
export function useSimulatedCloud(simulator: () => Simulator): () => SimulatedCloud {
  return useEach(
    () => SimulatedCloud.start(simulator().hosts[0]!),
    (cloud) => cloud.stop(),
  );
}

/** Stands in for `runuser -l USER -c COMMAND`: everything on the host runs as its user. */
const RUNUSER = `#!/bin/sh
cd "$HOME" && [ "$1 $2 $3" = "-l $USER -c" ] && exec /bin/sh -c "$4"
`;

/** Reads what a cloud hands on gzipped and in base64: one cloud-config of the form that ours has. */
function readCloudConfig(userData: string): CloudConfig {
  const text = gunzipSync(Buffer.from(userData, "base64")).toString();
  const entries = text.matchAll(/ {2}- path: (.*)\n {4}permissions: "(.*)"\n {4}content: \|\n((?: {6}.*\n|\n)+)/g);
  const files = [...entries].map(([, path = "", permissions = "", block = ""]) => ({
    path,
    permissions,
    content: block.replace(/^ {6}/gm, ""),
  }));
  const [, runcmd = ""] = text.split("\nruncmd:\n");
  return { files, commands: [...runcmd.matchAll(/^ {2}- \[(.*)\]$/gm)].map(([, words = ""]) => words.split(", ")) };
}

async function body(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
