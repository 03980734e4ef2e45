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

/** Provisioners on a resource that stands for what they do. */
export interface CarrierConfig<Identity, Access> {
  /** Stored; a change replaces the resource, which runs everything again. */
  readonly identity: Identity;
  /** Stored; a change replaces nothing. */
  readonly access: Access;
  readonly onCreate: readonly Provisioner[];
  /** The steps of the destruction, which can see stored values only. */
  readonly onDestroy: (stored: Identity & Access) => readonly RemoteExecProvisioner[];
}

interface StoredValues {
  readonly [name: string]: string;
}

/** What provisioners a carrier takes. */
export type Provisioner = FileProvisioner | RemoteExecProvisioner;

/** Creates the resource that carries provisioners: `install` in the scope. Stored values are strings, and no secrets. */
export function createCarrier<Identity extends object, Access extends object>(
  scope: Construct,
  carrier: string,
  config: CarrierConfig<Identity, Access>,
): TerraformResource {
  const { identity, access, onCreate, onDestroy } = config;
  const isNullResource = carrier === InstallCarrier.NULL_RESOURCE;
  const stored = { ...identity, ...access } as StoredValues;
  const place = isNullResource ? "triggers" : "input";
  const self = Object.fromEntries(
    Object.keys(stored).map((name) => [name, TerraformSelf.getString(`${place}.${name}`)]),
  );
  const provisioners = [...onCreate, ...onDestroy(self as Identity & Access)];

  const resource = isNullResource
    ? nullResource(scope, stored, Object.keys(access), provisioners)
    : new DataResource(scope, "install", { triggersReplace: identity, input: stored, provisioners });
  // CDKTF knows `when` for local-exec only.
  for (let index = onCreate.length; index < provisioners.length; index++) {
    resource.addOverride(`provisioner.${index}.remote-exec.when`, "destroy");
  }
  return resource;
}

/** Each trigger of a null_resource replaces it; for how the host is reached that would mean to drain and clean it. */
function nullResource(
  scope: Construct,
  triggers: StoredValues,
  unchanging: readonly string[],
  provisioners: Provisioner[],
): NullResource {
  requireNullProvider(scope);
  const ignoreChanges = unchanging.map((name) => `triggers["${name}"]`);
  return new NullResource(scope, "install", { triggers, provisioners, lifecycle: { ignoreChanges } });
}
