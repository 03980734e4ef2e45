import type { Construct } from "constructs";
import {
  Allocator,
  DataEceHosts,
  DataEcePlatform,
  DataEceRolesTokens,
  EceProvider,
  EphemeralRolesToken,
  Host,
  HostMachine,
  HostRoles,
  HostUserData,
  RolesToken,
  RolesTokenRevocation,
} from "../../lib";
import type { Schema } from "../../lib/plugin/framework";
import { eceProvider as createProvider } from "../../lib/provider";
import { newStack, only, synthesize } from "./synthesis";

const eceProvider = createProvider();

type Blocks = { readonly [id: string]: { readonly [name: string]: unknown } };

/** The attributes and blocks of a schema that a configuration can set, those of blocks with the block's name before. */
function settable(schema: Schema): string[] {
  const attributes = Object.entries(schema.attributes).filter(([, { required, optional }]) => required || optional);
  const blocks = Object.entries(schema.blocks ?? {});
  return [
    ...attributes.map(([name]) => name),
    ...blocks.flatMap(([block, { attributes: inner }]) => Object.keys(inner).map((name) => `${block}.${name}`)),
  ].sort();
}

function set(block: { readonly [name: string]: unknown }, prefixes: readonly string[]): string[] {
  return Object.entries(block)
    .filter(([name]) => !["//", "provider"].includes(name))
    .flatMap(([name, value]) =>
      prefixes.includes(name) ? Object.keys(value as object).map((inner) => `${name}.${inner}`) : [name],
    )
    .sort();
}

function synthesized(declare: (scope: Construct) => void) {
  const stack = newStack();
  declare(stack);
  return synthesize(stack);
}

const timeouts = { create: "1m", update: "1m", delete: "1m" };

const resources: { readonly [type: string]: (scope: Construct) => void } = {
  ece_roles_token: (scope) =>
    new RolesToken(scope, "x", { roles: ["proxy"], triggers: { a: "b" }, onMissing: "keep", platformId: "token:x" }),
  ece_roles_token_revocation: (scope) => new RolesTokenRevocation(scope, "x", { tokenId: "id" }),
  ece_host: (scope) =>
    new Host(scope, "x", {
      runnerId: "x",
      adopt: true,
      installFingerprint: "x",
      traits: { zone: "x" },
      installArguments: { capacity: "x" },
      onDestroy: "abandon",
      removeInstances: true,
      timeouts: { delete: "1m" },
    }),
  ece_host_machine: (scope) =>
    new HostMachine(scope, "x", {
      hostId: "x",
      runnerId: "x",
      sshHost: "x",
      sshPort: 22,
      sshUser: "x",
      sshHostKey: "x",
      sshPrivateKeyFile: "x",
      bastionHost: "x",
      bastionPort: 22,
      bastionUser: "x",
      bastionHostKey: "x",
      bastionPrivateKeyFile: "x",
      connectTimeout: "1m",
      storagePath: "/x/y",
      containerEngine: "podman",
      roles: ["proxy"],
      coordinatorHost: "x",
      hostIp: "10.0.0.1",
      selinux: true,
      skipAdvice: true,
      timeouts,
    }),
  ece_host_roles: (scope) =>
    new HostRoles(scope, "x", {
      runnerId: "x",
      roles: ["proxy"],
      hostId: "x",
      machine: new HostMachine(scope, "m", { runnerId: "x", sshHost: "x", sshUser: "x", sshHostKey: "x" }).access,
      installId: "x",
      vmId: "x",
      onDestroy: "keep",
      maintenance: true,
      waitForConnected: "1m",
      platformId: "token:x",
      drain: { force: true, skip: false },
      timeouts,
    }),
  ece_host_user_data: (scope) =>
    new HostUserData(scope, "x", { hostId: "x", parts: ["#cloud-config"], encoding: "raw", maxBytes: 1 }),
  ece_allocator: (scope) => new Allocator(scope, "x", { allocatorId: "x", tags: { a: "b" }, capacity: 9000 }),
};

test("has a construct for every type of the provider but the one that is only kept for states of 0.1.0", () => {
  expect(Object.keys(eceProvider.resources).sort()).toEqual([...Object.keys(resources), "ece_host_guard"].sort());
  expect(Object.keys(eceProvider.dataSources ?? {}).sort()).toEqual(["ece_hosts", "ece_platform", "ece_roles_tokens"]);
  expect(Object.keys(eceProvider.ephemeralResources ?? {})).toEqual(["ece_roles_token"]);
});

test.each(Object.entries(resources))("sets everything that %s takes", (type, declare) => {
  const { schema } = eceProvider.resources[type]!;

  const block = only(synthesized(declare).resource[type]);

  expect(set(block, Object.keys(schema.blocks ?? {}))).toEqual(settable(schema));
});

test("sets everything that the ephemeral roles token takes", () => {
  const { schema } = eceProvider.ephemeralResources.ece_roles_token!;

  const { ephemeral } = synthesized(
    (scope) =>
      new EphemeralRolesToken(scope, "x", {
        roles: ["proxy"],
        validityInSeconds: 60,
        forRunners: ["x"],
        platformId: "token:x",
      }),
  );

  expect(set(only(ephemeral!.ece_roles_token as Blocks), [])).toEqual(settable(schema));
});

test("sets everything that the provider takes", () => {
  const { provider } = synthesized(
    (scope) =>
      new EceProvider(scope, "x", {
        alias: "x",
        endpoint: "https://x",
        apiKey: "file:x",
        username: "x",
        password: "file:x",
        login: true,
        caCertificate: "x",
        caCertificateFile: "x",
        tlsServerName: "x",
        insecure: true,
        requestTimeoutSeconds: 1,
        maxRetries: 1,
        ssh: { privateKeyFile: "x", bastionPrivateKeyFile: "x", agent: true },
        givenUp: { platforms: ["token:x"], machines: ["x"], lastOf: ["proxy"] },
      }),
  );

  const blocks = Object.keys(eceProvider.schema.blocks ?? {});
  expect(set(provider.ece![1]!, blocks).filter((name) => name !== "alias")).toEqual(settable(eceProvider.schema));
});

test.each([
  ["ece_hosts", DataEceHosts],
  ["ece_platform", DataEcePlatform],
  ["ece_roles_tokens", DataEceRolesTokens],
] as const)("offers everything that the data source %s tells", (type, DataSource) => {
  const { schema } = eceProvider.dataSources[type]!;

  const getters = Object.getOwnPropertyNames(DataSource.prototype).filter((name) => name !== "constructor");
  const names = getters.map((name) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`));

  expect(names.sort()).toEqual(Object.keys(schema.attributes).sort());
  expect(settable(schema)).toEqual([]);
});

test.each([
  ["ece_roles_token", RolesToken, ["roles"]],
  ["ece_roles_token_revocation", RolesTokenRevocation, []],
  ["ece_host", Host, []],
  ["ece_host_machine", HostMachine, []],
  ["ece_host_roles", HostRoles, []],
  ["ece_allocator", Allocator, []],
] as const)("offers everything that %s computes", (type, Resource, fields) => {
  const { attributes } = eceProvider.resources[type]!.schema;
  const computed = Object.entries(attributes).filter(([, attribute]) => attribute.computed === true);

  const names = Object.getOwnPropertyNames(Resource.prototype).map((name) =>
    name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
  );

  expect([...names, ...fields]).toEqual(expect.arrayContaining(computed.map(([name]) => name)));
});
