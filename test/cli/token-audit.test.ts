import { auditTokens } from "../../lib/cli/token-audit";

const BOOTSTRAP = { id: "bootstrap", roles: [] };
const EMERGENCY = { id: "emergency", roles: ["proxy", "director", "coordinator"] };
const ALLOCATORS = { id: "allocators", roles: ["allocator"] };
const INSTALLERS = [BOOTSTRAP, EMERGENCY, ALLOCATORS];

function audit(
  tokens: typeof INSTALLERS,
  { managed = [] as string[], named = [] as string[], trustRoles = true } = {},
) {
  return auditTokens(tokens, { managed: new Set(managed), named: new Set(named) }, { trustRoles });
}

function unexplained(...parameters: Parameters<typeof audit>): string[] {
  return audit(...parameters)
    .filter((token) => token.unexplained)
    .map(({ id }) => id);
}

test("nothing is explained by its roles alone, unless they are trusted", () => {
  expect(unexplained(INSTALLERS, { trustRoles: false })).toEqual(INSTALLERS.map(({ id }) => id));
  expect(audit([ALLOCATORS], { trustRoles: false })[0]?.remark).toBe(
    "looks like the installer's allocator-only token; where it is, name it with --known",
  );
});

test("the installer's own tokens are told by their roles and explained", () => {
  expect(audit(INSTALLERS)).toMatchObject([
    { id: "bootstrap", looksLike: "bootstrap", unexplained: false },
    { id: "emergency", looksLike: "emergency", unexplained: false },
    { id: "allocators", looksLike: "allocator-only", unexplained: false },
  ]);
});

test("tokens of a state, and tokens that are named, are not reported", () => {
  const mine = { id: "mine", roles: ["proxy"] };

  expect(audit([mine, ...INSTALLERS], { managed: ["mine"], named: INSTALLERS.map(({ id }) => id) })).toEqual([]);
});

test("a token with other roles than the installer's is unexplained", () => {
  expect(audit([{ id: "stray", roles: ["allocator", "proxy"] }])).toEqual([
    { id: "stray", roles: ["allocator", "proxy"], unexplained: true, remark: "in no given state" },
  ]);
});

test("where two look like the same token of the installer, neither is explained", () => {
  expect(unexplained([...INSTALLERS, { id: "stray", roles: ["allocator"] }])).toEqual(["allocators", "stray"]);
});

test("a token that looks like one of the installer's is unexplained once that one is named", () => {
  const tokens = [...INSTALLERS, { id: "stray", roles: ["allocator"] }];

  expect(unexplained(tokens, { named: ["allocators"] })).toEqual(["stray"]);
});

test("a token of a state does not stand for the installer's", () => {
  const tokens = [...INSTALLERS, { id: "mine", roles: ["allocator"] }];

  expect(unexplained(tokens, { managed: ["mine"] })).toEqual([]);
});
