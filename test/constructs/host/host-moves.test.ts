import { TerraformResource } from "cdktf";
import { Construct } from "constructs";
import { HostToken } from "../../../lib";
import { newHost, newStack, synthesize } from "../synthesis";

interface Moved {
  readonly from: string;
  readonly to: string;
}

function addressesIn(construct: Construct): string[] {
  return construct.node
    .findAll()
    .filter((child) => TerraformResource.isTerraformResource(child))
    .map((resource) => `${resource.terraformResourceType}.${resource.friendlyUniqueId}`);
}

/** The names that the resources had, and have, by what stands in the JSON. */
function moves(stack: ReturnType<typeof newStack>): Moved[] {
  return (synthesize(stack) as { moved?: Moved[] }).moved ?? [];
}

const TOKEN = HostToken.persistent({ revokeAfterJoin: true });

/** Where the host stood before, seen from the stack. */
function former(...path: string[]): string[] {
  const stack = newStack();
  const scope = path.slice(0, -1).reduce<Construct>((parent, id) => new Construct(parent, id), stack);
  return addressesIn(newHost(scope, { token: TOKEN }, path.at(-1)));
}

describe("movedFrom()", () => {
  test("moves every resource of a host that was renamed", () => {
    const stack = newStack();
    const host = newHost(stack, { token: TOKEN }, "allocator-1");

    host.movedFrom("first");

    const from = former("first");
    expect(from).toHaveLength(6);
    expect(moves(stack)).toEqual(addressesIn(host).map((to, i) => ({ from: from[i], to })));
  });

  test.each([
    ["first", ["group", "first"]],
    ["/first", ["first"]],
    ["old/racks/first", ["old", "racks", "first"]],
    ["group/first", ["group", "first"]],
  ])("from %s, called on a host in a group", (formerId, path) => {
    const stack = newStack();
    const host = newHost(new Construct(stack, "group"), { token: TOKEN }, "second");

    host.movedFrom(formerId);

    expect(moves(stack).map(({ from }) => from)).toEqual(former(...path));
    expect(stack.node.tryFindChild("old")).toBeUndefined();
    expect(stack.node.tryFindChild("first")).toBeUndefined();
  });

  test("is refused from an id that is still in use", () => {
    const stack = newStack();
    const host = newHost(stack, {}, "allocator-1");
    newHost(stack, { runnerId: "10.0.0.12" }, "allocator-2");

    expect(() => host.movedFrom("allocator-2")).toThrow(
      "[stack/allocator-1] movedFrom: stack/allocator-2 is still declared",
    );
  });
});
