import { App, Manifest, Token, TerraformStack, type TerraformResource } from "cdktf";
import type { Construct } from "constructs";
import { isAbsolute, join, relative, resolve } from "node:path";

/**
 * A path as Terraform, which runs in the stack's own folder, must see it.
 *
 * Relative paths are those of the program that synthesizes, and stay relative so that the result works on another machine.
 */
export function stackPath(scope: Construct, path: string): string {
  if (Token.isUnresolved(path) || isAbsolute(path) || path.startsWith("~")) return path;
  const stackFolder = join(App.of(scope).outdir, Manifest.stacksFolder, TerraformStack.of(scope).node.id);
  return relative(resolve(stackFolder), resolve(path));
}

/** A number as text, also where only Terraform knows it. */
export function numberText(value: number): string {
  return Token.isUnresolved(value) ? Token.asString(value) : String(value);
}

/** What Terraform is told of a resource beside its attributes. */
export interface MetaArguments {
  readonly count?: unknown;
  readonly for_each?: unknown;
  readonly lifecycle?: {
    readonly create_before_destroy?: unknown;
    readonly replace_triggered_by?: readonly unknown[];
  };
}

/** The block of a resource as it is synthesized, with overrides. */
export function synthesizedBlock(resource: TerraformResource): MetaArguments | undefined {
  const { resource: types } = resource.toTerraform() as {
    resource?: { [type: string]: { [id: string]: MetaArguments } };
  };
  return types?.[resource.terraformResourceType]?.[resource.friendlyUniqueId];
}
