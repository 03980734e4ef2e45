import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { GrpcServer } from "../grpc/server";
import type { Endpoint } from "./handshake";

// Of macOS; Linux has a few more. Node cuts a longer path off without a word.
const LONGEST_SOCKET_PATH = 103;
const SOCKET_NAME = "socket";
const OTHER_TEMPORARY_FOLDERS = ["/tmp", "/var/tmp"];

/** Listens on a unix socket in a folder of its own or, on Windows, on the loopback interface. */
export function listen(
  server: GrpcServer,
  environment: NodeJS.ProcessEnv,
  platform: NodeJS.Platform = process.platform,
): Promise<Endpoint> {
  return platform === "win32" ? listenOnLoopback(server, environment) : listenOnSocket(server);
}

async function listenOnSocket(server: GrpcServer): Promise<Endpoint> {
  const folder = makeSocketFolder();
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  const address = join(folder, SOCKET_NAME);
  await server.listen({ path: address });
  return { network: "unix", address };
}

/** A folder that only this user can enter, whose path leaves room for a socket's: mkdtemp adds six letters. */
function makeSocketFolder(): string {
  const problems: string[] = [];
  for (const parent of new Set([tmpdir(), ...OTHER_TEMPORARY_FOLDERS])) {
    const prefix = join(parent, "tf-");
    const length = Buffer.byteLength(join(`${prefix}123456`, SOCKET_NAME));
    if (length > LONGEST_SOCKET_PATH) {
      problems.push(`${parent} has too long a path`);
      continue;
    }
    try {
      return mkdtempSync(prefix);
    } catch (error) {
      problems.push(error instanceof Error ? error.message : String(error));
    }
  }
  throw new Error(
    `The provider finds no temporary folder for its socket: ${problems.join("; ")}. Set TMPDIR to a folder with a short path that can be written to.`,
  );
}

/** On the first free port of the range that Terraform names; any port if it names none. */
async function listenOnLoopback(server: GrpcServer, environment: NodeJS.ProcessEnv): Promise<Endpoint> {
  const first = Number(environment["PLUGIN_MIN_PORT"] ?? 0);
  const last = Number(environment["PLUGIN_MAX_PORT"] ?? first);
  for (let port = first; port <= last; port++) {
    const bound = await server.listen({ host: "127.0.0.1", port }).catch(() => undefined);
    if (bound) return { network: "tcp", address: `127.0.0.1:${bound.port}` };
  }
  throw new Error(
    `Terraform asks the provider to listen on a port between ${first} and ${last}, and none of them is free on 127.0.0.1`,
  );
}
