import { existsSync, readFileSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { SimulatedHost } from "../../lib/simulator";
import { useCdktfProject } from "../support/cdktf-project";
import { liveTokens } from "../support/simulator-state";
import { useSimulator } from "../support/use-simulator";

const simulator = useSimulator({ hosts: 2 });
const project = useCdktfProject("ssh-allocators/main.ts", simulator);

const ALLOCATORS_STATE = "terraform.allocators.tfstate";

test("cdktf deploy joins the hosts, a second plan is empty, and cdktf destroy leaves the tokens that were there before", async () => {
  const tokensAtStart = liveTokens(simulator());

  const deployed = await project().cdktf(["deploy", "--auto-approve"]);
  const joined = joinedHosts();
  const holdersAfterDeploy = tokenHolders();
  const lockFile = readFileSync(join(project().stackFolder("allocators"), ".terraform.lock.hcl"), "utf8");
  const plan = await project().terraform("allocators", ["plan", "-detailed-exitcode", "-input=false"]);
  const destroyed = await project().cdktf(["destroy", "--auto-approve"]);

  expect(deployed).toMatchObject({ exitCode: 0 });
  expect(joined).toEqual([
    ["192.168.44.11", "ece-zone-1", true, true],
    ["192.168.44.12", "ece-zone-2", true, true],
  ]);
  expect(lockFile.match(/^provider "(.*)"/gm)).toEqual(['provider "terraform.local/cdktf-ece/ece"']);
  expect(plan).toMatchObject({ exitCode: 0 });
  expect(destroyed).toMatchObject({ exitCode: 0 });
  expect(joinedHosts()).toEqual([]);
  expect(liveTokens(simulator())).toEqual(tokensAtStart);

  // The installer's own words, and no token, neither here nor in a file but Terraform's state.
  expect(deployed.output).toContain("Elastic Cloud Enterprise installation completed successfully");
  expect(tokensIn(deployed.output + plan.output + destroyed.output)).toEqual([]);
  expect(holdersAfterDeploy).toEqual([ALLOCATORS_STATE]);
  expect(tokenHolders()).toEqual([`${ALLOCATORS_STATE}.backup`]);
});

test("a failed install ends the deploy with the exit code's meaning, and the next deploy repairs it with the same token", async () => {
  const host = simulator().hosts[0]!;
  const uploads = recordUploads(host);
  host.faults.failInstall(4);

  const failed = await project().cdktf(["deploy", "--auto-approve"]);
  const tokensAfterFailure = liveTokens(simulator());
  const holdersAfterFailure = tokenHolders();
  const uploadsAfterFailure = existsSync(join(host.folder, "home/.cdktf-ece/upload"));
  const repaired = await project().cdktf(["deploy", "--auto-approve"]);

  expect(failed).toMatchObject({ exitCode: 1 });
  expect(failed.output).toContain("the installer exited with 4: the user's or group's id is below 1000");
  expect(repaired).toMatchObject({ exitCode: 0 });
  expect(liveTokens(simulator())).toEqual(tokensAfterFailure);
  expect(joinedHosts()).toHaveLength(2);

  // Both installs were called alike, and found the token where nobody else could read it; now it is gone.
  const [first, second] = uploads();
  const { id } =
    simulator()
      .platform.tokens.all()
      .find(({ token }) => token === first?.[2]) ?? {};
  const call = ["install", "--coordinator-host", "127.0.0.1", "--roles-token", `(token ${id})`, "--roles", "allocator"];
  expect(host.installs.map((install) => [install.arguments.slice(0, call.length), install.exitCode])).toEqual([
    [call, 4],
    [call, 0],
  ]);
  expect(first).toEqual(["drwx------", "-rw-------", expect.any(String)]);
  expect(second).toEqual(first);
  expect(uploadsAfterFailure).toBe(false);
  expect(existsSync(join(host.folder, "home/.cdktf-ece/upload"))).toBe(false);
  expect(tokensIn(failed.output + repaired.output)).toEqual([]);
  expect(holdersAfterFailure).toEqual([ALLOCATORS_STATE]);
});

function joinedHosts(): (string | boolean)[][] {
  const ids = simulator().hosts.map(({ runnerId }) => runnerId);
  return simulator()
    .state()
    .runners.filter(({ runnerId }) => ids.includes(runnerId))
    .map(({ runnerId, zone, connected, roles }) => [runnerId, zone, connected, roles.includes("allocator")])
    .sort();
}

/** The files below the project's folder, and on the hosts, that hold any roles token that the platform ever made. */
function tokenHolders(): string[] {
  const files = simulator()
    .platform.tokens.all()
    .flatMap(({ token }) => [
      ...project().filesContaining(token),
      ...simulator().hosts.flatMap((host) => host.grep(token).map((file) => `${host.runnerId}: ${file}`)),
    ]);
  return [...new Set(files)].sort();
}

function tokensIn(text: string): string[] {
  return simulator()
    .platform.tokens.all()
    .filter(({ token }) => text.includes(token))
    .map(({ id }) => id);
}

/** Notes the modes of the token's folder and file as soon as the token has arrived on the host, and the token. */
function recordUploads(host: SimulatedHost): () => string[][] {
  const scp = join(host.folder, "bin/scp");
  const realScp = readlinkSync(scp);
  const record = project().sandbox.writeFile("uploads", "");
  rmSync(scp);
  writeFileSync(
    scp,
    `#!/bin/sh
${realScp} "$@"
status=$?
folder=.cdktf-ece/upload
if [ -s $folder/roles-token ] && [ ! -e $folder/step/run.sh ]; then
  modes=$(ls -ld $folder $folder/roles-token | cut -c 1-10)
  echo $modes $(cat $folder/roles-token) >>${record}
fi
exit $status
`,
    { mode: 0o755 },
  );
  return () =>
    readFileSync(record, "utf8")
      .trim()
      .split("\n")
      .map((line) => line.split(" "));
}
