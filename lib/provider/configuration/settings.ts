import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { EceError } from "../../api";
import { referencedFile } from "../../ece";
import { DiagnosticError, type Diagnostics, type ObjectValue } from "../../plugin/framework";
import { DEFAULTS, ENVIRONMENT, providerSchema, type Argument } from "./schema";

/** An argument's value and where it comes from. */
export interface Setting {
  readonly argument: Argument;
  readonly value: string;
  /** The place of the source among those of its argument, the first of which wins; 0 is the configuration. */
  readonly distance: number;
  readonly source: string;
}

/** The provider's arguments, each from the configuration or else from the environment; errors become diagnostics. */
export class Settings {
  readonly #config: ObjectValue;
  readonly #diagnostics: Diagnostics;

  constructor(config: ObjectValue, diagnostics: Diagnostics) {
    this.#config = config;
    this.#diagnostics = diagnostics;
  }

  /** Empty counts as not set: that is how shells and variables without a value arrive. */
  tryFind(argument: Argument): Setting | undefined {
    const configured = this.#config[argument] ?? "";
    const sources = [
      { value: typeof configured === "object" ? "" : String(configured), source: `the argument ${argument}` },
      ...ENVIRONMENT[argument].map((name) => ({
        value: process.env[name],
        source: `the environment variable ${name}`,
      })),
    ];
    for (const [distance, { value, source }] of sources.entries())
      if (value) return { argument, value, distance, source };

    return undefined;
  }

  /** A setting that may stand in a file of its own, without the line end of that file. */
  tryFindSecret(argument: Argument): Setting | undefined {
    const setting = this.tryFind(argument);
    const path = setting && referencedFile(setting.value);
    if (setting === undefined || path === undefined) return setting;
    const value = this.tryReadFile(setting, path)?.trim();
    if (value === "") this.addError(setting, `The file ${path} is empty.`);
    return value ? { ...setting, value } : undefined;
  }

  boolean(argument: Argument): boolean {
    const setting = this.tryFind(argument);
    if (setting === undefined || /^(false|0|no)$/i.test(setting.value)) return false;
    if (!/^(true|1|yes)$/i.test(setting.value))
      this.addError(setting, `Must be true or false; got ${JSON.stringify(setting.value)}.`);

    return true;
  }

  number(argument: keyof typeof DEFAULTS): number {
    const setting = this.tryFind(argument);
    if (setting === undefined) return DEFAULTS[argument];
    const number = Number(setting.value);
    const given = Number.isNaN(number) ? setting.value : number;
    for (const validate of providerSchema.attributes[argument].validators) {
      const error = validate(given, [argument]);
      if (error !== undefined) this.addError(setting, error);
    }
    return number;
  }

  /** The text of the file that a setting names. */
  tryReadFile(setting: Setting, path: string): string | undefined {
    try {
      return readLocalFile(path);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      this.addError(setting, `The file ${path} cannot be read (${code ?? String(error)}).`);
      return undefined;
    }
  }

  /** Runs an API check; its EceError becomes a diagnostic. */
  check<T>(setting: Setting, parse: (value: string) => T): T | undefined {
    try {
      return parse(setting.value);
    } catch (error) {
      if (!(error instanceof EceError)) throw error;
      this.addError(setting, [error.message, error.remedy].filter(Boolean).join(" "));
      return undefined;
    }
  }

  /** Adds an error about a setting, which tells where the setting comes from. */
  addError({ argument, source }: Setting, text: string): void {
    this.#diagnostics.addError(`Invalid ECE provider setting ${argument}`, `${text} It comes from ${source}.`, [
      argument,
    ]);
  }

  /** Adds an error about settings that are missing. */
  addMissing(summary: string, detail: string, argument?: Argument): void {
    this.#diagnostics.addError(summary, detail, argument && [argument]);
  }

  get hasErrors(): boolean {
    return this.#diagnostics.hasErrors;
  }
}

/** The text of a file on the machine that runs Terraform; `~/` is the user's home folder. */
function readLocalFile(path: string): string {
  return readFileSync(expandHome(path), "utf8");
}

/** The text of a file that an import id names; `summary` says what the import is of. */
export function readImportFile(path: string, summary: string): string {
  try {
    return readLocalFile(path);
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? "unreadable";
    throw new DiagnosticError(summary, `The file ${path} cannot be read (${reason}).`);
  }
}

/** A path on the machine that runs Terraform; `~/` is the user's home folder. */
export function expandHome(path: string): string {
  return path.startsWith("~/") ? join(homedir(), path.slice(2)) : path;
}
