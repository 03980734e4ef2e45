import { readdirSync } from "node:fs";
import { join } from "node:path";
import { diagnosticTextsOf } from "../../support/diagnostic-texts";
import { PACKAGE_ROOT } from "../../support/sandbox";

/** What an error of a removal tells beside the host: what was found, and the one next step. */
interface Told {
  readonly found: string;
  readonly next: string;
}

const RUN_AGAIN = "un the command again";

/** Every error with which the removal of a host can end, by its summary. */
const REMOVAL: { readonly [summary: string]: Told } = {
  // The machine cannot be asked, or is not the host.
  "Unable to reach the machine of …": { found: "${error.message}", next: RUN_AGAIN },
  "Unable to work on the machine of …": { found: "${error.message}", next: RUN_AGAIN },
  "The container engine of … does not answer": { found: "${facts.engineError}", next: "Start it" },
  "The storage of … is not mounted": { found: "has ${mount}", next: "Mount it" },
  "The storage of … cannot be read": { found: "${facts.storageError}", next: "Let ${" },
  "ECE runs in another container engine on …": { found: "${facts.otherEngine", next: "Set container_engine" },
  "… is not the machine of …": { found: "${found}", next: "Correct the address" },
  "Unable to prove that the machine of … is this host": { found: "${unread", next: "write the line" },
  "The runner of … runs, and the platform does not see it": { found: "disconnected", next: "Mend its way" },
  "The platform has forgotten the host …, and its machine lives": { found: "holds ${found", next: "Ask whether" },
  "Another machine runs the host …": { found: "still shows ${runnerId} connected", next: "Find the other machine" },
  // It is not empty.
  "Unable to drain allocator …": { found: "${", next: RUN_AGAIN },
  "The host … still holds instances": { found: "${describeInstances(", next: "Move them" },
  "Instances still run on the machine of …": { found: "${alive", next: RUN_AGAIN },
  // The platform would not outlast it.
  "The host … does not leave while others are away": { found: "${found}", next: RUN_AGAIN },
  "The host … is the last …": { found: "${found}", next: "Add a host" },
  "The host … is the coordinator that the provider talks to": {
    found: "${client.endpoint}",
    next: "Point the provider",
  },
  "The host … is the proxy that the deployment domain names": { found: "end in ${domain}", next: "Set another" },
  // It stays where it is.
  "ECE cannot be removed from …": { found: "${refusal}", next: "by hand" },
  "ECE is not removed from …": { found: "${names", next: RUN_AGAIN },
  "The host … is still connected": { found: "still shows it connected", next: RUN_AGAIN },
  "Unable to see whether the host … is gone": { found: "${lastError.message}", next: RUN_AGAIN },
};

/** The errors that end a plan, a create, an update or an import. */
const OTHERS = [
  "…",
  "The host … was removed from the platform",
  "The host … joined without its role …",
  "The host … does not get its role …",
  "Unable to see whether the host … joined",
  "The host … did not join",
  "The host … is not connected",
  "The host … cannot … while ECE is upgraded",
  "Only an allocator has a maintenance mode",
  "A host with a machine is always drained",
  "The adopted host … cannot be replaced",
  "The bastion's host key is missing",
  "Unable to import the machine",
  "The record of … still holds instances",
  "… cannot become the host …",
  "The runner id … is taken",
  "The host … has another address",
  "The VM of the host … would be replaced, and the host kept",
  "The host … would be replaced, and its VM kept",
  "The user data is too large",
  "Unable to put the user data together",
  "Two ece_host resources have the runner id …",
];

const PROVIDER = join(PACKAGE_ROOT, "lib", "provider");
const FILES = [
  ...readdirSync(join(PROVIDER, "hosts")).map((file) => join(PROVIDER, "hosts", file)),
  ...["host", "host-machine", "host-roles"].map((name) => join(PROVIDER, "resources", `${name}.ts`)),
];
const TEXTS = FILES.flatMap(diagnosticTextsOf).map((text) => ({
  ...text,
  title: text.summary.replace(/\$\{[^}]*\}/g, "…"),
}));

test("every error of a host stands in one of the two tables, and the tables hold no other", () => {
  expect([...new Set(TEXTS.map(({ title }) => title))].sort()).toEqual([...Object.keys(REMOVAL), ...OTHERS].sort());
});

test.each(TEXTS.filter(({ title }) => title in REMOVAL))(
  "$file: $title: names the host, the reason and the next step",
  ({ title, summary, detail }) => {
    const { found, next } = REMOVAL[title]!;

    expect(`${summary}\n${detail}`).toMatch(/\$\{(expected\.)?(runnerId|allocatorId|id)\}/);
    expect(detail).toContain(found);
    expect(detail).toContain(next);
  },
);
