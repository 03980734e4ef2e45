import { randomUUID } from "node:crypto";
import {
  DiagnosticError,
  formatPath,
  isUnknown,
  validators,
  type ModelOf,
  type Resource,
  type Schema,
} from "../../plugin/framework";
import { referencedFile } from "../../ece";
import { readImportFile } from "../configuration/settings";
import { ENCODINGS, PART_STARTS, renderUserData, tryContentTypeOf } from "../hosts/user-data";
import type { Ece } from "../platform/ece";

const UNABLE_TO_IMPORT = "Unable to import the user data";
const DEFAULT_ENCODING = "base64gzip";
const DEFAULT_MAX_BYTES = 16_384;

const SCHEMA = {
  description:
    "What a VM is given to install ECE on itself when it first boots (cloud-init user data). It is made with its host and frozen until the host is replaced: a change of its arguments, of a token, of the platform's version or of this provider changes nothing, so that it never replaces a VM in service. Give `user_data` to the VM, let the VM be replaced together with this (`lifecycle { replace_triggered_by = [ece_host_user_data.NAME] }`), and hand the VM's id to ece_host_roles as `vm_id`.\n\nImport takes `file:PATH`, where the file holds the arguments that the VM was made with, as JSON.",
  attributes: {
    host_id: {
      type: "string",
      required: true,
      requiresReplace: true,
      description: "The `id` of the ece_host. A change makes new user data, of the arguments as they are then.",
    },
    parts: {
      type: { list: "string" },
      required: true,
      sensitive: true,
      validators: [validators.notEmpty(), knownParts],
      description: `What cloud-init gets, in this order; each part begins with one of ${PART_STARTS}. One part is handed on as it is; more become a MIME message, in which the lists of several cloud-configs (\`runcmd\`, \`write_files\`) follow each other, and what an earlier one sets is kept. Frozen.`,
    },
    encoding: {
      type: "string",
      optional: true,
      default: DEFAULT_ENCODING,
      validators: [validators.oneOf(ENCODINGS)],
      description:
        "The form of `user_data`: `base64gzip`, `base64`, or `raw` for a cloud's attribute that takes text (default: `base64gzip`). Frozen.",
    },
    max_bytes: {
      type: "number",
      optional: true,
      default: DEFAULT_MAX_BYTES,
      validators: [validators.wholeNumber({ atLeast: 1 })],
      description:
        "How many bytes the cloud takes, counted without base64; user data with more is refused before there is a VM (default: `16384`, which is EC2's limit). Frozen.",
    },
    user_data: {
      type: "string",
      computed: true,
      sensitive: true,
      useStateForUnknown: true,
      description: "The user data for the VM. It holds the roles token.",
    },
    id: {
      type: "string",
      computed: true,
      useStateForUnknown: true,
      description: "New for each creation.",
    },
  },
} satisfies Schema;

/** What is kept until the host is replaced. */
const FROZEN = ["parts", "encoding", "max_bytes"] as const;

/** The user data of a host's VM: made once for each host, whatever becomes of what it was made of. */
export const hostUserDataResource: Resource<Ece, ModelOf<typeof SCHEMA>> = {
  schema: SCHEMA,

  modifyPlan({ state }, { plan }) {
    const { host_id: hostId = null } = plan ?? {};
    if (state === null || plan === null || isUnknown(hostId) || hostId !== state.host_id) return;
    for (const name of FROZEN) plan[name] = state[name];
  },

  async create({ plan }, response) {
    const { parts, encoding, max_bytes: maxBytes } = plan;
    response.state = { ...plan, id: randomUUID(), user_data: renderUserData(parts, { encoding, maxBytes }) };
  },

  async read() {
    // It stands nowhere but in the state.
  },

  async update({ plan }, response) {
    response.state = plan;
  },

  async delete() {},

  async importState({ id }, response) {
    const {
      host_id: hostId,
      parts,
      encoding = DEFAULT_ENCODING,
      max_bytes: maxBytes = DEFAULT_MAX_BYTES,
    } = readArguments(id);
    if (
      typeof hostId !== "string" ||
      !isTextList(parts) ||
      typeof encoding !== "string" ||
      typeof maxBytes !== "number"
    )
      throw notArguments();
    const userData = renderUserData(parts, { encoding, maxBytes });
    response.state = {
      host_id: hostId,
      parts,
      encoding,
      max_bytes: maxBytes,
      user_data: userData,
      id: randomUUID(),
    };
  },
};

/** The arguments in a file; Terraform prints import ids, and parts hold secrets. */
function readArguments(importId: string): { readonly [name: string]: unknown } {
  const file = referencedFile(importId);
  if (file === undefined) throw notArguments();
  const text = readImportFile(file, UNABLE_TO_IMPORT);
  try {
    return { ...(JSON.parse(text) as object) };
  } catch {
    throw notArguments();
  }
}

function notArguments(): DiagnosticError {
  return new DiagnosticError(
    UNABLE_TO_IMPORT,
    'The platform does not know it, and Terraform prints import ids. Put the arguments that the VM was made with into a file, as JSON with host_id and parts (and encoding and max_bytes where they are not the defaults), and import "file:PATH".',
  );
}

function isTextList(value: unknown): value is string[] {
  return Array.isArray(value) && value.length > 0 && value.every((each) => typeof each === "string");
}

/** Tells which part cloud-init would not know, and nothing of what it holds. */
function knownParts(value: unknown): string | undefined {
  const parts = Array.isArray(value) ? value.map(String) : [];
  const index = parts.findIndex((part) => tryContentTypeOf(part) === undefined);
  return index < 0 ? undefined : `${formatPath(["parts", index])} begins with none of ${PART_STARTS}.`;
}
