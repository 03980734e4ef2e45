/**
 * The machine under a host, over SSH: whether it can take ECE, whose runner it is, and how ECE is removed from it.
 *
 * It changes nothing but in `removal`, and asks for named values only, since what stands beside them is secret. Imports
 * nothing else of lib; `ssh2` is its only package.
 */
export { MachineError, type MachineAccess, type SshSettings } from "./access";
export { checkMachine, type CheckFailure } from "./checks";
export { readClockMs } from "./clock";
export { openSession } from "./connect";
export { hasEce, readFacts, type MachineFacts } from "./facts";
export { refusalToRemove, removeEce, startRunner, stopRunner } from "./removal";
export type { MachineSession } from "./session";
export { readZooKeeper, type ZooKeeperSight } from "./zookeeper";
