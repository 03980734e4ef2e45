import { Aspects, TerraformStack } from "cdktf";
import { NullProvider } from "@cdktf/provider-null/lib/provider";
import type { Construct, IConstruct } from "constructs";

const ID = "cdktf-ece-null";

/**
 * Makes sure that a stack with a `null_resource` has a provider for it.
 *
 * Decided as late as possible, so that a null provider that the user adds after the first host is found.
 */
export function requireNullProvider(scope: Construct): void {
  Aspects.of(TerraformStack.of(scope)).add({ visit: addMissingProvider });
}

function addMissingProvider(node: IConstruct): void {
  if (!TerraformStack.isStack(node)) return;
  const isPresent = node
    .allProviders()
    .some(({ terraformResourceType, alias }) => terraformResourceType === "null" && alias === undefined);
  if (!isPresent) new NullProvider(node, ID);
}
