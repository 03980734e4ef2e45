import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { PACKAGE_ROOT, useSandbox } from "../support/sandbox";

const EXAMPLE = join(PACKAGE_ROOT, "examples/aws-allocators/main.ts");
const BINDINGS = "@cdktf/provider-aws";

interface Stack {
  readonly resource: { readonly [type: string]: { readonly [id: string]: { readonly [name: string]: unknown } } };
}

const newSandbox = useSandbox();

const hasBindings = existsSync(join(PACKAGE_ROOT, "node_modules", BINDINGS));
if (!hasBindings) console.warn(`Skipped: ${BINDINGS} is not installed.`);

const testWithBindings = hasBindings ? test : test.skip;

testWithBindings("the example for EC2 ties each instance to its host, from the record to the roles", async () => {
  const sandbox = newSandbox();
  const stackFolder = join(sandbox.folder, "cdktf.out/stacks/allocators");
  const env = { ECE_COORDINATOR_HOST: "10.0.0.10", ECE_AMI: "ami-0123456789abcdef0" };
  const { exitCode, output } = await sandbox.run(process.execPath, [require.resolve("tsx/cli"), EXAMPLE], { env });

  expect([exitCode, output]).toEqual([0, ""]);
  const { resource } = JSON.parse(readFileSync(join(stackFolder, "cdk.tf.json"), "utf8")) as Stack;
  const instances = Object.entries(resource.aws_instance!);
  const roles = Object.values(resource.ece_host_roles!);
  expect(instances.map(([, { private_ip: ip }]) => ip)).toEqual(
    Object.values(resource.ece_host!).map(({ runner_id: id }) => id),
  );
  expect(instances[0]![1]).toMatchObject({
    user_data_base64: expect.stringMatching(
      /^\$\{ece_host_user_data\.allocator-1_user-data_\w+\.user_data\}$/,
    ) as string,
    lifecycle: { replace_triggered_by: [expect.stringMatching(/^ece_host_user_data\.allocator-1_user-data_\w+$/)] },
  });
  expect(roles.map(({ depends_on: dependsOn }) => dependsOn)).toEqual(instances.map(([id]) => [`aws_instance.${id}`]));
  expect(readFileSync(join(stackFolder, ".terraform.lock.hcl"), "utf8")).toContain(
    "registry.terraform.io/hashicorp/aws",
  );

  // Where the provider can be had, Terraform itself has the last word.
  const init = await sandbox.run("terraform", ["init", "-backend=false", "-input=false"], { cwd: stackFolder });
  if (init.exitCode !== 0 && /could not connect to registry|no such host|lookup /i.test(init.output)) {
    console.warn("Not validated: registry.terraform.io is out of reach, and with it hashicorp/aws.");
    return;
  }
  expect(init).toMatchObject({ exitCode: 0 });
  expect(await sandbox.run("terraform", ["validate"], { cwd: stackFolder })).toMatchObject({ exitCode: 0 });
});

testWithBindings("the example for EC2 says which variable it misses", async () => {
  const { exitCode, stderr } = await newSandbox().run(process.execPath, [require.resolve("tsx/cli"), EXAMPLE]);

  expect(exitCode).toBe(1);
  expect(stderr).toContain("Set ECE_COORDINATOR_HOST; see the steps");
});
