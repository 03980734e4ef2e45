import { App, TerraformStack, TerraformVariable } from "cdktf";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Resource as NullResource } from "@cdktf/provider-null/lib/resource";
import { NullProvider } from "@cdktf/provider-null/lib/provider";
import {
  ContainerEngine,
  EceHost,
  EceProvider,
  EceRole,
  HostInstall,
  HostKey,
  HostToken,
  InstallCarrier,
  MemorySettings,
  RolesToken,
} from "../../../lib";
import {
  HOST_KEY_LINE,
  installSettings,
  installStep,
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

/** The import blocks, with their ids read. */
function imports(synthesized: Synthesized): { to: string; id: { [name: string]: unknown } }[] {
  const { import: blocks = [] } = synthesized as { import?: { to: string; id: string }[] };
  return blocks.map(({ to, id }) => ({ to, id: JSON.parse(id) as { [name: string]: unknown } }));
}

describe("EceHost", () => {
  test("puts the record and the machine before the token and the install, and the roles after them", () => {
    const stack = newStack();
    const host = newHost(stack, { hostStoragePath: "/srv/ece/data" });

    const synthesized = synthesize(stack);

    const { resource } = synthesized;
    const record = `ece_host.${host.host.friendlyUniqueId}`;
    const machine = `ece_host_machine.${host.machine!.friendlyUniqueId}`;
    expect(only(resource.ece_host).runner_id).toBe("10.0.0.11");
    expect(only(resource.ece_host_machine)).toMatchObject({
      host_id: `\${${record}.id}`,
      runner_id: `\${${record}.runner_id}`,
      ssh_host: "10.0.0.11",
      ssh_user: "elastic",
      ssh_host_key: HOST_KEY_LINE,
      ssh_private_key_file: "~/.ssh/ece",
      storage_path: "/srv/ece/data",
      container_engine: "docker",
      roles: ["allocator"],
      coordinator_host: "10.0.0.10",
    });
    expect(only(resource.ece_roles_token)).toMatchObject({ roles: ["allocator"], depends_on: [machine] });
    expect(installStep(synthesized).triggers_replace).toEqual({ machine: `\${${machine}.id}` });
    const roles = only(resource.ece_host_roles);
    expect(roles).toMatchObject({
      runner_id: `\${${record}.runner_id}`,
      roles: ["allocator"],
      host_id: `\${${record}.id}`,
      machine: `\${${machine}.access}`,
      install_id: `\${terraform_data.${Object.keys(resource.terraform_data!)[0]}.id}`,
    });
    expect(roles.lifecycle).toBeUndefined();
  });

  test("uploads the token last, and runs the script in a step that has no secret", () => {
    const stack = newStack();
    newHost(stack);

    const steps = provisioners(installStep(synthesize(stack)));

    expect(steps.map(([kind, { destination }]) => destination ?? kind)).toEqual([
      "remote-exec",
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

  test("verifies the host key, and reads the private key when it connects, where the machine found one", () => {
    const stack = newStack();
    const host = newHost(stack, { install: sshInstall({ port: 2222, connectTimeout: "10m" }) });

    const step = installStep(synthesize(stack));

    const file = `ece_host_machine.${host.machine!.friendlyUniqueId}.install_private_key_file`;
    expect(step.connection).toEqual({
      type: "ssh",
      host: "10.0.0.11",
      port: 2222,
      user: "elastic",
      private_key: `\${(${file} == null) ? null : file(${file})}`,
      host_key: HOST_KEY_LINE,
      agent: `\${(${file} == null)}`,
      timeout: "10m",
    });
  });

  test("leaves it to the provider where the key is, if none is named", () => {
    const stack = newStack();
    newHost(stack, { install: sshInstall({ privateKeyFile: undefined }) });

    expect(only(synthesize(stack).resource.ece_host_machine)).not.toHaveProperty("ssh_private_key_file");
  });

  test("can be spared Elastic's advice", () => {
    const stack = newStack();
    newHost(stack, { install: sshInstall({ skipAdvice: true }) });

    expect(only(synthesize(stack).resource.ece_host_machine).skip_advice).toBe(true);
  });

  test("runs nothing when it is destroyed: that is the provider's work", () => {
    const stack = newStack();
    newHost(stack);

    const steps = provisioners(installStep(synthesize(stack)));

    expect(steps.filter(([, step]) => "when" in step)).toEqual([]);
  });

  test.each([HostToken.persistent(), HostToken.ephemeral()])(
    "of a host that has joined already has neither token nor install",
    (token) => {
      const stack = newStack();
      const host = newHost(stack, { adopt: true, token });

      const { resource, ephemeral } = synthesize(stack);

      expect(host.rolesToken).toBeUndefined();
      expect(Object.keys(resource).sort()).toEqual(["ece_host", "ece_host_machine", "ece_host_roles"]);
      expect(ephemeral).toBeUndefined();
      expect(only(resource.ece_host_roles)).toMatchObject({ machine: expect.any(String) as string });
    },
  );

  test("of a host that has joined already is imported, with what is declared of it", () => {
    const stack = newStack();
    const host = new EceHost(stack, "host", {
      adopt: true,
      runnerId: "10.0.0.11",
      roles: [EceRole.PROXY],
      drainTimeout: "2h",
      maintenance: false,
    });

    const synthesized = synthesize(stack);

    const { resource } = synthesized;
    expect(Object.keys(resource).sort()).toEqual(["ece_host", "ece_host_roles"]);
    expect(only(resource.ece_host)).toMatchObject({ runner_id: "10.0.0.11", adopt: true });
    const [record, roles] = imports(synthesized);
    expect(record).toEqual({
      to: `ece_host.${host.host.friendlyUniqueId}`,
      id: { runner_id: "10.0.0.11", adopt: true, id: expect.stringMatching(/^adopted-\w+$/) as string },
    });
    expect(roles).toEqual({
      to: `ece_host_roles.${host.hostRoles.friendlyUniqueId}`,
      id: {
        runner_id: "10.0.0.11",
        roles: ["proxy"],
        host_id: record?.id.id,
        maintenance: false,
        timeouts: { update: "2h", delete: "2h" },
      },
    });
  });

  test("of a host that is installed is not imported", () => {
    const stack = newStack();
    newHost(stack);

    expect(imports(synthesize(stack))).toEqual([]);
  });

  test("can do without install and coordinatorHost only where it is adopted", () => {
    const stack = newStack();
    const config = { runnerId: "10.0.0.11", roles: [EceRole.PROXY] };

    expect(() => new EceHost(stack, "host", config)).toThrow(
      /coordinatorHost is missing.*install is missing: .* or adopt where ECE runs on the host already/,
    );
    expect(() =>
      newHost(stack, { adopt: true, install: HostInstall.userData(), coordinatorHost: undefined }, "vm"),
    ).toThrow("coordinatorHost is missing");
  });

  test("needs no other provider, unless null_resource is to carry the install", () => {
    const [byDefault, byChoice] = [newStack(), newStack()];
    newHost(byDefault);
    newHost(byChoice, { install: sshInstall({ carrier: InstallCarrier.NULL_RESOURCE }) });

    const [own, chosen] = [synthesize(byDefault), synthesize(byChoice)];

    expect(Object.keys(own.provider)).toEqual(["ece"]);
    expect(Object.keys(own.resource)).not.toContain("null_resource");
    expect(Object.keys(chosen.provider)).toEqual(["ece", "null"]);
    expect(provisioners(only(chosen.resource.null_resource))).toEqual(provisioners(installStep(own)));
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
    const host = newHost(stack, {
      install: sshInstall({ bastionHost: "jump.example", bastionHostKey: HostKey.of(BASTION_KEY_LINE) }),
    });

    const synthesized = synthesize(stack);
    const file = `ece_host_machine.${host.machine!.friendlyUniqueId}.install_bastion_private_key_file`;

    expect(installStep(synthesized).connection).toMatchObject({
      bastion_host: "jump.example",
      bastion_port: 22,
      bastion_user: "elastic",
      bastion_private_key: `\${(${file} == null) ? null : file(${file})}`,
      bastion_host_key: BASTION_KEY_LINE,
      host_key: expect.stringMatching(
        new RegExp(`^sk-ssh.*\\n\\[10.0.0.11\\]:22 ${HOST_KEY_LINE}\\n\\[jump.example\\]:22 ${BASTION_KEY_LINE}$`),
      ) as string,
    });
    expect(only(synthesized.resource.ece_host_machine)).toMatchObject({
      ssh_host_key: HOST_KEY_LINE,
      bastion_host: "jump.example",
      bastion_host_key: BASTION_KEY_LINE,
    });
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
      skipCloudEnterpriseVersionCheck: true,
      overwriteExistingImage: true,
      externalHostnames: ["ece.example", "10.1.0.99"],
      apiBaseUrl: "https://ece.example:12443",
      hostDockerHost: "/run/docker.sock",
      configFile: "/srv/data/ece/bootstrap.conf",
      proxyProtocolVersion: 2,
      proxyProtocolLenient: true,
      installerArguments: ["--proxy-tags", "site:a", "--something-new"],
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
        "--ece-docker-repository 'mirror/ece' --timeout-factor '2.5'",
        "--external-hostname 'ece.example,10.1.0.99' --api-base-url 'https://ece.example:12443'",
        "--host-docker-host '/run/docker.sock' --config-file '/srv/data/ece/bootstrap.conf'",
        "--proxy-protocol-version '2' --proxy-tags 'site:a')\ninstaller_flags=(--podman --selinux --force",
        "--skip-cloud-enterprise-version-check --overwrite-existing-image --proxy-protocol-lenient --debug --something-new)",
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

  test("tells what it is, of which a change replaces it, and what the installer is asked for", () => {
    const recordOf = (config: Parameters<typeof newHost>[1]) => {
      const stack = newStack();
      newHost(stack, config);
      return only(synthesize(stack).resource.ece_host);
    };
    const { traits, install_arguments: asked } = recordOf({});

    expect(traits).toEqual({
      availabilityZone: "ece-zone-1",
      hostStoragePath: "/mnt/data/elastic",
      containerEngine: "docker",
    });
    expect(new Set(Object.values(asked as object))).toEqual(new Set([""]));
    expect(recordOf({ version: "4.0.4", capacityMb: 9000, roles: [EceRole.PROXY] })).toMatchObject({
      traits,
      install_arguments: { capacityMb: "9000" },
    });
    expect(recordOf({ memorySettings: MemorySettings.small(), roles: [EceRole.PROXY] })).toEqual(
      recordOf({ memorySettings: MemorySettings.small() }),
    );
  });

  test("lets Terraform fill in what is not known at synth", () => {
    const stack = newStack();
    const address = new TerraformVariable(stack, "address", {}).stringValue;
    newHost(stack, { runnerId: address, install: sshInstall({ host: address }) });

    const { resource } = synthesize(stack);

    expect(only(resource.ece_host).runner_id).toBe("${var.address}");
    expect(only(resource.ece_host_machine).ssh_host).toBe("${var.address}");
    expect(JSON.stringify(resource)).toContain("runner_id='${replace(var.address, ");
  });

  test("passes an aliased provider and the timeouts on", () => {
    const stack = newStack();
    const provider = new EceProvider(stack, "second", { alias: "second", endpoint: "https://second.example:12443" });
    newHost(stack, { provider, joinTimeout: "45m", drainTimeout: "3h", drain: { force: true } });

    const { resource } = synthesize(stack);

    expect(only(resource.ece_roles_token).provider).toBe("ece.second");
    expect(only(resource.ece_host).provider).toBe("ece.second");
    expect(only(resource.ece_host_machine)).toMatchObject({ provider: "ece.second", timeouts: { delete: "3h" } });
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
    expect(JSON.stringify(installStep(synthesized))).toContain("${ece_roles_token.token.token}");
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
