import { App, DataResource, TerraformOutput, TerraformStack } from "cdktf";
import { join } from "node:path";
import {
  Allocator,
  DataEceHosts,
  DataEcePlatform,
  DataEceRolesTokens,
  EceProvider,
  EceRole,
  HostInstall,
  HostKey,
  HostToken,
  MemorySettings,
} from "../../lib";
import { Sandbox } from "../support/sandbox";
import { newHost, sshInstall } from "../constructs/synthesis";

test("Terraform accepts what the constructs synthesize, and finds the provider without a registry", async () => {
  const sandbox = new Sandbox();
  const app = new App({ outdir: sandbox.makeFolder("cdktf.out") });
  const stack = new TerraformStack(app, "hosts");
  new EceProvider(stack, "ece", { endpoint: "https://coordinator.example:12443" });
  // A validation reads no key: it may run where there is none.
  const reached = { privateKeyFile: "/nowhere/key" };
  const bastion = { bastionHost: "jump.example", hostKey: HostKey.acceptAny(), bastionHostKey: HostKey.acceptAny() };
  const own = newHost(stack, { install: sshInstall({ ...reached, ...bastion }), joinTimeout: "5m" }, "own");
  newHost(
    stack,
    { install: sshInstall({ host: "10.0.0.12" }), token: HostToken.ephemeral(), runnerId: "10.0.0.12" },
    "ephemeral",
  );
  const vm = newHost(
    stack,
    {
      runnerId: "10.0.0.13",
      roles: [EceRole.COORDINATOR, EceRole.DIRECTOR],
      memorySettings: MemorySettings.small(),
      token: HostToken.persistent({ revokeAfterJoin: true }),
      install: HostInstall.userData(),
    },
    "vm",
  );
  vm.afterVm(new DataResource(stack, "machine", { triggersReplace: { userData: vm.userData } }));
  new Allocator(stack, "allocator", { allocatorId: own.runnerId, tags: { disk: "ssd" } });
  new TerraformOutput(stack, "all-hosts", { value: new DataEceHosts(stack, "hosts").hosts });
  new TerraformOutput(stack, "all-tokens", { value: new DataEceRolesTokens(stack, "tokens").tokens });
  new TerraformOutput(stack, "runners", { value: new DataEcePlatform(stack, "platform").runners });

  app.synth();
  const cwd = join(app.outdir, "stacks/hosts");
  const init = await sandbox.run("terraform", ["init", "-input=false", "-no-color", "-lockfile=readonly"], { cwd });
  const validate = await sandbox.run("terraform", ["validate", "-no-color"], { cwd });

  expect(init.output).toContain("Terraform has been successfully initialized!");
  expect(validate.output).toContain("The configuration is valid.");
  sandbox.remove();
});
