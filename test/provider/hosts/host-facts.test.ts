import {
  describeHost,
  describeInstances,
  rolesOf,
  tryFindAllocatorOf,
  userRolesOf,
} from "../../../lib/provider/hosts/host-facts";
import { createClient, refusal, StubPlatform, stopAll } from "../../api/stub-platform";

afterEach(stopAll);

const INSTANCES = [
  { instance_name: "instance-0", cluster_type: "kibana", cluster_id: "c1" },
  { instance_name: "instance-1", cluster_type: "elasticsearch", cluster_id: "c2", cluster_name: "logs" },
];

function allocator(allocator_id: string, host_ip: string) {
  return { allocator_id, host_ip, zone_id: "ece-zone-1", instances: [] };
}

/** A platform whose list holds these allocators; it shows each under its id, too. */
async function platformWith(...allocators: ReturnType<typeof allocator>[]) {
  const stub = await StubPlatform.start(({ path }) => {
    const last = path.split("/").pop();
    if (last === "allocators") return { body: { zones: [{ zone_id: "ece-zone-1", allocators }] } };
    const one = allocators.find(({ allocator_id }) => allocator_id === last);
    return one ? { body: one } : refusal(404, "allocators.allocator_not_found");
  });
  return createClient(stub.endpoint);
}

async function foundFor(runner: { runner_id: string; host_ip: string }, ...allocators: ReturnType<typeof allocator>[]) {
  const client = await platformWith(...allocators);
  return (await tryFindAllocatorOf(client, runner, new AbortController().signal))?.allocator_id;
}

describe("the allocator of a host", () => {
  test("is the one with the host's id", async () => {
    expect(await foundFor({ runner_id: "a", host_ip: "10.0.0.1" }, allocator("a", "10.0.0.9"))).toBe("a");
  });

  test("is the one with the host's address when none has its id", async () => {
    const others = [allocator("x", "10.0.0.8"), allocator("y", "10.0.0.1")];

    expect(await foundFor({ runner_id: "a", host_ip: "10.0.0.1" }, ...others)).toBe("y");
  });

  test("is none when neither is there, nor does an unknown address stand for another", async () => {
    expect(await foundFor({ runner_id: "a", host_ip: "10.0.0.1" }, allocator("x", "10.0.0.8"))).toBeUndefined();
    expect(await foundFor({ runner_id: "a", host_ip: "" }, allocator("x", ""))).toBeUndefined();
  });
});

test("a host that the platform knows little of is shown with what it knows", () => {
  expect(describeHost({ runner_id: "a" } as Parameters<typeof describeHost>[0])).toEqual({
    ...{ host_ip: null, public_hostname: null, zone: null, version: null },
    ...{ connected: false, healthy: false },
  });
});

test("a host's roles are told apart from the platform's internal ones", () => {
  const roles = ["allocator", "beats-runner", "proxy"].map((role_name) => ({ role_name }));
  const runner = { runner_id: "a", roles } as Parameters<typeof rolesOf>[0];

  expect(rolesOf(runner)).toEqual(["allocator", "beats-runner", "proxy"]);
  expect(userRolesOf(runner)).toEqual(["allocator", "proxy"]);
});

test("instances are told by the name of their deployment, or by its id where it has none", () => {
  const described = { ...allocator("a", "b"), instances: INSTANCES } as Parameters<typeof describeInstances>[0];

  expect(describeInstances(described)).toBe("  - instance-0 of kibana c1\n  - instance-1 of elasticsearch logs");
});
