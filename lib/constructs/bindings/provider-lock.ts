import type { TerraformProvider } from "cdktf";
import { PROVIDER_SOURCE, type LockEntry } from "../../delivery";

/** The lock entries that can be written for a stack's providers, and the names of those for which none can. */
export interface LockEntries {
  readonly entries: readonly LockEntry[];
  readonly unknown: readonly string[];
}

/** What the bindings of other providers tell about source and version, as `cdktf deploy` wants to find it in the lock file. */
export function lockEntriesOf(providers: readonly TerraformProvider[]): LockEntries {
  const others = new Map(
    providers
      .filter(({ terraformProviderSource }) => terraformProviderSource !== PROVIDER_SOURCE)
      .map((provider) => [sourceAddress(provider), provider.terraformGeneratorMetadata?.providerVersion]),
  );
  const entries: LockEntry[] = [];
  const unknown: string[] = [];
  for (const [source, version] of others) {
    if (version === undefined) unknown.push(source);
    else entries.push({ source, version, constraints: version });
  }
  return { entries, unknown };
}

/** `null` and `hashicorp/null` are short for `registry.terraform.io/hashicorp/null`. */
function sourceAddress({ terraformProviderSource, terraformResourceType }: TerraformProvider): string {
  const parts = (terraformProviderSource ?? terraformResourceType).split("/");
  return ["registry.terraform.io", "hashicorp"]
    .slice(0, 3 - parts.length)
    .concat(parts)
    .join("/");
}
