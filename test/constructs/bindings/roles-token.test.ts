import { DataResource, type TerraformStack } from "cdktf";
import { EphemeralRolesToken, HostRoles, RolesToken } from "../../../lib";
import { newStack, only, synthesize } from "../synthesis";

test.each([
  ["RolesToken", (roles: string[]) => new RolesToken(newStack(), "x", { roles })],
  ["EphemeralRolesToken", (roles: string[]) => new EphemeralRolesToken(newStack(), "x", { roles })],
  ["HostRoles", (roles: string[]) => new HostRoles(newStack(), "x", { runnerId: "x", roles })],
] as const)("%s refuses roles that ECE does not have", (_, create) => {
  expect(() => create(["admin"])).toThrow('[stack/x] roles has "admin"');
  expect(() => create([])).toThrow("[stack/x] roles is empty");
});

test("an ephemeral token is referred to as one", () => {
  const stack = newStack();
  const { token, expiresAt } = new EphemeralRolesToken(stack, "x", { roles: ["proxy"] });
  new DataResource(stack, "user", { input: { token, expiresAt } });

  expect(only(synthesize(stack).resource.terraform_data).input).toEqual({
    token: "${ephemeral.ece_roles_token.x.token}",
    expiresAt: "${ephemeral.ece_roles_token.x.expires_at}",
  });
});

test("a stack with an ephemeral token asks for a Terraform that knows them, unless the stack asks for a version itself", () => {
  const asks = (declare: (stack: TerraformStack) => void) => {
    const stack = newStack();
    declare(stack);
    new EphemeralRolesToken(stack, "x", { roles: ["proxy"] });
    return synthesize(stack).terraform.required_version;
  };

  expect(asks(() => undefined)).toBe(">= 1.10");
  expect(asks((stack) => stack.addOverride("terraform.required_version", "~> 1.12"))).toBe("~> 1.12");
  expect(synthesize(newStack()).terraform.required_version).toBeUndefined();
});

test("an ephemeral token that provisioners use is an empty text where none was made", () => {
  const stack = newStack();
  const token = new EphemeralRolesToken(stack, "x", { roles: ["proxy"] });
  new DataResource(stack, "user", { input: { token: token._tokenOrEmpty } });

  const reference = "ephemeral.ece_roles_token.x.token";
  expect(only(synthesize(stack).resource.terraform_data).input).toEqual({
    token: `\${(${reference} != null) ? ${reference} : ""}`,
  });
});
