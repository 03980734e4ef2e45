import { MachineError, describeAddress } from "./access";
import type { MachineSession } from "./session";

/** The time on the machine, in milliseconds since 1970; the way there is not taken off. */
export async function readClockMs(session: MachineSession, signal: AbortSignal): Promise<number> {
  const { time } = await session.run({ time: "date +%s" }, { environment: {}, signal });
  if (/^\d+$/.test(time.output)) return Number(time.output) * 1000;
  throw new MachineError("command", `${describeAddress(session.access)} does not tell its time: ${time.output}.`);
}
