import type { Server } from "@grpc/grpc-js";
import type { Provider } from "../../framework";
import { log } from "../../log";

// What is in flight when the process must end gets this long to give back what it has made.
const GRACE_MS = 10_000;
const PARENT_CHECK_MS = 1_000;

/**
 * From now on everything written to standard output goes to standard error: Terraform reads the handshake from the former,
 * and a stray line of a library must not stand there.
 */
export function reserveStandardOutput(): (text: string) => void {
  const { stdout, stderr } = process;
  const write = stdout.write.bind(stdout);
  stdout.write = stderr.write.bind(stderr);
  return write;
}

/** Ends the process with a readable text, also in Terraform's own output, when an error reaches no one else. */
export function exitOnUncaughtException(provider: Provider): void {
  process.on("uncaughtException", (error: unknown) => {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    log.error("the provider ends after an error that nothing caught", { error });
    // Terraform shows its user what a plugin writes after this word.
    process.stderr.write(
      `panic: the provider "${provider.name}" ${provider.version} ends after an unexpected error\n\n${log.withoutSecrets(text)}\n`,
    );
    process.exit(1);
  });
}

/** What has to be ended before the process can. */
export interface Ending {
  /** Aborts what is in flight. */
  readonly stop: () => void;
  /** Closes the streams that would otherwise stay open as long as Terraform lives. */
  readonly endStreams: () => void;
}

/** Stops the provider's work, lets the calls in flight answer, and ends the process. */
export function end(server: Server, { stop, endStreams }: Ending): void {
  stop();
  endStreams();
  server.tryShutdown(() => process.exit(0));
  setTimeout(() => {
    log.error("the provider ends although a call is still being answered");
    process.exit(1);
  }, GRACE_MS);
}

/** Calls `onEnd` when the process is asked to end, or when whoever started it is gone. */
export function watchForEnd(onEnd: () => void): void {
  // Ctrl-C reaches every process of the terminal; Terraform gets it, too, and says StopProvider.
  process.on("SIGINT", () => log.trace("interrupted; waiting for Terraform to decide"));
  process.once("SIGTERM", onEnd).once("SIGHUP", onEnd);

  const parent = process.ppid;
  const check = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(check);
    onEnd();
  }, PARENT_CHECK_MS).unref();
}
