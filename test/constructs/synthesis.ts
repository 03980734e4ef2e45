import { TerraformStack, Testing } from "cdktf";
import type { Construct } from "constructs";
import {
  EceHost,
  EceProvider,
  EceRole,
  HostInstall,
  HostKey,
  type EceHostConfig,
  type SshInstallOptions,
} from "../../lib";
import { asTerraformRenders } from "./terraform-text";

export const HOST_KEY_LINE = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJfDB6vQyrNRxwqYVL7qGuPCGTGdxGqEUsLgX1Pqfd3V";

type Attributes = { readonly [name: string]: unknown };

/** What a stack synthesizes to, as far as tests look at it. */
export interface Synthesized {
  readonly resource: { readonly [type: string]: { readonly [id: string]: Attributes } };
  readonly data: { readonly [type: string]: { readonly [id: string]: Attributes } };
  readonly ephemeral?: { readonly [type: string]: { readonly [id: string]: Attributes } };
  readonly locals?: { readonly [id: string]: string };
  readonly provider: { readonly [type: string]: Attributes[] };
  readonly terraform: { readonly required_providers: Attributes; readonly required_version?: string };
}

export function newStack(): TerraformStack {
  const stack = new TerraformStack(Testing.app(), "stack");
  new EceProvider(stack, "ece");
  return stack;
}

export function synthesize(stack: TerraformStack): Synthesized {
  return JSON.parse(Testing.synth(stack, true)) as Synthesized;
}

/** The attributes of the only resource of a type. */
export function only(blocks: { readonly [id: string]: Attributes } | undefined): Attributes {
  const all = Object.values(blocks ?? {});
  expect(all).toHaveLength(1);
  return all[0]!;
}

export function sshInstall(options: Partial<SshInstallOptions> = {}): HostInstall {
  return HostInstall.overSsh({
    host: "10.0.0.11",
    user: "elastic",
    privateKeyFile: "~/.ssh/ece",
    hostKey: HostKey.of(HOST_KEY_LINE),
    ...options,
  });
}

export function newHost(scope: Construct, config: Partial<EceHostConfig> = {}, id = "host"): EceHost {
  const { runnerId = "10.0.0.11" } = config;
  return new EceHost(scope, id, {
    runnerId,
    roles: [EceRole.ALLOCATOR],
    coordinatorHost: "10.0.0.10",
    install: sshInstall({ host: runnerId }),
    ...config,
  });
}

/** The provisioners of the only install step, each as its kind and its arguments. */
export function provisioners(step: Attributes): [string, Attributes][] {
  return (step.provisioner as { [kind: string]: Attributes }[]).map((provisioner) => Object.entries(provisioner)[0]!);
}

/** The only install step of a stack, whatever carries it. */
export function installStep({ resource }: Synthesized): Attributes {
  return only({ ...resource.null_resource, ...resource.terraform_data });
}

/** The warnings that a synthesis shows. */
/** The settings of the install script that are uploaded, as Terraform renders them. */
export function installSettings(synthesized: Synthesized): string {
  const upload = provisioners(installStep(synthesized)).find(([, { destination }]) =>
    String(destination).endsWith("/settings.sh"),
  );
  return asTerraformRenders(upload![1].content as string);
}

export function warnings(stack: TerraformStack): unknown[] {
  return stack.node
    .findAll()
    .flatMap(({ node }) => node.metadata)
    .filter(({ type }) => type === "@cdktf/warn")
    .map(({ data }) => data as unknown);
}
