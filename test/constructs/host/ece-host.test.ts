import { App, TerraformStack, TerraformVariable } from "cdktf";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Resource as NullResource } from "@cdktf/provider-null/lib/resource";
import { NullProvider } from "@cdktf/provider-null/lib/provider";
import {
  ContainerEngine,
  EceProvider,
  EceRole,
  HostKey,
  HostToken,
  InstallCarrier,
  MemorySettings,
  RolesToken,
} from "../../../lib";
import { asTerraformRenders } from "../terraform-text";
import {
  HOST_KEY_LINE,
  carried,
  newHost,
  newStack,
  only,
  provisioners,
  sshInstall,
  synthesize,
  warnings,
  type Synthesized,
} from "../synthesis";

const BASTION_KEY_LINE = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKVZ7d8F7b1mS4Zb1y0mY0q2s3c4n5v6x7a8b9c0d1e2";

describe("EceHost", () => {
  test("puts the record before the install, and the roles after it", () => {
    const stack = newStack();
    const host = newHost(stack);

    const synthesized = synthesize(stack);

    const { resource } = synthesized;
    const [cleanup, install] = ["cleanup", "install-step"].map(
      (id) => `terraform_data.${Object.keys(resource.terraform_data!).find((name) => name.includes(`_${id}_`))}`,
    );
    const record = `ece_host.${host.host.friendlyUniqueId}`;
    expect(only(resource.ece_roles_token).roles).toEqual(["allocator"]);
    expect(only(resource.ece_host).runner_id).toBe("10.0.0.11");
    expect(carried(synthesized, "cleanup").triggers_replace).toEqual({
      host_id: `\${${record}.id}`,
      ssh_host: "10.0.0.11",
      storage_path: "/mnt/data/elastic",
      container_engine: "docker",
    });
    expect(carried(synthesized, "install-step").triggers_replace).toEqual({ machine: `\${${cleanup}.id}` });
    expect(only(resource.ece_host_roles)).toMatchObject({
      runner_id: `\${${record}.runner_id}`,
      roles: ["allocator"],
      depends_on: [install],
      lifecycle: { replace_triggered_by: [`${record}.id`, `${install}.id`] },
    });
  });

  test("uploads the token last, and runs the script in a step that has no secret", () => {
    const stack = newStack();
    newHost(stack);

    const steps = provisioners(carried(synthesize(stack), "install-step"));

    expect(steps.map(([kind, { destination }]) => destination ?? kind)).toEqual([
      "remote-exec",
      ".cdktf-ece/remove-ece.sh",
      ".cdktf-ece/upload/install.sh",
      ".cdktf-ece/upload/settings.sh",
      ".cdktf-ece/upload/roles-token",
      "remote-exec",
    ]);
    const secret = steps.filter(([, step]) => JSON.stringify(step).includes(".token}"));
    expect(secret.map(([, { destination }]) => destination)).toEqual([".cdktf-ece/upload/roles-token"]);
    expect(steps.at(-1)![1].inline).toContain("exec bash .cdktf-ece/upload/install.sh");
  });

  test("uploads a script that lies in the stack's folder, the same for every host", () => {
    const outdir = mkdtempSync(join(tmpdir(), "cdktf-ece-test-"));
    const stack = new TerraformStack(new App({ outdir }), "hosts");
    new EceProvider(stack, "ece");
    newHost(stack);
    newHost(stack, { runnerId: "10.0.0.12", install: sshInstall({ host: "10.0.0.12" }) }, "other");

    (stack.node.root as App).synth();

    const text = readFileSync(join(outdir, "stacks/hosts/cdk.tf.json"), "utf8");
    const sources = [...text.matchAll(/"source": "(.*install\.sh)"/g)].map(([, source]) => source!);
    expect(sources).toEqual([sources[0], sources[0]]);
    expect(readFileSync(join(outdir, "stacks/hosts", sources[0]!), "utf8")).toMatch(/^#!\/usr\/bin\/env bash/);
    expect(text).not.toContain("#!/usr/bin/env bash\\n# Joins");
    rmSync(outdir, { recursive: true });
  });

  test("verifies the host key, and reads the private key when Terraform runs", () => {
    const stack = newStack();
    newHost(stack, { install: sshInstall({ port: 2222, connectTimeout: "10m" }) });

    const [, first] = provisioners(carried(synthesize(stack), "install-step"))[0]!;

    expect(first.connection).toMatchObject({
      type: "ssh",
      host: "10.0.0.11",
      port: "2222",
      user: "elastic",
      private_key: '${file("~/.ssh/ece")}',
      host_key: HOST_KEY_LINE,
      agent: "false",
      timeout: "10m",
    });
  });

  test("cleans the host with what is stored, and stores no secret", () => {
    const stack = newStack();
    newHost(stack);

    const step = carried(synthesize(stack), "cleanup");
    const steps = provisioners(step);
    const [, cleanup] = steps.at(-1)!;

    expect(steps.map(([, { when, on_failure: onFailure }]) => [when, onFailure])).toEqual([
      ["destroy", "continue"],
      ["destroy", "continue"],
    ]);
    expect(cleanup.connection).toMatchObject({
      host: "${self.input.ssh_host}",
      port: "${self.input.ssh_port}",
      private_key: "${file(self.input.ssh_private_key_file)}",
      host_key: "${self.input.ssh_host_key}",
    });
    const references =
      JSON.stringify(cleanup)
        .replaceAll("$${", "")
        .match(/\$\{[^}]*\}/g) ?? [];
    expect(references.filter((reference) => !reference.includes("self."))).toEqual([]);
    expect(JSON.stringify(step.input)).not.toMatch(/token/);
  });

  test("does not reinstall when only the way to the host changes", () => {
    const stack = newStack();
    newHost(stack);
    const { input, triggers_replace: identity } = carried(synthesize(stack), "cleanup") as { [name: string]: object };

    expect(Object.keys(input!).filter((name) => !(name in identity!))).toEqual([
      "ssh_host_key",
      "ssh_port",
      "ssh_private_key_file",
      "ssh_user",
    ]);
  });

  test("needs no other provider, unless null_resource is to carry the install", () => {
    const [byDefault, byChoice] = [newStack(), newStack()];
    newHost(byDefault);
    newHost(byChoice, { install: sshInstall({ carrier: InstallCarrier.NULL_RESOURCE }) });

    const [own, chosen] = [synthesize(byDefault), synthesize(byChoice)];

    expect(Object.keys(own.provider)).toEqual(["ece"]);
    expect(Object.keys(own.resource)).not.toContain("null_resource");
    expect(Object.keys(chosen.provider)).toEqual(["ece", "null"]);
    expect(provisioners(only(chosen.resource.null_resource))).toEqual(provisioners(carried(own, "install-step")));
  });

  test("uses a null provider that the stack has, wherever it was declared", () => {
    const stack = newStack();
    newHost(stack, { install: sshInstall({ carrier: InstallCarrier.NULL_RESOURCE }) });
    new NullProvider(stack, "mine");
    new NullResource(stack, "other");

    expect(synthesize(stack).provider.null).toEqual([{}]);
  });

  test("goes through a bastion, with the host's user and key unless told otherwise", () => {
    const stack = newStack();
    newHost(stack, {
      install: sshInstall({ bastionHost: "jump.example", bastionHostKey: HostKey.of(BASTION_KEY_LINE) }),
    });

    const synthesized = synthesize(stack);
    const [steps, cleanup] = ["install-step", "cleanup"].map((id) => provisioners(carried(synthesized, id)));

    expect(steps![0]![1].connection).toMatchObject({
      bastion_host: "jump.example",
      bastion_port: "22",
      bastion_user: "elastic",
      bastion_private_key: '${file("~/.ssh/ece")}',
      bastion_host_key: BASTION_KEY_LINE,
      host_key: expect.stringMatching(
        new RegExp(`^sk-ssh.*\\n\\[10.0.0.11\\]:22 ${HOST_KEY_LINE}\\n\\[jump.example\\]:22 ${BASTION_KEY_LINE}$`),
      ) as string,
    });
    expect(cleanup!.at(-1)![1].connection).toMatchObject({ bastion_host: "${self.input.bastion_host}" });
  });

  test("hands every option to the installer", () => {
    const stack = newStack();
    newHost(stack, {
      availabilityZone: "zone-b",
      hostStoragePath: "/srv/data/ece",
      hostIp: "10.1.0.11",
      capacityMb: 65536,
      memorySettings: MemorySettings.medium(),
      allocatorTags: { disk: "ssd", generation: "2" },
      dockerRegistry: "registry.example:5000",
      eceDockerRepository: "mirror/ece",
      containerEngine: ContainerEngine.PODMAN,
      selinux: true,
      timeoutFactor: 2.5,
      version: "4.0.2",
      force: true,
      debug: true,
    });

    const settings = installSettings(synthesize(stack));

    expect(settings).toContain("version='4.0.2'");
    expect(settings).toContain("storage_path='/srv/data/ece'");
    expect(settings).toContain(
      [
        "installer_options=(--availability-zone 'zone-b' --host-ip '10.1.0.11' --capacity '65536'",
        `--memory-settings '{"runner":{"xms":"1G","xmx":"1G"},"allocator":{"xms":"4G","xmx":"4G"}}'`,
        "--allocator-tags 'disk:ssd,generation:2' --docker-registry 'registry.example:5000'",
        "--ece-docker-repository 'mirror/ece' --timeout-factor '2.5')\ninstaller_flags=(--podman --selinux --force --debug)",
      ].join(" "),
    );
  });

  test("installs the platform's version unless told otherwise", () => {
    const stack = newStack();
    newHost(stack);

    expect(installSettings(synthesize(stack))).toMatch(
      /^version='\$\{replace\(ece_host\.\w+\.platform_version, .*\)\}'$/m,
    );
  });

  test("names in the plan what needs a reinstall, and nothing else", () => {
    const fingerprint = (config: Parameters<typeof newHost>[1]) => {
      const stack = newStack();
      newHost(stack, config);
      return only(synthesize(stack).resource.ece_host).install_fingerprint;
    };

    expect(fingerprint({})).toBe("zone ece-zone-1, storage /mnt/data/elastic, engine docker, ssh host 10.0.0.11");
    expect(
      fingerprint({
        roles: [EceRole.PROXY],
        coordinatorHost: "other",
        allocatorTags: { a: "b" },
        capacityMb: 9000,
        debug: true,
      }),
    ).toBe(fingerprint({}));
    expect(fingerprint({ availabilityZone: "b" })).not.toBe(fingerprint({}));
    expect(fingerprint({ version: "4.0.4" })).not.toBe(fingerprint({}));
    expect(fingerprint({ memorySettings: MemorySettings.small() })).not.toBe(
      fingerprint({ memorySettings: MemorySettings.large() }),
    );
    expect(fingerprint({ memorySettings: MemorySettings.small(), roles: [EceRole.PROXY] })).toBe(
      fingerprint({ memorySettings: MemorySettings.small() }),
    );
  });

  test("lets Terraform fill in what is not known at synth", () => {
    const stack = newStack();
    const address = new TerraformVariable(stack, "address", {}).stringValue;
    newHost(stack, { runnerId: address, install: sshInstall({ host: address }) });

    const { resource } = synthesize(stack);

    expect(only(resource.ece_host).runner_id).toBe("${var.address}");
    expect(JSON.stringify(resource)).toContain("runner_id='${replace(var.address, ");
  });

  test("passes an aliased provider and the timeouts on", () => {
    const stack = newStack();
    const provider = new EceProvider(stack, "second", { alias: "second", endpoint: "https://second.example:12443" });
    newHost(stack, { provider, joinTimeout: "45m", drainTimeout: "3h", drain: { force: true } });

    const { resource } = synthesize(stack);

    expect(only(resource.ece_roles_token).provider).toBe("ece.second");
    expect(only(resource.ece_host).provider).toBe("ece.second");
    expect(only(resource.ece_host_roles)).toMatchObject({
      provider: "ece.second",
      timeouts: { create: "45m", update: "3h", delete: "3h" },
      drain: { force: true },
    });
  });

  test("warns of roles that Elastic advises against on one host", () => {
    const stack = newStack();
    newHost(stack, { roles: [EceRole.ALLOCATOR, EceRole.DIRECTOR] });
    newHost(stack, { roles: [EceRole.DIRECTOR, EceRole.COORDINATOR] }, "other");

    expect(warnings(stack)).toEqual([expect.stringContaining("against allocator and director on one host")]);
  });
});

describe("its token", () => {
  test("can be shared by hosts whose roles it carries", () => {
    const stack = newStack();
    const rolesToken = new RolesToken(stack, "token", { roles: [EceRole.ALLOCATOR, EceRole.PROXY] });
    const host = newHost(stack, { token: HostToken.shared(rolesToken) });

    const synthesized = synthesize(stack);

    expect(host.rolesToken).toBe(rolesToken);
    only(synthesized.resource.ece_roles_token);
    expect(JSON.stringify(carried(synthesized, "install-step"))).toContain("${ece_roles_token.token.token}");
  });

  test("is one ephemeral token for the hosts of a stack with the same roles", () => {
    const stack = newStack();
    const token = HostToken.ephemeral();
    newHost(stack, { token, runnerId: "10.0.0.11", roles: [EceRole.DIRECTOR, EceRole.COORDINATOR] }, "a");
    newHost(stack, { token, runnerId: "10.0.0.12", roles: [EceRole.COORDINATOR, EceRole.DIRECTOR] }, "b");
    const other = newHost(stack, { token, runnerId: "10.0.0.13" }, "c");

    const { ephemeral, resource } = synthesize(stack);

    const tokens = Object.values(ephemeral!.ece_roles_token!);
    expect(tokens.map(({ applying, for_runners }) => [applying, (for_runners as string[]).length])).toEqual([
      ["${terraform.applying}", 1],
      ["${terraform.applying}", 2],
    ]);
    expect(other.rolesToken).toBeUndefined();
    expect(resource.ece_roles_token).toBeUndefined();
  });

  test("can be revoked after the join, and is made again with its host", () => {
    const stack = newStack();
    const host = newHost(stack, { token: HostToken.persistent({ revokeAfterJoin: true }) });

    const { resource } = synthesize(stack);

    const token = `ece_roles_token.${host.rolesToken!.friendlyUniqueId}`;
    expect(only(resource.ece_roles_token)).toMatchObject({
      on_missing: "keep",
      triggers: { host: `\${ece_host.${host.host.friendlyUniqueId}.id}` },
    });
    expect(only(resource.ece_roles_token_revocation)).toMatchObject({
      token_id: `\${${token}.id}`,
      depends_on: [`ece_host_roles.${host.hostRoles.friendlyUniqueId}`],
    });
  });
});

function installSettings(synthesized: Synthesized): string {
  const upload = provisioners(carried(synthesized, "install-step")).find(([, { destination }]) =>
    String(destination).endsWith("/settings.sh"),
  );
  return asTerraformRenders(upload![1].content as string);
}
