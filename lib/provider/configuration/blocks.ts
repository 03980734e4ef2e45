import { isObjectValue, type ObjectValue, type Value } from "../../plugin/framework";
import type { SshSettings } from "../../machine";
import type { GivenUp } from "../platform/ece";
import { SSH_ENVIRONMENT } from "./schema";

/** What the block `given_up` names; elements that Terraform does not know yet are left out. */
export function readGivenUp(config: ObjectValue): GivenUp {
  const block = blockOf(config, "given_up");
  return {
    platforms: new Set(textsIn(block.platforms)),
    machines: new Set(textsIn(block.machines)),
    lastOf: new Set(textsIn(block.last_of)),
  };
}

/** What the block `ssh` says, or else the environment; empty counts as not set. */
export function readSshSettings(config: ObjectValue): SshSettings {
  const block = blockOf(config, "ssh");
  const path = (argument: keyof typeof SSH_ENVIRONMENT): string | undefined =>
    textsIn([block[argument] ?? null])[0] ?? (process.env[SSH_ENVIRONMENT[argument]] || undefined);
  return {
    privateKeyFile: path("private_key_file"),
    bastionPrivateKeyFile: path("bastion_private_key_file"),
    agent: typeof block.agent === "boolean" ? block.agent : undefined,
  };
}

function blockOf(config: ObjectValue, name: string): ObjectValue {
  const { [name]: block } = config;
  return isObjectValue(block) ? block : {};
}

function textsIn(value: Value | undefined): string[] {
  return Array.isArray(value) ? value.filter((each): each is string => typeof each === "string" && each !== "") : [];
}
