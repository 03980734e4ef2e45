import { once } from "node:events";
import { type Command, InvalidArgumentError } from "commander";
import { CommandError } from "./command-error";

const PARENT_CHECK_MS = 250;

/** `cdktf-ece simulator` */
export function addSimulatorCommand(program: Command): void {
  program
    .command("simulator")
    .description("Run a simulated ECE coordinator with hosts, on loopback, until SIGTERM or Ctrl-C.")
    .option("--port <port>", "where the coordinator listens; 0 takes a free port", wholeNumber(0, 65535), 0)
    .option(
      "--hosts <count>",
      "how many empty hosts wait for an install, each with an SSH server",
      wholeNumber(0, 200),
      2,
    )
    .addHelpText(
      "after",
      `
When it is ready it prints one line of JSON on stdout:

  endpoint, username, password, apiKey, caCertificateFile,
  hosts: [{ runnerId, sshHost, sshPort, user, privateKeyFile, hostKey }]

With the same credentials, ENDPOINT/_simulator/ is its control: GET state, GET requests, POST clock {advanceSeconds},
POST faults {method, path, kind, times, ...}, POST faults/clear, POST behaviour, POST upgrade {version}, POST
hosts/ID/ACTION; docs/simulator.md has them all. It is written from public facts; it is not ECE.

Example:

  npx cdktf-ece simulator --port 12443 --hosts 2 > simulator.json &
  export ECE_ENDPOINT=https://127.0.0.1:12443
  export ECE_API_KEY=$(jq -r .apiKey simulator.json)
  export ECE_CA_CERTIFICATE_FILE=$(jq -r .caCertificateFile simulator.json)
  npx cdktf-ece tokens list
  curl --cacert "$ECE_CA_CERTIFICATE_FILE" -H "Authorization: ApiKey $ECE_API_KEY" $ECE_ENDPOINT/_simulator/state`,
    )
    .action(async ({ port, hosts }: { port: number; hosts: number }) => {
      const { Simulator } = await import("../simulator/index.js");
      const ends = ["SIGTERM", "SIGINT", "SIGHUP"].map((signal) => once(process, signal));
      const stopped = Promise.race(startedByNpm() ? [...ends, endOfParent()] : ends);
      const simulator = await Simulator.start({ port, hosts, failOnUnknownRoute: false }).catch((error: unknown) => {
        throw isAddressInUse(error)
          ? new CommandError(`Port ${port} of 127.0.0.1 is in use; name another with --port, or 0 for a free one.`)
          : error;
      });
      process.stdout.write(`${JSON.stringify(simulator)}\n`);
      await stopped;
      await simulator.stop();
    });
}

/** npx ends the shell that it runs commands in without a signal to the command, so the parent is watched. */
function startedByNpm(): boolean {
  return process.env.npm_command !== undefined;
}

function endOfParent(): Promise<void> {
  const parent = process.ppid;
  return new Promise((resolve) => {
    const check = setInterval(() => {
      if (process.ppid === parent) return;
      clearInterval(check);
      resolve();
    }, PARENT_CHECK_MS).unref();
  });
}

function isAddressInUse(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "EADDRINUSE";
}

function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const number = Number(text);
    if (text.trim() !== "" && Number.isInteger(number) && number >= least && number <= most) return number;
    throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
  };
}
