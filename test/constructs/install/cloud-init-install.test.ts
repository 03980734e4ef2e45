import { DataResource, Fn } from "cdktf";
import { HostInstall } from "../../../lib";
import { newHost, newStack, only, sshInstall, synthesize } from "../synthesis";
import { asTerraformRenders } from "../terraform-text";

function synthesizeVm(options?: Parameters<typeof HostInstall.userData>[0]) {
  const stack = newStack();
  const host = newHost(stack, { install: HostInstall.userData(options), version: "4.0.3" });
  const vm = new DataResource(stack, "vm", { input: { userData: host.userData } });
  host.afterVm(vm);
  const synthesized = synthesize(stack);
  const [userData] = Object.values(synthesized.locals!);
  return { ...synthesized, userData: asTerraformRenders(userData!) };
}

/** The files that the user data brings, by name. */
function filesIn(userData: string): { [name: string]: string } {
  const entries = userData.matchAll(/ - path: \/run\/cdktf-ece\/(.*)\n.*\n {4}content: \|\n((?: {6}.*\n|\n)+)/g);
  return Object.fromEntries([...entries].map(([, name, block]) => [name!, block!.replace(/^ {6}/gm, "")]));
}

test("is cloud-config that has the token in a file of its own", () => {
  const { userData } = synthesizeVm();

  const files = filesIn(userData);
  expect(userData).toMatch(/^#cloud-config\n/);
  expect(Object.keys(files)).toEqual(["roles-token", "settings.sh", "install.sh", "run.sh"]);
  expect(files["roles-token"]).toMatch(/^\$\{ece_roles_token\.[\w-]+\.token\}\n$/);
  expect(userData.match(/ece_roles_token\./g)).toHaveLength(1);
});

test("installs as the user of the image", () => {
  expect(filesIn(synthesizeVm().userData)["run.sh"]).toContain("runuser -l 'elastic' -c");
  expect(filesIn(synthesizeVm({ user: "ece" }).userData)["run.sh"]).toContain("runuser -l 'ece' -c");
});

test("changes with the platform's record, so that the VM is replaced with it", () => {
  const { userData, resource } = synthesizeVm();

  expect(userData).toContain(`# ECE host \${ece_host.${Object.keys(resource.ece_host!)[0]}.id}\n`);
});

test("fits into what clouds take", () => {
  expect(synthesizeVm().userData.length).toBeLessThan(16_000);
});

test("puts the VM between the record and the roles", () => {
  const { resource } = synthesizeVm();

  const roles = only(resource.ece_host_roles);
  expect(roles.depends_on).toEqual(["terraform_data.vm"]);
  expect((roles.lifecycle as { replace_triggered_by: string[] }).replace_triggered_by).toContain(
    "terraform_data.vm.id",
  );
  expect(resource.null_resource).toBeUndefined();
});

test("is text that CDKTF's functions take", () => {
  const stack = newStack();
  const host = newHost(stack, { install: HostInstall.userData() });
  new DataResource(stack, "vm", { input: { user_data_base64: Fn.base64encode(host.userData) } });

  expect(only(synthesize(stack).resource.terraform_data).input).toEqual({
    user_data_base64: expect.stringMatching(/^\$\{base64encode\(local\.[\w-]+\)\}$/) as string,
  });
});

test("is refused where the host is installed over SSH", () => {
  expect(() => newHost(newStack(), { install: sshInstall() }).userData).toThrow("[stack/host] userData");
});
