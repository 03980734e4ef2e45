import { mkdirSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { PROVIDER_SOURCE } from "../../lib/delivery";
import { useCdktfProject } from "../support/cdktf-project";
import { OS_ARCH } from "../support/null-provider/build";
import type { Finished } from "../support/sandbox";
import { useSimulator } from "../support/use-simulator";

const EXAMPLE = "ssh-allocators/main.ts";
const STACK = "allocators";

const simulators = [useSimulator({ hosts: 2 }), useSimulator({ hosts: 2 })] as const;
const projects = simulators.map((simulator) => useCdktfProject(EXAMPLE, simulator));

/** One HOME for both projects, and cdktf's plugin cache in it, which the other tests switch off. */
function cdktf(project: number, ...args: string[]): Promise<Finished> {
  const HOME = projects[0]!().sandbox.makeFolder("home");
  return projects[project]!().cdktf(args, {
    env: { HOME, CDKTF_HOME: join(HOME, ".cdktf"), CDKTF_DISABLE_PLUGIN_CACHE_ENV: undefined },
  });
}

const deploy = (project: number) => cdktf(project, "deploy", "--auto-approve", STACK);
const destroy = (project: number) => cdktf(project, "destroy", "--auto-approve", STACK);

test.each([
  [0, 1],
  [1, 0],
])("a project goes on when another one that shares its plugin cache is gone (%i before %i)", async (first, second) => {
  expect(await deploy(first)).toMatchObject({ exitCode: 0 });
  rmSync(join(projects[first]!().folder, "cdktf.out"), { recursive: true });

  expect(await deploy(second)).toMatchObject({ exitCode: 0 });
  rmSync(join(projects[second]!().folder, "cdktf.out"), { recursive: true });

  expect(await destroy(first)).toMatchObject({ exitCode: 0 });
  expect(await destroy(second)).toMatchObject({ exitCode: 0 });
});

test("the link to a provider that is gone, which version 0.1.0 left in the plugin cache, does no harm", async () => {
  const HOME = projects[0]!().sandbox.makeFolder("home");
  const folder = join(HOME, ".terraform.d/plugin-cache", PROVIDER_SOURCE, "0.1.0");
  mkdirSync(folder, { recursive: true });
  symlinkSync("/nowhere", join(folder, OS_ARCH));

  expect(await deploy(0)).toMatchObject({ exitCode: 0 });
});

test("two projects that share a plugin cache are deployed at the same time", async () => {
  const [one, other] = await Promise.all([deploy(0), deploy(1)]);

  expect([one, other]).toMatchObject([{ exitCode: 0 }, { exitCode: 0 }]);
});
