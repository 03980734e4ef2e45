import { DataResource } from "cdktf";
import { EphemeralRolesToken, HostRoles, RolesToken } from "../../lib";
import { newStack, only, synthesize } from "./synthesis";

it.each([
  ["RolesToken", (roles: string[]) => new RolesToken(newStack(), "x", { roles })],
  ["EphemeralRolesToken", (roles: string[]) => new EphemeralRolesToken(newStack(), "x", { roles })],
  ["HostRoles", (roles: string[]) => new HostRoles(newStack(), "x", { runnerId: "x", roles })],
] as const)("%s refuses roles that ECE does not have", (_, create) => {
  expect(() => create(["admin"])).toThrow('[stack/x] roles has "admin"');
  expect(() => create([])).toThrow("[stack/x] roles is empty");
});

it("an ephemeral token is referred to as one", () => {
  const stack = newStack();
  const { token, expiresAt } = new EphemeralRolesToken(stack, "x", { roles: ["proxy"] });
  new DataResource(stack, "user", { input: { token, expiresAt } });

  expect(only(synthesize(stack).resource.terraform_data).input).toEqual({
    token: "${ephemeral.ece_roles_token.x.token}",
    expiresAt: "${ephemeral.ece_roles_token.x.expires_at}",
  });
});
