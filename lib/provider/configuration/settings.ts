import { referencedFile } from "../../ece";
import { EceError } from "../../api";
import type { Diagnostics, ObjectValue } from "../../plugin/framework";
import { readLocalFile } from "./local-file";
import { DEFAULTS, ENVIRONMENT, providerSchema, type Argument } from "./schema";

/** An argument's value and where it comes from. */
export interface Setting {
  readonly argument: Argument;
  readonly value: string;
  /** 0 for the configuration, 1 and up for the environment; the least is the nearest. */
  readonly rank: number;
  readonly source: string;
}

/** The provider's arguments, each from the configuration or else from the environment; faults become diagnostics. */
export class Settings {
  readonly #config: ObjectValue;
  readonly #diagnostics: Diagnostics;

  constructor(config: ObjectValue, diagnostics: Diagnostics) {
    this.#config = config;
    this.#diagnostics = diagnostics;
  }

  /** Empty counts as not set: that is how shells and variables without a value arrive. */
  find(argument: Argument): Setting | undefined {
    const configured = this.#config[argument] ?? "";
    if (configured !== "" && typeof configured !== "object")
      return { argument, value: String(configured), rank: 0, source: `the argument ${argument}` };

    for (const [index, name] of ENVIRONMENT[argument].entries()) {
      const value = process.env[name];
      const rank = name.startsWith("ECE_") ? 1 : 2 + index;
      if (value) return { argument, value, rank, source: `the environment variable ${name}` };
    }
    return undefined;
  }

  /** A setting that may stand in a file of its own; the file's line end is none of it. */
  secret(argument: Argument): Setting | undefined {
    const setting = this.find(argument);
    const path = setting && referencedFile(setting.value);
    if (setting === undefined || path === undefined) return setting;
    const value = this.readFile(setting, path)?.trim();
    if (value === "") this.fault(setting, `The file ${path} is empty.`);
    return value ? { ...setting, value } : undefined;
  }

  boolean(argument: Argument): boolean {
    const setting = this.find(argument);
    if (setting === undefined || /^(false|0|no)$/i.test(setting.value)) return false;
    if (!/^(true|1|yes)$/i.test(setting.value))
      this.fault(setting, `Must be true or false; got ${JSON.stringify(setting.value)}.`);

    return true;
  }

  number(argument: keyof typeof DEFAULTS): number {
    const setting = this.find(argument);
    if (setting === undefined) return DEFAULTS[argument];
    const number = Number(setting.value);
    const given = Number.isNaN(number) ? setting.value : number;
    for (const validate of providerSchema.attributes[argument]?.validators ?? []) {
      const fault = validate(given, [argument]);
      if (fault !== undefined) this.fault(setting, fault);
    }
    return number;
  }

  readFile(setting: Setting, path: string): string | undefined {
    try {
      return readLocalFile(path);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      this.fault(setting, `The file ${path} cannot be read (${code ?? String(error)}).`);
      return undefined;
    }
  }

  /** Lets the API layer have a look at the value; its complaint becomes a fault of the argument. */
  check<T>(setting: Setting, look: (value: string) => T): T | undefined {
    try {
      return look(setting.value);
    } catch (error) {
      if (!(error instanceof EceError)) throw error;
      this.fault(setting, [error.message, error.remedy].filter(Boolean).join(" "));
      return undefined;
    }
  }

  fault({ argument, source }: Setting, text: string): void {
    this.#diagnostics.addError(`Invalid ECE provider setting ${argument}`, `${text} It comes from ${source}.`, [
      argument,
    ]);
  }
}
