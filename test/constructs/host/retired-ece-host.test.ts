import { HostInstall, RetiredEceHost } from "../../../lib";
import { newHost, newStack, only, provisioners, sshInstall, synthesize } from "../synthesis";

test("leaves of a host nothing but its cleanup, at the same address", () => {
  const before = newStack();
  newHost(before, {}, "allocator-1");
  const after = newStack();
  new RetiredEceHost(after, "allocator-1", { install: sshInstall() });

  const { resource } = synthesize(after);

  const [address] = Object.keys(synthesize(before).resource.terraform_data!);
  expect(Object.keys(resource)).toEqual(["terraform_data"]);
  expect(Object.keys(resource.terraform_data!)).toEqual([address]);
  const step = only(resource.terraform_data);
  expect(step.count).toBe(0);
  expect(provisioners(step).map(([, { when }]) => when)).toEqual(["destroy", "destroy"]);
});

test("leaves nothing of a VM, which goes by itself", () => {
  const stack = newStack();
  new RetiredEceHost(stack, "vm", { install: HostInstall.userData() });

  expect(synthesize(stack).resource).toBeUndefined();
});

test("refuses to be without the way to the host", () => {
  expect(() => new RetiredEceHost(newStack(), "x", { install: undefined as unknown as HostInstall })).toThrow(
    "[stack/x] install is missing",
  );
});
