import { createHmac } from "node:crypto";
import { inspect } from "node:util";
import { decodeRolesToken, EceError } from "../../lib/api";

test("a persistent token has an id and roles", () => {
  const token = make({ sub: "4c8990df", roles: ["proxy", "allocator"], iss: "current", persistent: true });

  expect(decodeRolesToken(token)).toEqual({
    tokenId: "4c8990df",
    roles: ["proxy", "allocator"],
    issuer: "current",
    persistent: true,
  });
});

test("an ephemeral token has a date of expiry", () => {
  const token = make({ sub: "46977b7d", roles: ["allocator"], exp: 1493646213 });

  expect(decodeRolesToken(token)).toEqual({
    tokenId: "46977b7d",
    roles: ["allocator"],
    expiresAt: new Date("2017-05-01T13:43:33Z"),
  });
});

test("white space around a token is ignored", () => {
  expect(decodeRolesToken(` ${make({ sub: "a", roles: [] })}\n`)).toEqual({ tokenId: "a", roles: [] });
});

test("claims may hold any characters", () => {
  const token = make({ sub: "größe-ключ", roles: ["???>>>"] });

  expect(token).toMatch(/[-_]/);
  expect(decodeRolesToken(token)).toEqual({ tokenId: "größe-ключ", roles: ["???>>>"] });
});

test.each([
  ["an id", "4c8990df-1fb7-4820-b868-6bc9e8860814"],
  ["an empty text", ""],
  ["text with dots", "aaaa.bbbb.cccc"],
  ["a JWT without an id", make({ roles: ["allocator"] })],
  ["a JWT whose roles are no list", make({ sub: "a", roles: "allocator" })],
  ["a JWT whose header is broken", `x${make({ sub: "a", roles: [] })}`],
])("%s is refused without being shown", (_case, text) => {
  let failure: unknown;
  try {
    decodeRolesToken(text);
  } catch (error) {
    failure = error;
  }

  expect(failure).toBeInstanceOf(EceError);
  if (text) expect(inspect(failure)).not.toContain(text);
});

/** Signs claims as the platform does (HS256). */
function make(claims: object): string {
  const base64 = (json: object): string => Buffer.from(JSON.stringify(json)).toString("base64url");
  const signed = `${base64({ typ: "JWT", alg: "HS256" })}.${base64(claims)}`;
  return `${signed}.${createHmac("sha256", "a key of the platform").update(signed).digest("base64url")}`;
}
