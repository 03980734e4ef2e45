import { App, DataResource, TerraformStack } from "cdktf";
import { gzipSync } from "node:zlib";
import { HostInstall } from "../../../lib";
import { newHost, newStack, only, sshInstall, synthesize } from "../synthesis";
import { asTerraformRenders } from "../terraform-text";

function synthesizeVm(options?: Parameters<typeof HostInstall.userData>[0]) {
  const stack = newStack();
  const host = newHost(stack, { install: HostInstall.userData(options), version: "4.0.3" });
  const vm = new DataResource(stack, "vm", { input: { userData: host.userData } });
  host.afterVm(vm);
  const synthesized = synthesize(stack);
  const made = only(synthesized.resource.ece_host_user_data);
  const parts = made.parts as string[];
  return { ...synthesized, made, parts, userData: asTerraformRenders(parts.at(-1)!) };
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

test("comes after parts of one's own, in the form that is asked for", () => {
  const mounts = "#cloud-config\nmounts: []\n";

  const { parts, made } = synthesizeVm({ parts: [mounts], encoding: "raw", maxBytes: 65_535 });

  expect(parts).toEqual([mounts, expect.stringMatching(/^#cloud-config\nwrite_files:/)]);
  expect(made).toMatchObject({ encoding: "raw", max_bytes: 65_535 });
});

test("is replaced with the platform's record, and the VM with it", () => {
  const { made, resource } = synthesizeVm();

  const [vm] = Object.values(resource.terraform_data!);
  expect(made.host_id).toBe(`\${ece_host.${Object.keys(resource.ece_host!)[0]}.id}`);
  expect(vm).toMatchObject({
    input: { userData: `\${ece_host_user_data.${Object.keys(resource.ece_host_user_data!)[0]}.user_data}` },
    lifecycle: { replace_triggered_by: [`ece_host_user_data.${Object.keys(resource.ece_host_user_data!)[0]}`] },
  });
});

test("fits into what clouds take, gzipped by far", () => {
  const { userData } = synthesizeVm();

  expect(gzipSync(userData).length).toBeLessThan(10_000);
});

test("puts the VM between the record and the roles, which know it", () => {
  const { resource } = synthesizeVm();

  const roles = only(resource.ece_host_roles);
  expect(roles).toMatchObject({ depends_on: ["terraform_data.vm"], vm_id: "${terraform_data.vm.id}" });
  expect(roles).not.toHaveProperty("lifecycle");
});

test.each([
  ["count", (vm: DataResource) => (vm.count = 2), "the VM has count, and a host is one machine"],
  ["for_each", (vm: DataResource) => vm.addOverride("for_each", ["a"]), "the VM has forEach"],
  [
    "create_before_destroy",
    (vm: DataResource) => vm.addOverride("lifecycle.create_before_destroy", true),
    "the VM has createBeforeDestroy",
  ],
  ["no trigger", (vm: DataResource) => (vm.lifecycle = {}), "the VM lost its replaceTriggeredBy ece_host_user_data."],
])("a VM with %s is refused at synth", (_, change, message) => {
  const stack = newStack();
  const host = newHost(stack, { install: HostInstall.userData() });
  const vm = new DataResource(stack, "vm", { input: { userData: host.userData } });
  host.afterVm(vm);

  change(vm);

  expect(host.node.validate().join("\n")).toContain(`afterVm(stack/vm): ${message}`);
});

test("a VM of another stack is refused, with both paths", () => {
  const stack = newStack();
  const host = newHost(stack, { install: HostInstall.userData() });
  const elsewhere = new DataResource(new TerraformStack(new App(), "vms"), "vm");

  expect(() => host.afterVm(elsewhere)).toThrow("[stack/host] afterVm(vms/vm): the VM stands in another stack");
});

test("is refused where the host is installed over SSH", () => {
  expect(() => newHost(newStack(), { install: sshInstall() }).userData).toThrow("[stack/host] userData");
});
