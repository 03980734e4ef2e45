import type { MachineAccess } from "../../machine";
import { tryParseDurationMs, type Attribute, type ObjectValue } from "../../plugin/framework";

const DEFAULT_PORT = 22;
/** How long a machine may take to answer at first: it may be starting. */
export const DEFAULT_CONNECT_TIMEOUT = "5m";

/** What ece_host_roles needs to ask a machine before it drains: how it is reached, and what should be there. */
export const ACCESS_TYPE = {
  object: {
    machine_id: "string",
    host_id: "string",
    runner_id: "string",
    storage_path: "string",
    container_engine: "string",
    ssh_host: "string",
    ssh_port: "number",
    ssh_user: "string",
    ssh_host_key: "string",
    ssh_private_key_file: "string",
    bastion_host: "string",
    bastion_port: "number",
    bastion_user: "string",
    bastion_host_key: "string",
    bastion_private_key_file: "string",
    connect_timeout: "string",
  },
} as const satisfies Attribute["type"];

/** The parts of {@link ACCESS_TYPE} that are arguments of ece_host_machine under the same name. */
export const ACCESS_ARGUMENTS = (Object.keys(ACCESS_TYPE.object) as (keyof typeof ACCESS_TYPE.object)[]).filter(
  (name) => name !== "machine_id",
);

/** The arguments of which a change means that the machine is reached in another way, not just with another key. */
export const ROUTE_ARGUMENTS = [
  ...["ssh_host", "ssh_port", "ssh_user", "ssh_host_key"],
  ...["bastion_host", "bastion_port", "bastion_user", "bastion_host_key"],
];

/** What a machine must be for a resource to do something to it. */
export interface MachineExpectation {
  readonly runnerId: string;
  readonly hostId: string | null;
  readonly storagePath: string;
  readonly containerEngine: string;
  readonly access: MachineAccess;
}

/** Reads the stored strings of ece_host_machine or of its `access`. */
export function expectationOf(stored: ObjectValue): MachineExpectation {
  const text = (name: string): string | null => (typeof stored[name] === "string" ? stored[name] : null);
  const number = (name: string): number => (typeof stored[name] === "number" ? stored[name] : DEFAULT_PORT);
  const user = text("ssh_user") ?? "";
  const privateKeyFile = text("ssh_private_key_file");
  const bastion = text("bastion_host");
  return {
    runnerId: text("runner_id") ?? "",
    hostId: text("host_id"),
    storagePath: text("storage_path") ?? "",
    containerEngine: text("container_engine") ?? "docker",
    access: {
      host: text("ssh_host") ?? "",
      port: number("ssh_port"),
      user,
      hostKey: text("ssh_host_key"),
      privateKeyFile,
      connectTimeoutMs: tryParseDurationMs(text("connect_timeout") ?? DEFAULT_CONNECT_TIMEOUT) ?? 0,
      ...(bastion !== null && {
        bastion: {
          host: bastion,
          port: number("bastion_port"),
          user: text("bastion_user") ?? user,
          hostKey: text("bastion_host_key"),
          privateKeyFile: text("bastion_private_key_file") ?? privateKeyFile,
        },
      }),
    },
  };
}
