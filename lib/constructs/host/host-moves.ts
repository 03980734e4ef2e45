import { TerraformResource, TerraformStack } from "cdktf";
import { Construct, type IConstruct } from "constructs";

/**
 * Writes a `moved` block for each resource of a construct that had another id, or stood elsewhere in its stack.
 *
 * @param formerId the id that it had in the same scope, or its path below the stack, with a slash
 */
export function moveResources(construct: Construct, formerId: string): void {
  const stack = TerraformStack.of(construct);
  const scope = formerId.includes("/") ? stack : (construct.node.scope ?? stack);
  const former = [...idsBelow(stack, scope), ...formerId.split("/").filter(Boolean)];
  if (former.reduce<IConstruct | undefined>((at, id) => at?.node.tryFindChild(id), stack) !== undefined) {
    throw new Error(
      `[${construct.node.path}] movedFrom: ${[stack.node.id, ...former].join("/")} is still declared. Give the id that the host had before, and that no construct has now.`,
    );
  }
  for (const resource of construct.node.findAll().filter((child) => TerraformResource.isTerraformResource(child))) {
    resource.moveFromId(
      `${resource.terraformResourceType}.${nameAt(stack, [...former, ...idsBelow(construct, resource)])}`,
    );
  }
}

function idsBelow(ancestor: IConstruct, construct: IConstruct): string[] {
  return construct.node.scopes.slice(ancestor.node.scopes.length).map(({ node }) => node.id);
}

/** The name that CDKTF gives to what stands at a path of the stack: it is asked, with constructs that stand there for a moment. */
function nameAt(stack: TerraformStack, path: readonly string[]): string {
  let at: IConstruct = stack;
  let remove: (() => void) | undefined;
  for (const id of path) {
    const { node }: IConstruct = at;
    const present = node.tryFindChild(id);
    if (present === undefined) remove ??= () => node.tryRemoveChild(id);
    at = present ?? new Construct(at, id);
  }
  const name = stack.getLogicalId(at.node);
  remove?.();
  return name;
}
