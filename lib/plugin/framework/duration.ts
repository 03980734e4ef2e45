const UNIT_MS = { ns: 1e-6, us: 1e-3, µs: 1e-3, μs: 1e-3, ms: 1, s: 1_000, m: 60_000, h: 3_600_000 } as const;
const TERM = /(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h)/g;

/** The milliseconds of a duration as Go and Terraform write it (`90s`, `1h30m`, `1.5h`); undefined if it is none. */
export function tryParseDurationMs(text: string): number | undefined {
  if (text === "" || text.replaceAll(TERM, "") !== "") return undefined;
  return [...text.matchAll(TERM)].reduce(
    (total, [, amount, unit]) => total + Number(amount) * UNIT_MS[unit as keyof typeof UNIT_MS],
    0,
  );
}
