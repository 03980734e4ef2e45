/**
 * What a deploy would meet, looked at beforehand: the settings, the coordinators, the rights of their user, the machines.
 * Reads and changes nothing. Imports the rooms `hosts`, `platform` and `configuration`.
 */

/** What was looked at, what was found, and where that is not well, what to do. */
export interface Finding {
  readonly subject: string;
  /** A fault stops a deploy, or may; advice does not. */
  readonly verdict: "well" | "advice" | "fault";
  readonly found: string;
  /** @default - nothing is to be done */
  readonly remedy?: string;
}
