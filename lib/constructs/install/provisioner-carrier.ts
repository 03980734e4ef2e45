import {
  DataResource,
  TerraformSelf,
  type FileProvisioner,
  type RemoteExecProvisioner,
  type TerraformResource,
} from "cdktf";
import { Resource as NullResource } from "@cdktf/provider-null/lib/resource";
import type { Construct } from "constructs";
import { InstallCarrier } from "./install-carrier";
import { requireNullProvider } from "./null-provider";

interface Values {
  readonly [name: string]: string;
}

/** A resource whose creation runs provisioners. */
export interface CreationConfig {
  /** Values whose change replaces the resource, which runs everything again. */
  readonly triggers: Values;
  readonly steps: readonly (FileProvisioner | RemoteExecProvisioner)[];
}

/** A resource whose destruction runs provisioners. They can see only what it stores: strings, and no secrets. */
export interface DestructionConfig<Identity, Access> {
  /** Stored; a change replaces the resource. */
  readonly identity: Identity;
  /** Stored; a change replaces nothing. */
  readonly access: Access;
  readonly steps: (stored: Identity & Access) => readonly RemoteExecProvisioner[];
}

/** Creates the resource `id` in the scope, which stands for what the steps do when it is created. */
export function carryCreation(
  scope: Construct,
  id: string,
  carrier: string,
  config: CreationConfig,
): TerraformResource {
  const { triggers, steps } = config;
  const provisioners = [...steps];
  if (carrier === InstallCarrier.TERRAFORM_DATA)
    return new DataResource(scope, id, { triggersReplace: triggers, provisioners });

  requireNullProvider(scope);
  return new NullResource(scope, id, { triggers, provisioners });
}

/**
 * Creates a `terraform_data` `id` in the scope, whose destruction runs the steps.
 *
 * A step that fails does not hold the destruction up.
 */
export function carryDestruction<Identity extends object, Access extends object>(
  scope: Construct,
  id: string,
  { identity, access, steps }: DestructionConfig<Identity, Access>,
): TerraformResource {
  const input = { ...identity, ...access };
  const self = Object.fromEntries(Object.keys(input).map((name) => [name, TerraformSelf.getString(`input.${name}`)]));
  const provisioners = [...steps(self as Identity & Access)];
  const resource = new DataResource(scope, id, { triggersReplace: identity, input, provisioners });
  // CDKTF knows `when` for local-exec only, and `on_failure` for none.
  for (const index of provisioners.keys()) {
    resource.addOverride(`provisioner.${index}.remote-exec.when`, "destroy");
    resource.addOverride(`provisioner.${index}.remote-exec.on_failure`, "continue");
  }
  return resource;
}
