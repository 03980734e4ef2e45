import { RULES } from "../../ece";
import type { Attribute } from "../../plugin/framework";

/** The attribute that every type of a host has. The installer mangles or executes anything outside these characters. */
export const runnerIdAttribute: Omit<Attribute, "required" | "computed"> = {
  type: "string",
  description:
    "The id of the host as the platform knows it: the installer's `--runner-id`, by default the host's IP address.",
  validators: [
    (value) =>
      typeof value === "string" && RULES.runnerId.pattern.test(value)
        ? undefined
        : `${JSON.stringify(value)} is no runner id: use letters, digits, dots, colons, underscores and dashes, starting with a letter or digit.`,
  ],
};
