import { stripVTControlCharacters, styleText } from "node:util";

const FRAMES = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];
const FRAME_MS = 80;
const CLEAR_LINE = "\r\u001b[2K";

/**
 * What the demo tells, a line for each step with the seconds since the start. On a terminal the step that runs turns
 * below the lines; elsewhere, and with NO_COLOR, the lines are plain.
 */
export class Story {
  readonly #start = Date.now();
  readonly #out = process.stdout;
  readonly #isLively = process.stdout.isTTY && process.env.NO_COLOR === undefined && process.env.TERM !== "dumb";
  #running: string | undefined;

  /** A chapter: what is done from here on. */
  chapter(text: string): void {
    this.#write(`\n${this.#isLively ? styleText("bold", text) : text}\n`);
  }

  /** Something that has happened. */
  tell(text: string): void {
    const seconds = ((Date.now() - this.#start) / 1000).toFixed(1).padStart(6);
    this.#write(`${this.#isLively ? styleText("dim", `${seconds} s`) : `${seconds} s`}  ${text}\n`);
  }

  /** A line that a program printed. */
  quote(line: string): void {
    this.#write(`${this.#isLively ? line : stripVTControlCharacters(line)}\n`);
  }

  /** Turns beside a text while something runs. */
  async during<T>(text: string, work: Promise<T>): Promise<T> {
    if (!this.#isLively) return work;
    this.#running = text;
    let frame = 0;
    const timer = setInterval(() => this.#draw(FRAMES[frame++ % FRAMES.length] ?? ""), FRAME_MS);
    try {
      return await work;
    } finally {
      clearInterval(timer);
      this.#running = undefined;
      this.#out.write(CLEAR_LINE);
    }
  }

  #write(text: string): void {
    this.#out.write(this.#running === undefined ? text : `${CLEAR_LINE}${text}`);
  }

  #draw(frame: string): void {
    this.#out.write(`${CLEAR_LINE}${styleText("cyan", frame)} ${this.#running}`);
  }
}
