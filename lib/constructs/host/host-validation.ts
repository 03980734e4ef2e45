import { synthesizedBlock } from "../cdktf-values";
import { TerraformResource, TerraformStack, Token, type TerraformProvider } from "cdktf";
import type { Construct } from "constructs";

/** What of a host no other host of its stack may have. */
export interface HostIdentity {
  readonly runnerId: string;
  /** Its platform. */
  readonly provider?: TerraformProvider;
  /** Its machine, in words; undefined where it is not known at synth. */
  readonly address: string | undefined;
}

/** The hosts of each stack, by construct path. */
const HOSTS = new WeakMap<TerraformStack, Map<string, HostIdentity>>();

/** Has a host checked when everything is declared, and after Aspects have changed what they change. */
export function validateHost(host: Construct, identity: HostIdentity): void {
  host.node.addValidation({ validate: () => partsCreatedFirst(host) });
  const stack = TerraformStack.of(host);
  const hosts = HOSTS.get(stack) ?? new Map<string, HostIdentity>();
  if (hosts.size === 0) {
    HOSTS.set(stack, hosts);
    stack.node.addValidation({ validate: () => [...equalRunners(hosts), ...equalMachines(hosts)] });
  }
  hosts.set(host.node.path, identity);
}

/**
 * A part that is created before the old one is destroyed finds the machine, or the runner id, taken.
 *
 * It looks at what is synthesized: an Aspect or an override may have set it.
 */
function partsCreatedFirst(host: Construct): string[] {
  return host.node
    .findAll()
    .filter((child): child is TerraformResource => TerraformResource.isTerraformResource(child))
    .filter(createsBeforeDestroy)
    .map(
      ({ node }) =>
        `${node.path} has createBeforeDestroy: its host would be drained and cleaned, and its place then found taken. Take it away from the parts of an EceHost; an Aspect can leave out what has an EceHost among its scopes.`,
    );
}

function createsBeforeDestroy(resource: TerraformResource): boolean {
  return synthesizedBlock(resource)?.lifecycle?.create_before_destroy === true;
}

function equalRunners(hosts: ReadonlyMap<string, HostIdentity>): string[] {
  return equals(hosts, ({ runnerId, provider }) =>
    Token.isUnresolved(runnerId) ? undefined : JSON.stringify([provider?.fqn ?? "ece", runnerId]),
  ).map(
    ([first, second]) =>
      `${first} and ${second} have the runner id ${hosts.get(second)?.runnerId}: on a platform each host has its own`,
  );
}

function equalMachines(hosts: ReadonlyMap<string, HostIdentity>): string[] {
  return equals(hosts, ({ address }) => address).map(
    ([first, second]) =>
      `${first} and ${second} are installed on the same machine (${hosts.get(second)?.address}): a machine can be one host`,
  );
}

/** Pairs of paths with equal keys: each host with the first of its like. */
function equals(
  hosts: ReadonlyMap<string, HostIdentity>,
  keyOf: (host: HostIdentity) => string | undefined,
): [string, string][] {
  const firsts = new Map<string, string>();
  const pairs: [string, string][] = [];
  for (const [path, host] of hosts) {
    const key = keyOf(host);
    if (key === undefined) continue;
    const first = firsts.get(key);
    if (first === undefined) firsts.set(key, path);
    else pairs.push([first, path]);
  }
  return pairs;
}
