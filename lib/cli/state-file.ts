import { readFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { CommandError } from "./command-error";

/** The part of Terraform's state format (version 4) that tells managed resources. */
interface TerraformState {
  readonly version: number;
  readonly resources?: readonly {
    readonly mode?: string;
    readonly type?: string;
    readonly instances?: readonly {
      readonly attributes?: { readonly [name: string]: unknown };
      /** What the provider remembers beside the attributes, in base64. */
      readonly private?: string;
    }[];
  }[];
}

/** A resource that a Terraform state manages. */
interface StateResource {
  readonly type: string;
  readonly attributes: { readonly [name: string]: unknown };
  readonly privateState: { readonly [name: string]: unknown };
}

/** The ids of the roles tokens that a Terraform state manages; `-` reads stdin. */
export async function readTokenIds(file: string): Promise<string[]> {
  const tokens = await readManaged(file, ["ece_roles_token"]);
  return tokens.map(({ attributes: { id } }) => {
    if (typeof id === "string") return id;
    throw new CommandError(`${file} has an ece_roles_token without an id, so nobody can tell which tokens it knows.`);
  });
}

/** What a Terraform state knows of resources of these types; `-` reads stdin. */
export async function readManaged(file: string, types: readonly string[]): Promise<StateResource[]> {
  const state = parse(file, await readText(file));
  return (state.resources ?? [])
    .filter(({ mode, type = "" }) => mode === "managed" && types.includes(type))
    .flatMap(({ type = "", instances = [] }) =>
      instances.map(({ attributes = {}, private: stored = "" }) => ({
        type,
        attributes,
        privateState: parsePrivate(file, stored),
      })),
    );
}

function parsePrivate(file: string, stored: string): { readonly [name: string]: unknown } {
  if (stored === "") return {};
  try {
    const parsed: unknown = JSON.parse(Buffer.from(stored, "base64").toString());
    if (typeof parsed === "object" && parsed !== null) return { ...parsed };
  } catch {
    // Told below: the parser's own message would quote the state.
  }
  throw new CommandError(`${file} holds private data that this provider did not write.`);
}

/** The text of a file that holds secrets; `-` reads stdin. */
export async function readText(file: string): Promise<string> {
  try {
    return file === "-" ? await text(process.stdin) : await readFile(file, "utf8");
  } catch (error) {
    throw new CommandError(`The file ${file} cannot be read: ${(error as Error).message}`);
  }
}

function parse(file: string, content: string): TerraformState {
  // `terraform state pull` prints nothing where there is no state yet; a first apply that was killed leaves an empty file.
  if (content.trim() === "") return { version: 4 };
  let state: unknown;
  try {
    state = JSON.parse(content);
  } catch {
    // The parser's own message would quote the state, which holds tokens.
    throw new CommandError(`${file} is no Terraform state: it is not JSON.`);
  }
  if (typeof state === "object" && state !== null && "encrypted_data" in state)
    throw new CommandError(`${file} is encrypted. Decrypt it on the way: tofu state pull | … --state -`);

  if (typeof state !== "object" || state === null || (state as TerraformState).version !== 4)
    throw new CommandError(`${file} is no Terraform state of version 4, as Terraform 0.12 and later write it.`);

  return state as TerraformState;
}
