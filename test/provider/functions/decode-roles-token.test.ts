import { sign } from "jsonwebtoken";
import { ProviderSession } from "../../support/provider-session";

function decode(token: string) {
  return new ProviderSession().server.callFunction({ name: "decode_roles_token", arguments: [token] });
}

function tokenWith(claims: object): string {
  return sign({ sub: "token-1", roles: ["allocator", "proxy"], ...claims }, "key", { noTimestamp: true });
}

test.each<[string, object, object]>([
  ["a persistent token", { persistent: true }, { persistent: true, expires_at: null }],
  ["an older persistent token, which does not say so", {}, { persistent: true, expires_at: null }],
  ["an ephemeral token", { exp: 1_493_646_213 }, { persistent: false, expires_at: "2017-05-01T13:43:33.000Z" }],
])("tells what %s says of itself", async (_, claims, expected) => {
  expect(await decode(tokenWith(claims))).toEqual({
    result: { id: "token-1", roles: ["allocator", "proxy"], ...expected },
  });
});

test.each([
  "",
  "not-a-token",
  "eyJh.secret-part.x",
  sign({ roles: ["proxy"] }, "key"),
  sign({ sub: "a", roles: "proxy" }, "key"),
])("%# is refused as an argument, without showing it", async (token) => {
  const { result, error } = await decode(token);

  expect(result).toBeUndefined();
  expect(error?.argument).toBe(0);
  expect(error?.text).toMatch(/^This is not a roles token/);
  expect(error?.text).not.toContain("secret-part");
});
