import type { Provider } from "../../framework";
import { log } from "../../log";
import type { GrpcServer } from "../grpc/server";

// Calls in flight when the process must end have this long to answer with what they have made.
const GRACE_MS = 10_000;
// How soon the process notices that whoever started it was killed.
const PARENT_CHECK_MS = 1_000;

/**
 * Redirects standard output to standard error, and returns what still writes to the real one: Terraform reads the
 * handshake there, which a stray line of a library must not spoil.
 */
export function reserveStandardOutput(): (text: string) => void {
  const { stdout, stderr } = process;
  const write = stdout.write.bind(stdout);
  stdout.write = stderr.write.bind(stderr);
  return write;
}

/** On an error that nothing caught, ends the process with a text that Terraform shows its user. */
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

/** Lets the calls in flight answer, once `stop` has aborted them, and ends the process. */
export function endProcess(server: GrpcServer, stop: () => void): void {
  stop();
  server.endStreams();
  void server.close().then(() => process.exit(0));
  setTimeout(() => {
    log.error("the provider ends although a call is still being answered");
    process.exit(1);
  }, GRACE_MS);
}

/** Calls `onEnd` when the process is asked to end, or when whoever started it is gone. */
export function watchForEnd(onEnd: () => void): void {
  // Ctrl-C reaches every process of the terminal. Terraform gets it, too, and calls StopProvider.
  process.on("SIGINT", () => log.trace("interrupted; waiting for Terraform to decide"));
  // So does a hangup, which Terraform ignores under nohup. Where it does not, its end shows below.
  process.on("SIGHUP", () => log.trace("hung up; waiting for Terraform to decide"));
  process.once("SIGTERM", onEnd);

  const parent = process.ppid;
  const check = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(check);
    onEnd();
  }, PARENT_CHECK_MS).unref();
}
