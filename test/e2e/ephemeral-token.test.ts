import { join } from "node:path";
import type { TerraformStack } from "cdktf";
import { EceHost, HostToken } from "../../lib";
import { allocatorOn, useHostStack } from "../support/host-stack";
import { unzip } from "../support/zip";
import { useSimulator } from "../support/use-simulator";

const simulator = useSimulator({ hosts: 2 });
const stack = useHostStack(simulator);
let output: string;

beforeEach(async () => {
  output = "";
  stack().synth(declareHosts);
  expect(await stack().init()).toMatchObject({ exitCode: 0 });
});

function declareHosts(scope: TerraformStack): void {
  simulator().hosts.forEach((host, i) => {
    new EceHost(scope, `host-${i}`, { ...allocatorOn(host, simulator()), token: HostToken.ephemeral() });
  });
}

/** How a command of Terraform ended, and how many tokens the platform was asked for until then. */
async function run(...args: string[]): Promise<{ exitCode: number; minted: number }> {
  const finished = await stack().terraform(args);
  output += finished.output;
  const minted = simulator().requests.filter(
    ({ method, path }) => method === "POST" && path.endsWith("/enrollment-tokens"),
  );
  return { exitCode: finished.exitCode, minted: minted.length };
}

/** Whether the platform shows each of the hosts as connected. */
function connected(): boolean[] {
  const { runners } = simulator().state();
  return simulator().hosts.map(
    ({ runnerId }) => runners.find((each) => each.runnerId === runnerId)?.connected ?? false,
  );
}

function ephemeralTokens(): string[] {
  return simulator()
    .platform.tokens.all()
    .filter(({ persistent }) => !persistent)
    .map(({ token }) => token);
}

test("only an apply that installs makes a token, one for all its hosts, and it is written nowhere", async () => {
  const persistentAtStart = simulator().state().tokens;

  expect(await run("validate")).toEqual({ exitCode: 0, minted: 0 });
  expect(await run("plan", "-out=first.tfplan", "-detailed-exitcode")).toEqual({ exitCode: 2, minted: 0 });
  expect(await run("apply", "first.tfplan")).toEqual({ exitCode: 0, minted: 1 });
  expect(connected()).toEqual([true, true]);

  expect(await run("plan", "-detailed-exitcode")).toEqual({ exitCode: 0, minted: 1 });
  expect(await run("apply", "-auto-approve")).toEqual({ exitCode: 0, minted: 1 });
  expect(await run("apply", "-auto-approve", "-refresh-only")).toEqual({ exitCode: 0, minted: 1 });

  const rebuilt = await stack().addressOf("ece_host");
  expect(await run("plan", `-replace=${rebuilt}`, "-out=second.tfplan")).toEqual({ exitCode: 0, minted: 1 });
  expect(await run("apply", "second.tfplan")).toEqual({ exitCode: 0, minted: 2 });
  expect(connected()).toEqual([true, true]);

  const tokens = ephemeralTokens();
  const plans = ["first.tfplan", "second.tfplan"].flatMap((plan) => unzip(join(stack().folder, plan)));
  expect(tokens).toHaveLength(2);
  expect(plans.some((content) => content.includes("ece_host"))).toBe(true);
  expect(plans.filter((content) => tokens.some((token) => content.includes(token)))).toEqual([]);
  expect(tokens.flatMap((token) => stack().sandbox.filesContaining(token))).toEqual([]);
  expect(tokens.flatMap((token) => simulator().hosts.flatMap((host) => host.grep(token)))).toEqual([]);
  expect(tokens.filter((token) => output.includes(token))).toEqual([]);

  expect(await run("destroy", "-auto-approve")).toEqual({ exitCode: 0, minted: 2 });
  expect(connected()).toEqual([false, false]);
  expect(
    simulator()
      .state()
      .tokens.filter(({ persistent }) => persistent),
  ).toEqual(persistentAtStart);
});

test("an install that failed after its host had joined is repaired without another token", async () => {
  simulator().hosts[0]?.faults.failInstall(1, "after-join");

  const failed = await run("apply", "-auto-approve");
  const repaired = await run("apply", "-auto-approve");

  expect(failed).toEqual({ exitCode: 1, minted: 1 });
  expect(repaired).toEqual({ exitCode: 0, minted: 1 });
  expect(connected()).toEqual([true, true]);
  expect(output).toContain("ECE already runs here");
});
