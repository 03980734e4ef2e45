import { EphemeralRolesToken, HostRoles, RolesToken } from "../../lib";
import { newStack } from "./synthesis";

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
  const token = new EphemeralRolesToken(stack, "x", { roles: ["proxy"] });

  expect(stack.resolve([token.token, token.expiresAt])).toEqual([
    "${ephemeral.ece_roles_token.x.token}",
    "${ephemeral.ece_roles_token.x.expires_at}",
  ]);
});
