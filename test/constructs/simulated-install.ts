import { readFileSync } from "node:fs";
import { sign } from "jsonwebtoken";
import { INSTALL_SCRIPT, renderInstallSettings, type InstallSettings } from "../../lib/constructs/scripts/render";
import type { SimulatedHost } from "../../lib/simulator/host";
import type { Finished, SshSession } from "../simulator/host/ssh-session";
import { asTerraformRenders } from "./terraform-text";

export const TOKEN = sign({ sub: "token-1", roles: ["allocator"] }, "key");

export const SETTINGS: InstallSettings = {
  runnerId: "192.168.44.11",
  hostId: "6c2f7f0e-host",
  coordinatorHost: "192.168.44.10",
  roles: "allocator",
  storagePath: "/mnt/data/elastic",
  version: "4.0.3",
  containerEngine: "docker",
  options: { "--availability-zone": "ece-zone-1" },
  flags: [],
};

/** Uploads what the provisioners upload. */
export async function upload(session: SshSession, settings: Partial<InstallSettings> = {}): Promise<void> {
  await session.run("umask 077; mkdir -p .cdktf-ece; rm -rf .cdktf-ece/upload; mkdir .cdktf-ece/upload");
  await session.run("cat > .cdktf-ece/upload/install.sh", readFileSync(INSTALL_SCRIPT, "utf8"));
  await session.run(
    "cat > .cdktf-ece/upload/settings.sh",
    asTerraformRenders(renderInstallSettings({ ...SETTINGS, ...settings })),
  );
  await session.run("cat > .cdktf-ece/upload/roles-token", TOKEN);
}

/** Does what the provisioners do on a host. */
export async function install(session: SshSession, settings: Partial<InstallSettings> = {}): Promise<Finished> {
  await upload(session, settings);
  return session.run(RUN);
}

export const RUN = "exec bash .cdktf-ece/upload/install.sh";

/** The arguments of the last call of Elastic's installer. */
export function lastInstall(host: SimulatedHost): string {
  return host.installs.at(-1)?.arguments.join(" ") ?? "";
}
