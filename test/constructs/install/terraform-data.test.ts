import type * as ChildProcess from "node:child_process";
import { InstallCarrier } from "../../../lib";
import { newHost, newStack, sshInstall, synthesize } from "../synthesis";

const childProcess = jest.requireActual<typeof ChildProcess>("node:child_process");

test.each([InstallCarrier.NULL_RESOURCE, InstallCarrier.TERRAFORM_DATA])(
  "a synth of a hundred hosts, installed by %s, starts no process",
  (carrier) => {
    const starts = (["exec", "execFile", "execFileSync", "execSync", "fork", "spawn", "spawnSync"] as const).map(
      (name) => jest.spyOn(childProcess, name),
    );
    const stack = newStack();
    for (let i = 0; i < 100; i++)
      newHost(stack, { runnerId: `10.0.1.${i}`, install: sshInstall({ host: `10.0.1.${i}`, carrier }) }, `host-${i}`);

    synthesize(stack);

    expect(starts.flatMap(({ mock }) => mock.calls)).toEqual([]);
  },
);
