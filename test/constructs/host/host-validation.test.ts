import { TerraformResource, TerraformVariable, type TerraformResourceLifecycle } from "cdktf";
import { EceProvider, HostInstall, HostKey, InstallCarrier } from "../../../lib";
import { giveLifecycle } from "../../support/lifecycle";
import { HOST_KEY_LINE, newHost, newStack, only, sshInstall, synthesize } from "../synthesis";

describe("two hosts of a stack", () => {
  test("cannot have one runner id", () => {
    const stack = newStack();
    newHost(stack, {}, "a");
    newHost(stack, { install: sshInstall({ host: "10.0.0.12" }) }, "b");

    expect(() => synthesize(stack)).toThrow("stack/a and stack/b have the runner id 10.0.0.11");
  });

  test("can have one runner id on two platforms", () => {
    const stack = newStack();
    const provider = new EceProvider(stack, "other", { alias: "other" });
    newHost(stack, {}, "a");
    newHost(stack, { provider, install: sshInstall({ host: "10.0.0.12" }) }, "b");

    expect(() => synthesize(stack)).not.toThrow();
  });

  test("cannot be one machine", () => {
    const stack = newStack();
    newHost(stack, { install: sshInstall({ host: "host.example" }) }, "a");
    newHost(stack, { runnerId: "10.0.0.12", install: sshInstall({ host: "HOST.example", port: 22 }) }, "b");

    expect(() => synthesize(stack)).toThrow(
      "stack/a and stack/b are installed on the same machine (host.example, port 22)",
    );
  });

  test.each([
    ["behind other ports", { port: 2222 }],
    ["behind other bastions", { bastionHost: "jump.example", bastionHostKey: HostKey.of(HOST_KEY_LINE) }],
  ])("can have one address %s", (_, options) => {
    const stack = newStack();
    newHost(stack, {}, "a");
    newHost(stack, { runnerId: "10.0.0.12", install: sshInstall(options) }, "b");

    expect(() => synthesize(stack)).not.toThrow();
  });

  test("are not compared where Terraform fills in what they are", () => {
    const stack = newStack();
    const address = new TerraformVariable(stack, "address", {}).stringValue;
    newHost(stack, { runnerId: address, install: sshInstall({ host: address }) }, "a");
    newHost(stack, { runnerId: address, install: sshInstall({ host: address }) }, "b");

    expect(() => synthesize(stack)).not.toThrow();
  });

  test("in two stacks are not compared", () => {
    for (const stack of [newStack(), newStack()]) {
      newHost(stack);

      expect(() => synthesize(stack)).not.toThrow();
    }
  });
});

function withLifecycle(
  lifecycle: TerraformResourceLifecycle,
  config: Parameters<typeof newHost>[1] = {},
): ReturnType<typeof newStack> {
  const stack = newStack();
  newHost(stack, config);
  giveLifecycle(stack, lifecycle);
  return stack;
}

describe("createBeforeDestroy", () => {
  test.each([
    ["over SSH", {}],
    ["by null_resource", { install: sshInstall({ carrier: InstallCarrier.NULL_RESOURCE }) }],
    ["as a VM", { install: HostInstall.userData() }],
  ])("is refused on the parts of a host that is installed %s, each by its name", (_, config) => {
    const stack = withLifecycle({ createBeforeDestroy: true }, config);

    const parts = stack.node
      .findChild("host")
      .node.findAll()
      .filter((part) => TerraformResource.isTerraformResource(part));
    expect(parts.length).toBeGreaterThan(2);
    for (const part of parts) expect(() => synthesize(stack)).toThrow(`${part.node.path} has createBeforeDestroy`);
  });

  test("is refused as an override", () => {
    const stack = newStack();
    newHost(stack).host.addOverride("lifecycle.create_before_destroy", true);

    expect(() => synthesize(stack)).toThrow("stack/host/host has createBeforeDestroy");
  });

  test("that is false is left alone", () => {
    expect(() => synthesize(withLifecycle({ createBeforeDestroy: false }))).not.toThrow();
  });
});

test("preventDestroy and ignoreChanges of an Aspect stay", () => {
  const { resource } = synthesize(withLifecycle({ preventDestroy: true, ignoreChanges: ["roles"] }));

  for (const type of ["ece_host", "ece_host_machine", "ece_host_roles", "terraform_data"])
    expect(only(resource[type]).lifecycle).toEqual({ prevent_destroy: true, ignore_changes: ["roles"] });
});
