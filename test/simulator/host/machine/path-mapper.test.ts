import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { useHosts } from "../ssh-session";

const startHost = useHosts();

test("paths under the storage root, in any spelling, are in the host's folder", async () => {
  const { host, session } = await startHost();

  const { stdout, exitCode } = await session.run(
    `mkdir -p /mnt/data/elastic/a //mnt//data/elastic/b && touch '/mnt/data/elastic/a/with space' &&
     chmod 700 /mnt/data/elastic && chown elastic:elastic /mnt/data/elastic && sudo chown -R 1000:1000 /mnt/data/ &&
     find /mnt/data/elastic -type f -printf '%f\n' && stat -c %a /mnt/data/elastic && cp --target-directory=/mnt/data/elastic ~/elastic-cloud-enterprise.sh`,
  );

  expect(stdout).toBe("with space\n700\n");
  expect(exitCode).toBe(0);
  expect(readdirSync(host.locate("/mnt/data/elastic") ?? "").sort()).toEqual(["a", "b", "elastic-cloud-enterprise.sh"]);
  expect(existsSync("/mnt/data/elastic")).toBe(false);
});

test("removing the storage folder does not remove the storage root and the rest of the host", async () => {
  const { host, session } = await startHost();

  await session.run("mkdir -p /mnt/data/elastic/services /mnt/data/docker; sudo rm -rf -- /mnt/data/elastic");

  expect(readdirSync(host.locate("/mnt/data") ?? "")).toEqual(["docker"]);
  expect(existsSync(join(host.folder, "home"))).toBe(true);
});

test("other storage roots replace /mnt/data", async () => {
  const { host, session } = await startHost({ storageRoots: ["/srv/ece"] });

  expect(await session.run("touch /srv/ece/here")).toMatchObject({ exitCode: 0 });
  expect(readdirSync(host.locate("/srv/ece") ?? "")).toEqual(["here"]);
  expect(host.locate("/mnt/data")).toBeUndefined();
  expect(host.locate("/srv/ece/../etc")).toBeUndefined();
});

test("changes to the real machine, except its temporary files, are refused", async () => {
  const machine = mkdtempSync(join(tmpdir(), "machine-"));
  const { session } = await startHost();

  const { stderr } = await session.run(
    `rm -rf /mnt; rm -rf /var/lib/no-such-folder; mkdir /no-such-folder; rm -rf /mnt/data/../../etc/no-such-file; rm -rf ${machine}`,
  );

  const refused = ["/mnt", "/var/lib/no-such-folder", "/no-such-folder", "/mnt/data/../../etc/no-such-file"];
  expect(stderr.split("\n").map((line) => line.replace(/^\w+: /, ""))).toEqual([
    ...refused.map((path) => `${path} is not on this simulated host`),
    "",
  ]);
  expect(existsSync(machine)).toBe(false);
  rmSync(machine, { recursive: true, force: true });
});

test("chown fails for files that do not exist", async () => {
  const { session } = await startHost();

  expect((await session.run("chown elastic /mnt/data/nothing")).exitCode).not.toBe(0);
});
