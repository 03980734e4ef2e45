import { once } from "node:events";
import { Command, InvalidArgumentError } from "commander";
import { Simulator } from "../simulator";

/** `cdktf-ece simulator` */
export function simulatorCommand(): Command {
  return new Command("simulator")
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
POST faults {method, path, kind, times, ...}, POST faults/clear. It is written from public facts; it is not ECE.

Example:
  npx cdktf-ece simulator --port 0 --hosts 2 > simulator.json &`,
    )
    .action(async ({ port, hosts }: { port: number; hosts: number }) => {
      const stopped = Promise.race([once(process, "SIGTERM"), once(process, "SIGINT")]);
      const simulator = await Simulator.start({ port, hosts, failOnUnknownRoute: false });
      process.stdout.write(`${JSON.stringify(simulator)}\n`);
      await stopped;
      await simulator.stop();
    });
}

function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const number = Number(text);
    if (text.trim() !== "" && Number.isInteger(number) && number >= least && number <= most) return number;
    throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
  };
}
