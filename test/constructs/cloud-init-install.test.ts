import { spawnSync } from "node:child_process";
import { DataResource } from "cdktf";
import { HostInstall } from "../../lib";
import { newHost, newStack, only, sshInstall, synthesize } from "./synthesis";
import { asTerraformRenders } from "./terraform-text";

function synthesizeVm(options?: Parameters<typeof HostInstall.userData>[0]) {
  const stack = newStack();
  const host = newHost(stack, { install: HostInstall.userData(options), version: "4.0.3" });
  const vm = new DataResource(stack, "vm", { input: { userData: host.userData } });
  host.afterVm(vm);
  const synthesized = synthesize(stack);
  const { input } = only(synthesized.resource.terraform_data) as { input: { userData: string } };
  return { ...synthesized, userData: asTerraformRenders(input.userData) };
}

it("is cloud-config with the token apart from the script", () => {
  const { userData } = synthesizeVm({ user: "ece" });

  expect(userData).toMatch(/^#cloud-config\nwrite_files:\n/);
  expect(userData.match(/ece_roles_token\.[\w-]+\.token/g)).toHaveLength(1);
  expect(userData).toContain("runuser -l \"$user\" -c 'bash .cdktf-ece/upload/install.sh'");
  expect(userData).toContain("user='ece'");
});

it("is YAML whose scripts are the rendered ones", () => {
  const { userData } = synthesizeVm();

  const blocks = [...userData.matchAll(/content: \|\n((?: {6}.*\n|\n)+)/g)].map(([, block]) =>
    block!.replace(/^ {6}/gm, ""),
  );

  expect(blocks).toHaveLength(2);
  for (const script of blocks) {
    const { status, stderr } = spawnSync("bash", ["-n"], { input: script, encoding: "utf8" });
    expect([status, stderr]).toEqual([0, ""]);
  }
});

it("fits into what clouds take", () => {
  expect(synthesizeVm().userData.length).toBeLessThan(16_000);
});

it("puts the VM between the record and the roles", () => {
  const { resource } = synthesizeVm();

  const roles = only(resource.ece_host_roles);
  expect(roles.depends_on).toEqual(["terraform_data.vm"]);
  expect((roles.lifecycle as { replace_triggered_by: string[] }).replace_triggered_by).toContain(
    "terraform_data.vm.id",
  );
  expect(resource.null_resource).toBeUndefined();
});

it("is refused where the host is installed over SSH", () => {
  expect(() => newHost(newStack(), { install: sshInstall() }).userData).toThrow("[stack/host] userData");
});
